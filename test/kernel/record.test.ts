/** Recording guests that crash, hang, lack modules; whole scenarios are in scenarios.test.ts. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { openKernelImage } from '../../src/record/kernel_image.js';
import { recordScenario } from '../../src/record/record_scenario.js';
import { recordable, type RecordableScenario as Scenario } from '../../src/record/recordable.js';
import { locateScenario } from '../../src/trace/scenario/scenario.js';
import { bootOptions, onEachKernel, onNewestKernel } from './lab.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const small = (steps: readonly object[]): Scenario =>
  recordable('small', locateScenario('small', JSON.stringify({
  name: 'small', note: 'for a test', machine: { type: 'q35', memory: '512M' }, timeout_s: 10, steps,
})));

function record(scenario: Scenario, kernel: string, path: string, modules?: string) {
  return recordScenario(scenario, openKernelImage(kernel, modules), path, bootOptions(), () => {});
}

interface Info {
  readonly steps: readonly object[];
}
const read = (path: string, name: string): string => readFileSync(join(path, name), 'utf8');
const infoOf = (path: string): Info => JSON.parse(read(path, 'info.json')) as Info;

onEachKernel('recording in QEMU', (kernel) => {
  it('records a panic with what came before it', async () => {
    const path = join(folder, 'panic');
    const { outcome } = await record(small([
      { action: 'add-dimm', id: 1, size_mb: 128, node: 0 },
      { action: 'sh', cmd: 'echo c > /proc/sysrq-trigger' }]), kernel, path);
    expect(outcome).toEqual({ status: 'panic',
      detail: 'Kernel panic - not syncing: sysrq triggered crash' });
    expect(infoOf(path)).toMatchObject({ outcome, steps: [{ step: 1, rc: 0 }] });
    expect(read(path, 'console.txt')).toMatch(/sysrq_handle_crash/);
    expect(read(path, 'trace.txt')).toMatch(/ arch_add_memory: /);
  });

  it('records a kernel without modules, if need be through a second serial line', async () => {
    const path = join(folder, 'serial');
    const { outcome } = await record(small([{ action: 'sh', cmd: 'cat /run/channel' }]), kernel,
      path, folder);
    expect(outcome.status).toBe('ended');
    expect(infoOf(path).steps).toMatchObject([
      { output: expect.stringMatching(/^\/dev\/(ttyS1|vport\d+p1)$/) }]);
    expect(read(path, 'snapshot-01.txt')).toMatch(/^#FILE zoneinfo\nNode 0, zone      DMA\n/);
  });
});

onNewestKernel('recording in QEMU', (kernel) => {
  it('records a hang with the stacks of the blocked tasks', async () => {
    const path = join(folder, 'hang');
    const scenario = small([{ action: 'sh', cmd: 'sleep 1000' }]);
    const { outcome } = await record(scenario, kernel, path);
    expect(outcome).toEqual({ status: 'hang', detail: 'sleep 1000: no answer in 10 s' });
    expect(read(path, 'console.txt')).toMatch(/sysrq: Show Blocked State/);
  });

  it.each([['SIGINT', 130], ['SIGTERM', 143]] as const)(
    'ends with its guest by %s, keeps what it has and leaves no file behind',
    async (signal, status) => {
      const [tmp, out] = [join(folder, `tmp-${signal}`), join(folder, `out-${signal}`)];
      mkdirSync(tmp);
      const file = join(folder, `${signal}.json`);
      writeFileSync(file, JSON.stringify(small([
        { action: 'wait', seconds: 0 }, { action: 'wait', seconds: 9 }])));
      const accel = process.env.MMREPLAY_ACCEL;
      const child = spawn(process.execPath, [join(packageRoot(), 'dist/src/main.js'), 'record',
        file, '--kernel', kernel, '-o', out, ...(accel === undefined ? [] : ['--accel', accel])],
      { env: { ...process.env, TMPDIR: tmp }, stdio: ['ignore', 'ignore', 'pipe'] });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        const began = said.includes('step 1:');
        said += chunk.toString();
        if (!began && said.includes('step 1:')) child.kill(signal);
      });
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect(said).toContain(`: exit: ended by ${signal}\n`);
      expect(code).toBe(status);
      expect(readdirSync(tmp)).toEqual([]);
      const [recorded = ''] = readdirSync(out);
      expect(infoOf(join(out, recorded)).steps).toHaveLength(1);
    });

  it('refuses a machine that QEMU refuses, in QEMU\'s words', async () => {
    const scenario = small([]);
    const machine = { ...scenario.machine, nodes: [{ memory: '128M' }] };
    await expect(record({ ...scenario, machine }, kernel, join(folder, 'none')))
      .rejects.toThrow(/total memory for NUMA nodes/);
  });
});
