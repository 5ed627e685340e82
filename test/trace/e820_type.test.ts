import { expect, test } from 'vitest';
import { readDmesg } from '../../src/trace/kernel_text/log/dmesg.js';

const ranges = [
  ['0x0000000000000000-0x000000000009fbff', 'usable', ' System RAM'],
  ['0x000000000009fc00-0x000000000009ffff', 'reserved', ' device reserved'],
  ['0x000000007ffdc000-0x000000007ffdffff', 'ACPI data', ' ACPI data'],
  ['0x0000000080000000-0x0000000080000fff', 'ACPI NVS', ' ACPI NVS'],
  ['0x0000000080001000-0x0000000080001fff', 'unusable', ' unusable'],
  ['0x0000000100000000-0x000000013fffffff', 'persistent (type 12)', ' persistent RAM (type 12)'],
  ['0x0000000140000000-0x000000017fffffff', 'soft reserved', ' soft reserved'],
  ['0x0000000180000000-0x0000000180000fff', 'type 20', ' type 20'],
] as const;

const log = (column: 1 | 2): string => ranges.map((range) =>
  `[    0.000000] BIOS-e820: [mem ${range[0]}] ${range[column]}`).join('\n');

/*
 *   v7.0:  BIOS-e820: [mem A-B] usable              v7.1:  BIOS-e820: [mem A-B]  System RAM
 *                                                          BIOS-e820: [gap B-C]
 * Expect: the words of v7.1 are rows with the same types, and gaps are none.
 */
test('the memory map of v7.1 and later has the words of the kernels before', () => {
  const before = readDmesg(log(1)).rows;
  const gap = '\n[    0.000000] BIOS-e820: [gap 0x00000000000a0000-0x00000000000effff]';
  const since = readDmesg(log(2) + gap);
  expect(before).toHaveLength(ranges.length);
  expect(since.rows).toEqual(before);
  expect(before.map(({ row }) => row.args?.replace(/.* type=/, '').replaceAll('_', ' ')))
    .toEqual(ranges.map(([, type]) => type));
});
