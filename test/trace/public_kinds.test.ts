/** Logs of kinds that were found in public trackers and archives, made small. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mmreplay } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-public-'));

function file(name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** What import says, then what another command says of the trace. */
function imported(name: string, lines: readonly string[], ...command: readonly string[]) {
  const trace = join(folder, `${name}.csv`);
  const { status, stderr } = mmreplay(['import', file(name, lines), '-o', trace]);
  const [verb = '', ...options] = command;
  const then = verb === '' ? { stdout: '', stderr: '' } : mmreplay([verb, trace, ...options]);
  return { status, stderr: flat(stderr), said: flat(then.stdout + then.stderr) };
}

const stamped = (...lines: readonly string[]): string[] =>
  lines.map((text) => `[    0.000000] ${text}`);

const boot = (release: string): string[] => stamped(
  `Linux version ${release} (b@h) (gcc 12) #1 SMP`, 'Command line: root=/dev/vda',
  'BIOS-e820: [mem 0x0000000000000000-0x000000000009ffff] usable',
  'BIOS-e820: [mem 0x0000000000100000-0x000000001fffffff] usable');

test('a kernel without nodes has no fallback order, and none without hotplug a block size', () => {
  // Expect: the model, which prints both where a kernel has them, is not held to that here.
  const { status, said } = imported('no-numa', [...boot('6.1.2-small'), ...stamped(
    'Built 1 zonelists, mobility grouping on.  Total pages: 128808')], 'verify');
  expect(status).toBe(0);
  expect(said).toContain('held against v6.1');
  expect(said).not.toMatch(/Fallback order|Policy zone|Memory block size/);
});

test('a log of a kernel that is older than the model says so at once', () => {
  const { status, stderr } = imported('el6', [
    'Initializing cgroup subsys cpuset',
    'Linux version 2.6.32-279.el6.x86_64 (b@h) (gcc version 4.4.6) #1 SMP',
    'Command line: ro root=/dev/sda1', 'BIOS-provided physical RAM map:',
    ' BIOS-e820: 0000000000000000 - 000000000009c400 (usable)',
    ' BIOS-e820: 0000000000100000 - 000000007fef0000 (usable)']);
  expect(status).toBe(2);
  expect(stderr).toContain('no BIOS-e820 lines as the model knows them (v4.13 on)');
  expect(stderr).toContain('the kernel is 2.6.32-279.el6.x86_64');
});

test('a whole log of a kernel older than the model: import says what run will say', () => {
  const { status, stderr, said } = imported('old', boot('4.4.6-1-ARCH'), 'run', '-p', 'base');
  expect(status).toBe(0);
  expect(stderr).toContain('old: kernel 4.4.6-1-ARCH is older than the model; there are v4.13 to');
  expect(said).toContain('kernel 4.4.6-1-ARCH is older than the model; there are v4.13 to');
});

test.each([
  ['the end of a ring buffer', stamped('node   0: [mem 0x0000000000100000-0x000000007fffffff]',
    'Initmem setup node 0 [mem 0x0000000000001000-0x000000007fffffff]',
    'smpboot: Allowing 2 CPUs, 0 hotplug CPUs')],
  ['lines that were picked out', [
    '[    0.712418] hv_balloon: Using Dynamic Memory protocol version 2.0',
    '[   48.809874] hv_balloon: Max. dynamic memory size: 2048 MB',
    '[   50.067095] hv_balloon: Memory hot add failed']],
  ['the console of a sandbox', [
    'level=debug source=agent vmconsole="[    1.584259] acpi PNP0C80:01: add_memory failed"',
    'level=debug source=agent vmconsole="[    1.584404] acpi PNP0C80:01: Enumeration failure"']],
])('%s makes no machine, in one line', (name, lines) => {
  const { status, stderr } = imported(name.replaceAll(' ', '-'), lines);
  expect(status).toBe(2);
  expect(stderr).toMatch(/expected the log from the boot on|no recording, trace, .* that is known/);
});

test('a machine of firmware SBI is named', () => {
  const { status, stderr } = imported('riscv', stamped(
    'Linux version 6.6.63 (b@h) #1 SMP', 'Machine model: a board',
    'SBI specification v1.0 detected', 'Zone ranges:'));
  expect([status, stderr]).toEqual([2, expect.stringContaining('is of a riscv machine')]);
});

/*
 *   192 MiB = 49152 pages, 12 GiB more need 49152 struct pages of 4096 bytes: no kernel has so many
 *   256 MiB = 65536 pages: the kernel itself needs some of them, nobody knows how many
 */
test.each([
  ['192M', 12544, 'refused', /add_memory \S+ node 0: -22 EINVAL/],
  ['256M', 8192, 'granted', /memory for the memmap of what is added is found \(32768 pages; /],
] as const)('a guest of %s that gets %s MiB: %s', (memory, size, name, expected) => {
  const scenario = file(`${name}.yaml`, [
    'name: small', 'note: memory that needs a memmap', 'kernel: 5.4.77',
    `machine: { type: pc, memory: ${memory}, cpus: 2, slots: 4, maxmem: 32G }`,
    'steps:', `  - { action: add-dimm, id: 1, size_mb: ${size}, node: 0 }`]);
  expect(flat(mmreplay(['run', scenario, '-p', 'base']).stdout)).toMatch(expected);
});

test('a call row without a CPU sets a pace, and is no evidence of calls', () => {
  const { stdout, status } = mmreplay(['verify', 'traces/memmap_on_memory-T13-lock']);
  expect(flat(stdout)).toContain('1 facts: 1 agree, 0 agree after a correction, 0 disagree');
  expect(flat(stdout)).toContain('1 call that sets a pace');
  expect(status).toBe(0);
});
