/** `mmreplay record` on real kernels: a whole scenario, a crash, a hang. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { findBusybox } from '../../src/record/initramfs.js';
import { openKernelImage } from '../../src/record/kernel_image.js';
import { recordScenario } from '../../src/record/record_scenario.js';
import { parseScenario, readScenario, type Scenario } from '../../src/trace/scenario/scenario.js';
import { kernelFiles, whyNot } from './lab.js';

const scenarios = fileURLToPath(new URL('../../traces/scenarios/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

const small = (steps: readonly object[]): Scenario => parseScenario('small', JSON.stringify({
  name: 'small', note: 'for a test', machine: { type: 'q35', memory: '512M' }, timeout_s: 10, steps,
}));

function record(scenario: Scenario, kernel: string, path: string, modules?: string) {
  return recordScenario(scenario, openKernelImage(kernel, modules), path, {
    busybox: findBusybox(), qemu: 'qemu-system-x86_64', boot_s: 120,
    accel: process.env.MMREPLAY_ACCEL as 'kvm' | 'tcg' | undefined,
  }, () => {});
}

interface Info {
  readonly kernel: readonly string[];
  readonly steps: readonly { readonly step: number; readonly rc: number }[];
  readonly outcome: { readonly status: string; readonly detail: string };
}
const read = (path: string, name: string): string => readFileSync(join(path, name), 'utf8');
const infoOf = (path: string): Info => JSON.parse(read(path, 'info.json')) as Info;

describe.skipIf(whyNot !== undefined)(
  `recording in QEMU${whyNot === undefined ? '' : ` (skipped: ${whyNot})`}`, () => {
    const kernels = kernelFiles.map((file) => [basename(file), file] as const);
    describe.each(kernels)('%s', (_name, kernel) => {
      it('records a scenario: info, trace, log and a snapshot after each step', async () => {
        const path = join(folder, 'veto');
        const scenario = readScenario(`${scenarios}notifier-veto.json`);
        const { outcome } = await record(scenario, kernel, path);
        expect(outcome).toEqual({ status: 'ended', detail: '' });
        const info = infoOf(path);
        expect(info.kernel[0]).toBe(openKernelImage(kernel).release);
        expect(info.steps.filter(({ rc }) => rc !== 0)).toMatchObject([
          { step: 3, action: 'online_movable', stderr: 'sh: write error: Cannot allocate memory' },
          { step: 7, action: 'offline', stderr: 'sh: write error: Device or resource busy' }]);
        expect(readdirSync(path).filter((name) => name.startsWith('snapshot-')).length)
          .toBe(scenario.steps.length + 1);
        const trace = read(path, 'trace.txt');
        for (const { step } of info.steps) {
          expect(trace).toContain(`tracing_mark_write: step ${step}: `);
        }
        expect(trace).toMatch(/online_pages_ret: .* ret=-12\n/);
        expect(trace).toMatch(/offline_pages_ret: .* ret=-16\n/);
        expect(read(path, 'snapshot-05.txt')).toMatch(/^memory32 state=online /m);
        expect(read(path, 'dmesg.txt')).toMatch(/Linux version[^]*BIOS-e820/);
      });

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

      it('records a hang with the stacks of the blocked tasks', async () => {
        const path = join(folder, 'hang');
        const scenario = small([{ action: 'sh', cmd: 'sleep 1000' }]);
        const { outcome } = await record(scenario, kernel, path);
        expect(outcome).toEqual({ status: 'hang', detail: 'sleep 1000: no answer in 10 s' });
        expect(read(path, 'console.txt')).toMatch(/sysrq: Show Blocked State/);
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

      it('refuses a machine that QEMU refuses, in QEMU\'s words', async () => {
        const scenario = small([]);
        const machine = { ...scenario.machine, nodes: [{ memory: '128M' }] };
        await expect(record({ ...scenario, machine }, kernel, join(folder, 'none')))
          .rejects.toThrow(/total memory for NUMA nodes/);
      });
    });
  });
