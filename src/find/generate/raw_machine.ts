/** Machines that no QEMU has: any memory map, holes anywhere, nodes in any order. */
import { GIB, MIB, PAGE_SIZE, hex, pfnDown, pfnUp } from '../../base/pfn.js';
import type { Random } from '../../base/random.js';
import type { TraceRow } from '../../trace/trace.js';
import { edgeNear, PAGEBLOCK, SECTION } from './edges.js';

/** Bytes, `end` is one past the last. */
interface Bytes { readonly start: number; readonly end: number }

/** What a step has to know of the machine. */
export interface RawMachine {
  readonly rows: readonly TraceRow[];
  readonly cpus: number;
  /** Bytes. */
  readonly block_size: number;
  /** Nodes with memory or without: how many there are. */
  readonly nodes: number;
  /** Pages that are there at boot: first and one past the last of each range. */
  readonly memory: readonly { readonly start_pfn: number; readonly end_pfn: number }[];
  /** First pfn from which on memory can be plugged in; a multiple of a block. */
  readonly free_pfn: number;
}

const FOUR_GIB = 4 * GIB;
/** The EBDA of a BIOS begins here; its ROM ends at 1 MiB. */
const EBDA = 0x9fc00;

const words = ({ start, end }: Bytes): string => `start=${hex(start)} end=${hex(end)}`;

/** Ends that machines have: whole sections, and those that firmware cuts off for its tables. */
const lowEnds = [
  800 * MIB, GIB, 2 * GIB, 2 * GIB - 128 * 1024, 2 * GIB - MIB, 3 * GIB, 1000 * MIB,
] as const;
const highSizes = [0, 0, 512 * MIB, GIB, 2 * GIB, 4 * GIB, 1952 * MIB] as const;

function usable(random: Random): Bytes[] {
  const first = random.oneIn(5) ? random.pick([0x1000, 0x10000, 0x8000]) : 0;
  const end = random.pick(lowEnds);
  const low = random.oneIn(4) ? edgeNear(random, end / PAGE_SIZE) * PAGE_SIZE : end;
  const size = random.pick(highSizes);
  const ranges = [{ start: first, end: EBDA }, { start: MIB, end: low }];
  if (size > 0) {
    const high = random.oneIn(4) ? edgeNear(random, size / PAGE_SIZE) * PAGE_SIZE : size;
    ranges.push({ start: FOUR_GIB, end: FOUR_GIB + high });
  }
  return ranges;
}

/** Cuts a hole out of one range: a few pages, a pageblock, a section, at an edge or inside. */
function withHole(random: Random, ranges: readonly Bytes[]): Bytes[] {
  const chosen = random.between(1, ranges.length - 1);
  const { start, end } = ranges[chosen] ?? { start: 0, end: 0 };
  const pages = random.pick([1, 16, 256, PAGEBLOCK, PAGEBLOCK, 3 * PAGEBLOCK, SECTION]);
  const from = edgeNear(random, random.between(start / PAGE_SIZE, end / PAGE_SIZE)) * PAGE_SIZE;
  const to = from + pages * PAGE_SIZE;
  if (from <= start || to >= end) return [...ranges];
  return ranges.flatMap((range, at) =>
    (at === chosen ? [{ start, end: from }, { start: to, end }] : [range]));
}

function reserved(random: Random, ranges: readonly Bytes[]): TraceRow[] {
  const rows: Bytes[] = [{ start: EBDA, end: 0xa0000 }, { start: 0xf0000, end: MIB }];
  for (const [index, { end }] of ranges.entries()) {
    const next = ranges[index + 1]?.start ?? end + GIB;
    if (index > 0 && next - end < GIB && random.oneIn(2)) rows.push({ start: end, end: next });
  }
  return rows.map((range) => ({
    time_ns: 0, event: 'e820', args: `${words(range)} type=reserved` }));
}

/** Where one node's memory ends and the next one's begins, in bytes. */
function splits(random: Random, ranges: readonly Bytes[], nodes: number): number[] {
  const found: number[] = [];
  for (let node = 1; node < nodes; node += 1) {
    const { start, end } = random.pick(ranges.slice(1)) ?? { start: MIB, end: GIB };
    found.push(edgeNear(random, random.between(start / PAGE_SIZE, end / PAGE_SIZE)) * PAGE_SIZE);
  }
  return found.sort((a, b) => a - b);
}

interface Nodes { readonly rows: readonly TraceRow[]; readonly nodes: number }

/** The SRAT: memory of each node, a window for what is plugged in, CPUs. */
function srat(random: Random, ranges: readonly Bytes[], cpus: number): Nodes {
  const withMemory = random.pick([1, 1, 2, 2, 3]);
  const nodes = withMemory + random.pick([0, 1, 1]);
  const descending = random.oneIn(4);
  const ends = [...splits(random, ranges, withMemory), Infinity];
  const nidOf = (index: number): number => (descending ? withMemory - 1 - index : index);
  const rows = ranges.flatMap(({ start, end }) => {
    let from = start;
    return ends.flatMap((limit, index): TraceRow[] => {
      const to = Math.min(end, limit);
      if (to <= from) return [];
      const args = words({ start: from, end: to });
      from = to;
      return [{ time_ns: 0, event: 'srat_mem', nid: nidOf(index), args }];
    });
  });
  const last = ranges.at(-1)?.end ?? 0;
  const window = Math.max(FOUR_GIB, Math.ceil(last / GIB) * GIB);
  const args = `${words({ start: window, end: window + 28 * GIB })} hotplug=1`;
  const firstCpu = random.oneIn(6) ? Math.min(1, withMemory - 1) : 0;
  return {
    nodes,
    rows: [
      ...rows, { time_ns: 0, event: 'srat_mem', nid: nodes - 1, args },
      ...Array.from({ length: cpus }, (_, cpu): TraceRow => ({
        time_ns: 0, event: 'srat_cpu',
        nid: cpu === 0 ? firstCpu : random.between(0, withMemory - 1), args: `cpu=${cpu}`,
      })),
    ],
  };
}

function distances(random: Random, nodes: number): TraceRow[] {
  const rows: TraceRow[] = [];
  for (let nid = 0; nid < nodes; nid += 1) {
    for (let to = nid + 1; to < nodes; to += 1) {
      const distance = random.between(11, 60);
      rows.push({ time_ns: 0, event: 'numa_distance', nid, args: `to=${to} distance=${distance}` });
      rows.push({
        time_ns: 0, event: 'numa_distance', nid: to, args: `to=${nid} distance=${distance}` });
    }
  }
  return rows;
}

/** What memblock had reserved: the first page, what lies behind memory, anything. */
function memblock(random: Random, ranges: readonly Bytes[]): TraceRow[] {
  const found: Bytes[] = [];
  if (random.oneIn(3)) found.push({ start: 0, end: 0x1000 });
  if (random.oneIn(3)) {
    const end = random.pick(ranges)?.end ?? MIB;
    found.push({ start: end, end: end + random.pick([0x1000, 0x2f50, 0x20000]) });
  }
  return found.map((range) => ({ time_ns: 0, event: 'memblock_reserve', args: words(range) }));
}

/** Zones that user space has filled, or the drivers have taken much of. */
function taken(random: Random): TraceRow[] {
  const zones = ['DMA', 'DMA32', 'Normal'] as const;
  if (!random.oneIn(6)) return [];
  return zones.map((zone): TraceRow => ({
    time_ns: 0, event: 'nr_free_pages', nid: 0, zone,
    nr_pages: random.pick([0, 100, 1000, 1972, 4000]),
  }));
}

/** Any machine; `cmdline` are boot parameters. */
export function rawMachine(random: Random, cmdline: string): RawMachine {
  let ranges = usable(random);
  while (random.oneIn(3)) ranges = withHole(random, ranges);
  const cpus = random.pick([1, 2, 2, 4]);
  const table = random.oneIn(4) ? { rows: [], nodes: 1 } : srat(random, ranges, cpus);
  const block_size = random.oneIn(6) ? random.pick([256, 512, 2048] as const) * MIB : 128 * MIB;
  const end = ranges.at(-1)?.end ?? 0;
  const usableRows = ranges.map((range): TraceRow => (
    { time_ns: 0, event: 'e820', args: `${words(range)} type=usable` }));
  const free = Math.max(FOUR_GIB, Math.ceil(end / GIB) * GIB, Math.ceil(end / block_size) *
    block_size);
  return {
    rows: [
      ...usableRows, ...reserved(random, ranges), ...table.rows,
      ...(random.oneIn(3) ? distances(random, table.nodes) : []),
      ...(cmdline === '' ? [] : [{ time_ns: 0, event: 'boot_param', args: cmdline } as const]),
      ...memblock(random, ranges), ...taken(random),
    ],
    cpus, block_size, nodes: table.nodes,
    memory: ranges.map((range) => (
      { start_pfn: pfnUp(range.start), end_pfn: pfnDown(range.end) })),
    free_pfn: Math.ceil(free / block_size) * block_size / PAGE_SIZE,
  };
}
