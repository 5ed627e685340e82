/** Scenarios recorded on real kernels in this run; the model agrees with every recorded fact. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { openKernelImage } from '../../src/record/kernel_image.js';
import { readScenario } from '../../src/trace/scenario/scenario.js';
import type { Verification } from '../../src/verify/facts.js';
import { kernels } from './kernels.js';
import { onEachKernel, onNewestKernel, onOlderKernels } from './lab.js';

const scenarios = ['boot-4000M-q35', 'dimm-cycle-memoryless-node', 'memmap-on-memory',
  'notifier-veto', 'online-order', 'remove-refused', 'three-nodes-distances'];
/** Each takes 10 s or more: what differs most from newer kernels. */
const olderScenarios = ['boot-4000M-q35', 'dimm-cycle-memoryless-node', 'online-order'];
const scenarioFile = (name: string): string =>
  join(packageRoot(), 'traces/scenarios', `${name}.json`);

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly status: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built program, as a user runs it; not synchronous, because a recording takes a while. */
function mmreplay(...args: readonly string[]): Promise<Ran> {
  const program = join(packageRoot(), 'dist/src/main.js');
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { maxBuffer: 2 ** 28 },
      (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }));
  });
}

const recordingOf = (kernel: string, name: string): string =>
  join(folder, `${openKernelImage(kernel).release}-${name}`);

/**
 * Recorded once for all tests of this file. On a host with much to do an emulated guest can die of
 * its interrupts, whatever it runs; then it is booted once more.
 */
async function recorded(kernel: string, name: string, append?: string): Promise<string> {
  const path = recordingOf(kernel, name);
  if (existsSync(path)) return path;
  const accel = process.env.MMREPLAY_ACCEL;
  const record = () => mmreplay('record', scenarioFile(name), '--kernel', kernel,
    '-o', folder, ...(accel === undefined ? [] : ['--accel', accel]),
    ...(append === undefined ? [] : ['--append', append]));
  let { status, stderr } = await record();
  if (/: panic: .*(?:in interrupt|IO-APIC)/.test(stderr)) {
    rmSync(path, { recursive: true });
    ({ status, stderr } = await record());
  }
  expect(stderr).toContain(`${path}: ended\n`);
  expect(status).toBe(0);
  return path;
}

/** Records the scenario; every fact agrees with the model. */
async function agrees(kernel: string, name: string, append?: string): Promise<void> {
  const path = await recorded(kernel, name, append);
  const { status, stdout, stderr } = await mmreplay('verify', path, '--format', 'json');
  const { disagree, facts, verdicts } = JSON.parse(stdout) as Verification;
  expect({ disagree, stderr, status }).toEqual({ disagree: [], stderr: '', status: 0 });
  expect(facts).toBeGreaterThan(800);
  expect(verdicts.agrees).toBeGreaterThan(facts / 2);
}

onOlderKernels('a scenario recorded', (kernel) => {
  it.each(olderScenarios)('%s: all facts agree with the model', (name) => agrees(kernel, name));
});

onNewestKernel('a scenario for a kernel of one\'s own', (kernel) => {
  it('is recorded without what a stock kernel lacks, with more boot parameters', async () => {
    const name = 'node-offline-one-never-onlined';
    await agrees(kernel, name, 'memhp_default_state=offline');
    const { cmdline, steps } = JSON.parse(
      readFileSync(join(recordingOf(kernel, name), 'info.json'), 'utf8')) as {
      readonly cmdline: string;
      readonly steps: readonly { readonly action: string; readonly rc: number }[];
    };
    expect(cmdline).toBe('memhp_default_state=offline');
    expect(steps.map(({ action, rc }) => `${action} ${rc}`)).toEqual(['add-dimm 0', 'add-dimm 0',
      'online_movable 0', 'offline 0', 'remove-dimm 0', 'online_movable 0', 'lab 1', 'lab 1']);
  });
});

onEachKernel('a scenario recorded', (kernel) => {
  it.each(scenarios)('%s: all facts agree with the model', (name) => agrees(kernel, name));

  it('has info, trace, log and a snapshot after each step', async () => {
    const path = await recorded(kernel, 'notifier-veto');
    const read = (name: string): string => readFileSync(join(path, name), 'utf8');
    const info = JSON.parse(read('info.json')) as {
      readonly kernel: readonly string[];
      readonly steps: readonly { readonly step: number; readonly rc: number }[];
    };
    expect(info.kernel[0]).toBe(openKernelImage(kernel).release);
    expect(info.steps.filter(({ rc }) => rc !== 0)).toMatchObject([
      { step: 3, action: 'online_movable', stderr: 'sh: write error: Cannot allocate memory' },
      { step: 7, action: 'offline', stderr: 'sh: write error: Device or resource busy' }]);
    expect(readdirSync(path).filter((name) => name.startsWith('snapshot-')).length)
      .toBe(readScenario(scenarioFile('notifier-veto')).steps.length + 1);
    const trace = read('trace.txt');
    for (const { step } of info.steps) {
      expect(trace).toContain(`tracing_mark_write: step ${step}: `);
    }
    expect(trace).toMatch(/online_pages_ret: .* ret=-12\n/);
    expect(trace).toMatch(/offline_pages_ret: .* ret=-16\n/);
    expect(read('snapshot-05.txt')).toMatch(/^memory32 state=online /m);
    expect(read('dmesg.txt')).toMatch(/Linux version[^]*BIOS-e820/);
  });
});

const bootable = kernels.filter(({ whyNot }) => whyNot === undefined).map(({ file }) => file);

describe.skipIf(bootable.length < 2)('recordings of several kernels', () => {
  it('are verified at once, in a table of scenarios and policies by kernels', async () => {
    const names = ['notifier-veto', 'online-order'];
    const paths: string[] = [];
    for (const kernel of bootable) {
      for (const name of names) paths.push(await recorded(kernel, name));
    }
    const { status, stdout } = await mmreplay('verify', ...paths,
      '-p', 'base', '-p', 'try_offline_node/section_walk');
    const [title, , releases, ...rows] = stdout.split('\n').map((row) => row.trim());
    expect(title).toBe('Facts that disagree, and the first step where one does');
    expect(releases?.split(/ +/)).toEqual(bootable.map((file) => openKernelImage(file).release));
    const good = bootable.map(() => ' +0 of \\d+').join('');
    expect(rows[0]).toBe('notifier-veto');
    expect(rows[1]).toMatch(new RegExp(`^base${good}$`));
    expect(rows[2]).toMatch(/^try_offline_node\/section_walk +\d+ of \d+/);
    expect(rows[3]).toBe('online-order');
    expect(rows[4]).toMatch(new RegExp(`^base${good}$`));
    expect(status === 0 || status === 1).toBe(true);
  });
});
