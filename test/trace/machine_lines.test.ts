/** Lines of the machine that cannot be read, or that the kernel did not use. */
import { expect, test } from 'vitest';
import { readDmesg } from '../../src/trace/kernel_text/log/dmesg.js';
import { hotplugLine } from '../../src/trace/kernel_text/log/hotplug_lines.js';

/*
 *  0        0x20000000         0x40000000
 *  |------------|------------------|       e820
 *  |-- node 0 --|---- node 1 ------|       SRAT
 */
const boot = [
  'Linux version 6.1.2 (b@h) (gcc 12) #1 SMP', 'Command line: root=/dev/vda',
  'BIOS-e820: [mem 0x0000000000000000-0x000000003fffffff] usable',
  'SRAT: PXM 0 -> APIC 0x00 -> Node 0', 'SRAT: PXM 1 -> APIC 0x01 -> Node 1',
  'ACPI: SRAT: Node 0 PXM 0 [mem 0x00000000-0x1fffffff]',
  'ACPI: SRAT: Node 1 PXM 1 [mem 0x20000000-0x3fffffff]',
];

const read = (lines: readonly string[]) =>
  readDmesg(lines.map((line) => `[    0.000000] ${line}\n`).join(''));
const nodes = (lines: readonly string[]): readonly (number | undefined)[] =>
  [...new Set(read(lines).rows.map(({ row }) => row.nid))];

test('a range with a sign that is no digit is told, and left out', () => {
  // Expect: three lines of such kinds, each named; nothing is wrong with the log as it was.
  expect(read(boot).problems).toEqual([]);
  const spoilt = boot.map((line) => line.replace('[mem 0x', '[mem Ox'));
  const { problems, rows } = read(spoilt);
  expect(problems.map(({ line }) => line)).toEqual([3, 6, 7]);
  expect(problems[0]?.message).toMatch(/the range was left out: it is "BIOS-e820: \[mem Ox.*hex/);
  expect(rows.some(({ row }) => row.event === 'e820' || row.event === 'srat_mem')).toBe(false);
});

test('a SRAT that the kernel says it did not use makes no nodes', () => {
  expect(nodes(boot)).toContain(1);
  const lines = [...boot, 'NUMA: nodes only cover 511MB of your 1023MB e820 RAM. Not used.',
    'No NUMA configuration found', 'Faking a node at [mem 0x0000000000000000-0x000000003fffffff]'];
  expect(nodes(lines)).not.toContain(1);
  expect(read(lines).problems).toEqual([]);
  expect(read(lines).notes[0]).toMatchObject({ line: 9 });
});

test('nor does one of which a line is missing, which is told', () => {
  // Expect: memory from 0x20000000 on is on no node; the memory's own line is named.
  const lines = boot.slice(0, -1);
  expect(nodes(lines)).not.toContain(1);
  expect(read(lines).problems).toMatchObject([{ line: 3, message:
    expect.stringMatching(/from 0x0 to 0x40000000, expected each of it on a node/) as unknown }]);
});

test('a CXL region is told of by its bus or by its driver', () => {
  const range = '[mem 0x1090000000-0x128fffffff flags 0x200]';
  for (const text of [`cxl region5: region5: ${range} config state: 3`,
    `cxl_core:cxl_region_probe:3571: cxl_region region5: ${range}`,
    `cxl_region region5: ${range} has System RAM: ${range}`]) {
    expect(hotplugLine(text, 0, 1)).toMatchObject({ kind: 'CXL',
      range: expect.stringMatching(/^0x1090000000-0x128fffffff/) as unknown });
  }
});

test('lines that journals keep behind "kernel: " alone, and replies to replies', () => {
  // Expect: the times are those of the kernel, whatever stands before them.
  const line = '[  129.820136][   T65] cxl_region region0: [mem 0xa90000000-0xb8fffffff] busy';
  for (const prefix of ['kernel: ', '> > >     >       >     >       > ']) {
    const { lines } = readDmesg(`${prefix}${line}\n`);
    expect(lines).toMatchObject([{ time_ns: 129_820_136_000,
      text: expect.stringMatching(/^cxl_region region0: /) as unknown }]);
  }
});

/*
 *   log     CPU 1 on node 0 | smp: Brought up 2 of 4 | 2 on node 1, 3 on node 1 | 4 is plugged in
 *
 * Expect: the SRAT's CPUs are in no line of their own from v6.18 on. What comes up later was there
 * at boot, on the node that its line says, and left alone by maxcpus=; what was plugged in was not.
 */
test('a CPU that boot left alone is on the node of the line that it comes up with', () => {
  const late = [...boot.filter((line) => !line.startsWith('SRAT: PXM')),
    'CPU topo: Allowing 4 present CPUs plus 1 hotplug CPUs', '.... node  #0, CPUs:      #1',
    'smp: Brought up 2 nodes, 2 CPUs', 'smpboot: Booting Node 1 Processor 2 APIC 0x2',
    'smpboot: Booting Node 1 Processor 3 APIC 0x3', 'smpboot: Booting Node 0 Processor 4 APIC 0x4'];
  const { rows, facts } = read(late);
  expect(rows.filter(({ row }) => row.event === 'srat_cpu').map(({ row }) => [row.args, row.nid]))
    .toEqual([['cpu=0', 0], ['cpu=1', 0], ['cpu=2', 1], ['cpu=3', 1]]);
  expect(facts.cpus).toBe(4);
  // Without one of them the log has the CPUs that boot brought up.
  expect(read(late.slice(0, -3)).facts.cpus).toBe(2);
});
