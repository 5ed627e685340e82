/** Recordings of a kernel without kprobes: steps and snapshots say what the events do not. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { eventType } from '../../src/trace/events.js';
import { readTrace } from '../../src/trace/read.js';
import type { Trace } from '../../src/trace/trace.js';
import { verify } from '../../src/verify/verify.js';

const recording = join(packageRoot(), 'traces/recordings/own-debugfs-no-kprobes');
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-unseen-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Info {
  readonly steps: readonly { readonly action: string; readonly block?: number | undefined }[];
}
const info = JSON.parse(readFileSync(join(recording, 'info.json'), 'utf8')) as Info;

/** A copy with other steps and without some files. */
function changed(name: string, steps: Info['steps'], without: readonly string[] = []): string {
  const path = join(folder, name);
  cpSync(recording, path, { recursive: true });
  writeFileSync(join(path, 'info.json'), JSON.stringify({ ...info, steps }));
  for (const file of without) rmSync(join(path, file));
  return path;
}

/** `online_movable E 0x100000 0`. */
function inputs(trace: Trace): string[] {
  return Array.from({ length: trace.length }, (_, row) => trace.row(row))
    .filter(({ event, pfn }) => eventType(event)?.role === 'input' && pfn !== undefined)
    .map(({ event, phase, nid, pfn = 0, nr_pages, ret }) =>
      [event, phase, nid, `0x${pfn.toString(16)}`, nr_pages, ret]
        .filter((part) => part !== undefined).join(' '));
}

const ofTheSteps = [
  'add_memory B 1 0x100000 65536', 'add_memory E 1 0x100000 65536 0',
  'online_movable B 0x100000 32768', 'online_movable E 0x100000 32768 0',
  'offline B 0x100000 32768', 'offline E 0x100000 32768 0',
  'remove_memory B 0x100000 65536', 'remove_memory E 0x100000 65536 0',
];

describe('a recording without calls', () => {
  it('has the inputs of its steps, a DIMM where the next snapshot shows it', async () => {
    const { trace, problems } = await readTrace(recording);
    expect(problems).toEqual([]);
    expect(inputs(trace)).toEqual(ofTheSteps);
    // Built without CONFIG_ZONE_DEVICE, as the zones of the first snapshot show.
    expect(trace.header.config).toMatchObject({ ZONE_DEVICE: 'n' });
  });

  it('agrees with the model in all that is there', async () => {
    const { trace } = await readTrace(recording);
    const result = verify(trace, { version: 'v6.1', series: [], name: 'unseen' });
    expect(result.disagree).toEqual([]);
    expect(result.facts).toBeGreaterThan(1000);
  });

  it('takes a later snapshot when the step has none', async () => {
    const { trace } = await readTrace(changed('sparse', info.steps, ['snapshot-02.txt']));
    expect(inputs(trace)).toEqual(ofTheSteps);
  });

  it('has what a shell command writes to the state files', async () => {
    const steps = info.steps.map((step) => (step.action !== 'online_movable' ? step : {
      ...step, action: 'sh', block: undefined,
      cmd: 'echo online_movable > /sys/devices/system/memory/memory32/state',
    }));
    const { trace, problems } = await readTrace(changed('shell', steps));
    expect(problems).toEqual([]);
    expect(inputs(trace)).toEqual(ofTheSteps.map((text) =>
      (text === 'online_movable E 0x100000 32768 0' ? text.slice(0, -2) : text)));
  });

  it('names the blocks that changed without any step that says how', async () => {
    const steps = info.steps.map((step) => (
      step.action === 'add-dimm' || step.action === 'online_movable'
        ? { ...step, action: 'sh', block: undefined, cmd: 'sh do.sh' } : step));
    const { problems } = await readTrace(changed('hidden', steps));
    expect(problems.map(({ message }) => message.replace(/;.*/, ''))).toEqual([
      'memory32 to memory33: was not there, is offline, and nothing in step 2 says how',
      'memory32: was offline, is online in Movable, and nothing in step 4 says how',
      'memory32 to memory33: was offline, is not there, and nothing in step 9 says how',
    ]);
  });
});
