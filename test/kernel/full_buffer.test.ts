/** Recordings whose ring buffer was full early: imported, run and verified like any other. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../src/pipeline.js';
import { openKernelImage } from '../../src/record/kernel_image.js';
import { recordScenario } from '../../src/record/record_scenario.js';
import { versionOf } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { recordable } from '../../src/record/recordable.js';
import { locateScenario } from '../../src/trace/scenario/scenario.js';
import { verify } from '../../src/verify/verify.js';
import { bootOptions, onEachKernel } from './lab.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Marks without a meaning, which take the room that is left. */
const filler = new Array<object>(10).fill({
  action: 'write', path: '/sys/kernel/tracing/instances/mmreplay/trace_marker',
  value: 'x'.repeat(900),
});

/** At level page, pages alone fill the buffer. */
const scenario = (level: 'hotplug' | 'page') =>
  recordable('full', locateScenario('full', JSON.stringify({
  name: `full-${level}`, note: 'the ring buffer takes the first steps only',
  cmdline: 'memhp_default_state=offline', level, buffer_kb: level === 'page' ? 256 : 4,
  machine: { type: 'q35', memory: '1024M', nodes: [{ memory: '1024M', cpus: '0-1' }, {}] },
  steps: [
    { action: 'add-dimm', id: 1, size_mb: 256, node: 1 }, { action: 'online_movable', block: 32 },
    ...(level === 'hotplug' ? filler : []), { action: 'offline', block: 32 },
    { action: 'online_kernel', block: 33 }, { action: 'online_movable', block: 32 },
    { action: 'offline', block: 33 }, { action: 'offline', block: 32 },
    { action: 'remove-dimm', id: 1 },
  ],
})));

onEachKernel('a buffer that was full', (kernel) => {
  describe.each(['hotplug', 'page'] as const)('at level %s', (level) => {
    it('loses events, and nothing that is left disagrees with the model', async () => {
      const image = openKernelImage(kernel);
      const path = join(folder, `${image.release}-${level}`);
      const { outcome } =
        await recordScenario(scenario(level), image, path, bootOptions(), () => undefined);
      expect(outcome).toEqual({ status: 'ended', detail: '' });
      const { trace, problems } = await readTrace(path);
      expect(problems).toEqual([]);
      const version = versionOf(trace.header.kernel);
      const result = verify(trace, { version, series: [], name: level });
      expect(result.disagree).toEqual([]);
      expect(result.losses?.events).toBeGreaterThan(10);
      expect(result.verdicts.unknown).toBeGreaterThan(0);
      expect(result.facts).toBeGreaterThan(300);
      const run = await evaluate({ path, series: [], base: undefined, config: {}, tool: 'test' });
      expect(run.losses.places).toBeGreaterThan(0);
      // Others do not hold on these kernels, with or without losses.
      expect(run.violations.filter(({ invariant }) => invariant.startsWith('P'))).toEqual([]);
      const { verdicts } = run.agreement[0] ?? assert.fail('no base run');
      expect(verdicts).toEqual(result.verdicts);
    });
  });
});
