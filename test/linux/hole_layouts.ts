/** Memory layouts with holes, and what a range of struct pages says, as the tables write it. */
import type { Kernel } from '../../src/linux/base/kernel.js';
import type { Machine } from '../../src/linux/base/machine.js';
import { ZONE_NAMES } from '../../src/linux/include/mmzone.js';
import { parseSeries } from '../../src/patch/series.js';
import { compose } from '../../src/patch/compose.js';
import type { Patch } from '../../src/patch/define.js';

const PAGE = 4096;

/** [first pfn, one past the last, node] of RAM, in address order. */
export type Ram = readonly (readonly [start: number, end: number, nid: number])[];

/** E1: q35 with 4000 MiB, physical memory ends inside a section. */
export const E1: Ram = [[0, 0x9f, 0], [0x100, 0x7ffe0, 0], [0x100000, 0x17a000, 0]];
/** E2: the same with i440fx. */
export const E2: Ram = [[0, 0x9f, 0], [0x100, 0xbffe0, 0], [0x100000, 0x13a000, 0]];
/** E3: two nodes, their border inside section 7. */
export const E3: Ram = [
  [0, 0x9f, 0], [0x100, 0x3e800, 0], [0x3e800, 0x7ffe0, 1], [0x100000, 0x17a000, 1],
];
/** E4: the host of the report, a hole in the middle of a pageblock. */
export const E4: Ram = [
  [0, 0x9d, 0], [0x100, 0x7a17b, 0], [0x7a217, 0x7c000, 0], [0x100000, 0x47f380, 0],
];
/** E5: node 0 above node 1, their border inside section 644. */
export const E5: Ram = [
  [0, 0x91, 1], [0x100, 0xdbdf9, 1], [0x100000, 0x1424000, 1], [0x1424000, 0x2024000, 0],
];
/** E6: the first RAM is at pfn 0x10. */
export const E6: Ram = [[0x10, 0x9f, 0], [0x100, 0x80000, 0]];

/** Firmware gives a node all between its first and its last RAM, where no other node has any. */
function srat(ram: Ram): Machine['srat'] {
  if (new Set(ram.map(([, , nid]) => nid)).size === 1) return [];
  return ram.map(([start, end, nid]) => ({
    nid, start: start * PAGE, end: end * PAGE, hotplug: false,
  }));
}

export function machineWith(ram: Ram, extra: Partial<Machine> = {}): Machine {
  return {
    e820: ram.map(([start, end]) => ({ start: start * PAGE, end: end * PAGE, type: 'usable' })),
    srat: srat(ram), cpus: [0, 0], distance: [], cmdline: '', reserved: [],
    pages_per_section: 32768, pages_per_block: 32768, kconfig: {}, managed_at_boot: [],
    freed_after_wmarks: 0, ...extra,
  };
}

/** A column of the tables: a version of the kernel or a policy on a base version. */
export interface Variant {
  readonly name: string;
  readonly version: string;
  readonly policies: readonly string[];
}

const on = (version: string, ...policies: string[]): Variant => ({
  name: [version, ...policies].join('+'), version,
  policies: policies.map((policy) => `memmap_holes/${policy}`),
});

/** Every way in which the model can be made to use the algorithm of a column. */
export const columns = {
  H0a: [on('v5.3'), on('v5.4'), on('v5.10', 'zeroed_links'), on('v6.1', 'zeroed_links')],
  H0b: [on('v5.6'), on('v5.7'), on('v5.10', 'spans_over_node0'), on('v6.1', 'spans_over_node0')],
  H1: [on('v5.8'), on('v5.10'), on('v6.1', 'node0_zone0'), on('v6.12', 'node0_zone0')],
  M1: [on('v5.10', 'v1'), on('v6.1', 'v1')],
  M3: [on('v5.10', 'v3_first_merge'), on('v6.1', 'v3_first_merge')],
  M4: [on('v5.10', 'v4'), on('v6.12', 'v4')],
  M5: [on('v5.10', 'refactoring_v5'), on('v6.1', 'refactoring_v5')],
  M6: [on('v5.10', 'v6'), on('v6.1', 'v6')],
  M7: [on('v5.10', 'v7')],
  M8: [on('v5.10', 'v8'), on('v6.1', 'v8'), on('v6.12', 'v8')],
  F: [on('v5.14'), on('v5.17'), on('v6.1'), on('v6.12'), on('v5.10', 'merged'),
    on('v6.1', 'merged')],
} as const;
export type Column = keyof typeof columns;

export async function seriesOf(variant: Variant, ...more: readonly Patch[]): Promise<Patch[]> {
  const { patches } = await parseSeries(variant.policies.join('+') || 'base');
  return [...patches, ...more];
}

/** A kernel of the column that has sized its zones and initialised struct pages, no more. */
export async function earlyKernel(
  variant: Variant, machine: Machine, ...more: readonly Patch[]
): Promise<Kernel> {
  const k = compose(variant.version, await seriesOf(variant, ...more), machine);
  k.setup_arch();
  return k;
}

/** `NODE/ZONE R in`: links of the pages [first, last], reserved (R) or not (r0), spanned or not. */
export function linksOf(k: Kernel, first: number, last: number): string {
  const texts = new Set<string>();
  for (const { start, end, content } of k.state.memmap.runs(first, last + 1)) {
    if (content.kind !== 'init') {
      texts.add('UNINIT');
      continue;
    }
    const zone = k.state.nodes[content.nid]?.node_zones[content.zone];
    const spans = zone !== undefined &&
      k.zone_spans_pfn(zone, start) && k.zone_spans_pfn(zone, end - 1);
    texts.add(`${content.nid}/${ZONE_NAMES[content.zone] ?? content.zone} ` +
      `${content.reserved ? 'R' : 'r0'} ${spans ? 'in' : 'out'}`);
  }
  return [...texts].join(' and ');
}
