/** arch/x86/kernel/e820.c: the firmware memory map, trimmed, becomes memblock.memory. */
import { pfnDown } from '../../../../base/pfn.js';
import type { Kernel } from '../../../base/kernel.js';
import { E820_RAM, E820_RESERVED, type E820Range } from '../../../base/machine.js';

/** Where ranges overlap, the type that stands further back here wins. */
const types = [
  E820_RAM, E820_RESERVED, 'ACPI data', 'ACPI NVS', 'unusable', 'persistent (type 7)',
  'persistent (type 12)', 'soft reserved',
];

/** Splits and merges overlapping ranges, sorts. @kernel arch/x86/kernel/e820.c v6.12 full */
export function e820__update_table(k: Kernel): void {
  const { e820 } = k.state.boot;
  const borders = [...new Set(e820.flatMap((range) => [range.start, range.end]))]
    .sort((a, b) => a - b);
  const result: { start: number; end: number; type: string }[] = [];
  const begins = [...e820.keys()].sort((a, b) => startOf(e820, a) - startOf(e820, b));
  let [begun, here]: [number, readonly number[]] = [0, []];
  borders.slice(1).forEach((end, index) => {
    const start = borders[index] ?? 0;
    const from = begun;
    while (startOf(e820, begins[begun]) <= start) begun += 1;
    here = [...here, ...begins.slice(from, begun)].filter((one) => (e820[one]?.end ?? 0) >= end);
    const type = winner(here.toSorted((a, b) => a - b).flatMap((one) => e820[one] ?? []));
    if (type === undefined) return;
    const last = result.at(-1);
    if (last?.end === start && last.type === type) last.end = end;
    else result.push({ start, end, type });
  });
  k.state.boot.e820 = result;
}

function startOf(e820: readonly E820Range[], index = Infinity): number {
  return e820[index]?.start ?? Infinity;
}

function winner(ranges: readonly E820Range[]): string | undefined {
  const [first] = [...ranges].sort((a, b) => types.indexOf(b.type) - types.indexOf(a.type));
  return first?.type;
}

/** @kernel arch/x86/kernel/e820.c v6.12 full */
export function e820__range_add(k: Kernel, start: number, end: number, type: string): void {
  if (end > start) k.state.boot.e820 = [...k.state.boot.e820, { start, end, type }];
}

/** What was `old_type` in [start, end) becomes `new_type`.
 * @kernel arch/x86/kernel/e820.c v6.12 full */
export function e820__range_update(
  k: Kernel, start: number, end: number, old_type: string, new_type: string,
): void {
  rewrite(k, start, end, old_type, new_type);
}

/** Takes what is of this type (undefined: of any) out of [start, end).
 * @kernel arch/x86/kernel/e820.c v6.12 full */
export function e820__range_remove(
  k: Kernel, start: number, end: number, type: string | undefined,
): void {
  rewrite(k, start, end, type, undefined);
}

function rewrite(
  k: Kernel, start: number, end: number, from: string | undefined, to: string | undefined,
): void {
  k.state.boot.e820 = k.state.boot.e820.flatMap((range) => {
    const low = Math.max(range.start, start);
    const high = Math.min(range.end, end);
    if (low >= high || (from !== undefined && range.type !== from)) return [range];
    const parts: E820Range[] = [];
    if (range.start < low) parts.push({ ...range, end: low });
    if (to !== undefined) parts.push({ start: low, end: high, type: to });
    if (range.end > high) parts.push({ ...range, start: high });
    return parts;
  });
}

/** `mem=SIZE`: nothing above it is RAM.
 * @kernel arch/x86/kernel/e820.c v6.12 reduced: no mem=nopentium, no line of a changed map */
export function parse_memopt(k: Kernel, text: string): void {
  const { value } = k.memparse(text);
  if (value <= 0) return;
  k.e820__range_remove(value, Number.MAX_SAFE_INTEGER, E820_RAM);
  k.state.boot.max_mem_size = value;
}

/** By the numbers that firmware and the command line have for them. */
const typeNumbers = new Map([
  [1, E820_RAM], [2, E820_RESERVED], [3, 'ACPI data'], [4, 'ACPI NVS'], [5, 'unusable'],
  [7, 'persistent (type 7)'], [12, 'persistent (type 12)'], [0xefffffff, 'soft reserved'],
]);

/** `START-OLD+NEW` behind a size: what is of one type becomes another, or is taken out. */
function changeType(k: Kernel, size: number, text: string): void {
  const { value: start, rest } = k.memparse(text);
  const [, old, to, more] = /^(?:-(\w+))?(?:\+(\w+))?(.*)$/s.exec(rest) ?? [];
  if (more !== '') return;
  const [from, type] = [typeNumbers.get(Number(old)), typeNumbers.get(Number(to))];
  if (to === undefined) k.e820__range_remove(start, start + size, from);
  else if (old === undefined) k.e820__range_add(start, start + size, type ?? `type ${Number(to)}`);
  else k.e820__range_update(start, start + size, from ?? '', type ?? `type ${Number(to)}`);
}

/** One word of `memmap=`. @kernel arch/x86/kernel/e820.c v7.3 full */
export function parse_memmap_one(k: Kernel, text: string): void {
  if (text.startsWith('exactmap')) {
    k.state.boot.e820 = [];
    return;
  }
  const { value: size, rest } = k.memparse(text);
  if (rest.startsWith('%')) {
    changeType(k, size, rest.slice(1));
    return;
  }
  const start = k.memparse(rest.slice(1)).value;
  const added: Record<string, string> = {
    '@': E820_RAM, '#': 'ACPI data', '$': E820_RESERVED, '!': 'persistent (type 12)',
  };
  const type = added[rest.slice(0, 1)];
  if (rest === '') k.parse_memopt(text);
  else if (type !== undefined) k.e820__range_add(start, start + size, type);
}

/** The firmware map, as the command line changes it.
 * @kernel arch/x86/kernel/e820.c v6.12 reduced: the changed map is not printed */
export function e820__memory_setup(k: Kernel): void {
  k.state.boot.e820 = [...k.machine.e820];
  k.e820__update_table();
  for (const word of k.machine.cmdline.split(/\s+/)) {
    const [name, value = ''] = word.split(/=(.*)/s);
    if (name === 'mem') k.parse_memopt(value);
    if (name === 'memmap') value.split(',').forEach((one) => k.parse_memmap_one(one));
  }
  k.e820__update_table();
}

/** max_pfn. @kernel arch/x86/kernel/e820.c v6.12 full */
export function e820__end_of_ram_pfn(k: Kernel): number {
  const counted = k.config.acpi_ends_ram ? [E820_RAM, 'ACPI data'] : [E820_RAM];
  return k.state.boot.e820.filter((range) => counted.includes(range.type))
    .reduce((end, range) => Math.max(end, pfnDown(range.end)), 0);
}

/** RAM becomes memblock.memory, in whole pages.
 * @kernel arch/x86/kernel/e820.c v6.12 reduced: soft reserved ranges stay out */
export function e820__memblock_setup(k: Kernel): void {
  let end = 0;
  for (const range of k.state.boot.e820) {
    if (k.config.e820_reserves === 'all_but_ram') {
      const start = range.type === E820_RAM ? range.start : range.end;
      if (start > end) k.memblock_reserve(end, start);
    }
    if (range.type === E820_RAM) k.memblock_add(range.start, range.end);
    ({ end } = range);
  }
  k.memblock_trim_memory();
}

/** "System RAM" in /proc/iomem. @kernel arch/x86/kernel/e820.c v6.12 reduced: RAM only */
export function e820__reserve_resources(k: Kernel): void {
  for (const { start, end, type } of k.state.boot.e820) {
    if (type === E820_RAM) k.state.system_ram.push({ start, end });
  }
}
