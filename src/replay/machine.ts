/** The machine that the setup and taken rows of a trace describe. */
import { TraceError } from '../base/errors.js';
import { hex, PAGE_SIZE } from '../base/pfn.js';
import type { E820Range, Machine, ManagedAtBoot, SratRange } from '../linux/base/machine.js';
import { eventNames } from '../trace/events.js';
import { LAST_CPU, LAST_NODE } from '../trace/row_limits.js';
import { NONE, type Trace } from '../trace/trace.js';
import { pageRowsOf } from './pages/events.js';
import { SetupWords } from './setup_words.js';
import { rowWords } from '../trace/row_words.js';

/**
 * Freed before init_per_zone_wmark_min() runs for the first time (a postcore initcall): the
 * alternatives, but where an arch initcall frees them. All other kinds are freed by later initcalls
 * or when init starts, so that the watermarks were computed without them.
 */
const freedBeforeWatermarks = new Set(['SMP_alternatives']);

type Parts = {
  -readonly [K in keyof Machine]: Machine[K] extends readonly (infer T)[] ? T[] : Machine[K];
} & { distance: number[][] };

const LAST_DISTANCE = 255;

const readers: Readonly<Record<string, (trace: Trace, row: number, parts: Parts) => void>> = {
  e820(trace, row, parts) {
    const words = new SetupWords(trace, row);
    const type = words.text('type').replaceAll('_', ' ');
    parts.e820.push({ ...words.bytes(), type } satisfies E820Range);
  },
  srat_mem(trace, row, parts) {
    const words = new SetupWords(trace, row);
    const range: SratRange = {
      nid: words.node(), ...words.bytes(),
      hotplug: rowWords(trace, row, 'srat_mem').hotplug === true,
    };
    parts.srat.push(range);
  },
  srat_cpu(trace, row, parts) {
    const words = new SetupWords(trace, row);
    parts.cpus[words.number('cpu', LAST_CPU)] = words.node();
  },
  numa_distance(trace, row, parts) {
    const words = new SetupWords(trace, row);
    const from = parts.distance[words.node()] ??= [];
    from[words.number('to', LAST_NODE)] = words.number('distance', LAST_DISTANCE);
  },
  boot_param(trace, row, parts) {
    parts.cmdline = trace.args(row);
  },
  memblock_reserve(trace, row, parts) {
    parts.reserved.push(new SetupWords(trace, row).bytes());
  },
  dma_reserve(trace, row, parts) {
    parts.dma_reserve = trace.nr_pages(row);
  },
  freed_at_boot(trace, row, parts) {
    const { what = '', initcall } = rowWords(trace, row, 'freed_at_boot');
    const pages = trace.nr_pages(row);
    const isEarly = freedBeforeWatermarks.has(what);
    if (initcall === true || !isEarly) parts.freed_after_wmarks += pages;
    if (initcall === true && isEarly) {
      parts.freed_smp_locks = (parts.freed_smp_locks ?? 0) + pages;
    }
    if (what === 'initrd') parts.freed_initrd = (parts.freed_initrd ?? 0) + pages;
  },
  managed_at_boot(trace, row, parts) {
    const zone: ManagedAtBoot = {
      nid: trace.nid(row), zone: trace.zone(row), pages: trace.nr_pages(row),
    };
    parts.managed_at_boot.push(zone);
  },
};

/** CPUs that no row names are on node 0. */
function fillCpus(cpus: number[], count: number): void {
  for (let cpu = 0; cpu < Math.max(count, cpus.length); cpu += 1) cpus[cpu] ??= 0;
}

/** More memory than this at boot is a slip of the pen, and would take the replay hours. */
const MOST_RAM = 2 ** 46;
/**
 * Each memory block is looked at after each step. From 64 GiB on a kernel makes blocks of up to 2
 * GiB, so that it has 32768 of them at most, but in a guest whose memory ends at an odd place.
 */
const MOST_BLOCKS = 2 ** 16;

/**
 * E820_MAX_ENTRIES of a kernel for the most nodes: 128 of the boot loader, and 3 for each node. It
 * leaves out what firmware has beyond them, so that no log and no row of a kernel tells of more.
 */
const MOST_RANGES = 128 + 3 * (LAST_NODE + 1);

function checkRanges(trace: Trace, { length }: readonly E820Range[]): void {
  if (length <= MOST_RANGES) return;
  throw new TraceError({ file: trace.where(0).file || 'the trace', line: 0 },
    `the trace has ${length} e820 rows, expected up to ${MOST_RANGES}: a kernel's table has room ` +
    'for no more (E820_MAX_ENTRIES)');
}

function checkRam(trace: Trace, ranges: readonly E820Range[]): void {
  const bytes = ramOf(ranges);
  const { block_size } = trace.header;
  const file = trace.where(0).file || 'the trace';
  if (bytes === 0) {
    throw new TraceError({ file, line: 0 },
      'no e820 row has usable memory: no machine is known that could be booted; the log of the ' +
      'boot tells it (a folder with trace.txt and dmesg.txt is a recording)');
  }
  if (bytes > MOST_RAM) {
    throw new TraceError({ file, line: 0 },
      `the e820 rows have ${bytes / 2 ** 40} TiB of usable memory, expected up to 64 TiB`);
  }
  if (bytes > MOST_BLOCKS * block_size) {
    throw new TraceError({ file, line: 0 },
      `the e820 rows have ${Math.ceil(bytes / block_size)} memory blocks of ${block_size} bytes, `
      + `expected up to ${MOST_BLOCKS}: with so much memory a kernel has larger ones (block_size)`);
  }
}

const ofMemory = new Set(['managed_at_boot', 'freed_at_boot', 'dma_reserve']);

/** Pages that are managed, freed or reserved at boot are pages that the machine has. */
function checkPages(trace: Trace, ranges: readonly E820Range[]): void {
  const all = Math.floor(ramOf(ranges) / PAGE_SIZE);
  const sums = new Map<string, number>();
  for (const row of pageRowsOf(trace).others) {
    const event = trace.event(row);
    if (!ofMemory.has(event)) continue;
    const sum = (sums.get(event) ?? 0) + trace.nr_pages(row);
    sums.set(event, sum);
    if (sum <= all) continue;
    throw new TraceError(trace.where(row),
      `${event} has ${sum} pages, expected up to the ${all} that the machine boots with`);
  }
}

/** Memory that the SRAT gives to no node: a kernel would ignore the SRAT, or not boot. */
function checkNodes(trace: Trace, { e820, srat }: Parts): void {
  if (srat.length === 0) return;
  const rows = pageRowsOf(trace).others.filter((row) => trace.event(row) === 'e820');
  for (const [index, { start, end, type }] of e820.entries()) {
    if (type !== 'usable') continue;
    const covered = srat.reduce((sum, range) =>
      sum + Math.max(0, Math.min(end, range.end) - Math.max(start, range.start)), 0);
    if (covered >= end - start) continue;
    throw new TraceError(trace.where(rows[index] ?? 0),
      `no srat_mem row covers all of the memory from ${hex(start)} to ${hex(end)}, `
      + 'expected each of it on a node');
  }
}

/** The machine of a trace. Error: TraceError for setup rows that make no machine. */
export function machineOf(trace: Trace): Machine {
  const { header } = trace;
  const parts: Parts = {
    e820: [], srat: [], cpus: [], distance: [], cmdline: '', reserved: [],
    pages_per_section: header.section_size / header.page_size,
    pages_per_block: header.block_size / header.page_size,
    kconfig: header.config, managed_at_boot: [], freed_after_wmarks: 0,
  };
  const byCode = eventNames.map((name) => readers[name]);
  const { event } = trace.columns;
  for (const row of pageRowsOf(trace).others) byCode[event.get(row)]?.(trace, row, parts);
  parts.cmdline = [parts.cmdline, ...header.parameters ?? []].filter(Boolean).join(' ');
  fillCpus(parts.cpus, header.cpus);
  checkRanges(trace, parts.e820);
  checkRam(trace, parts.e820);
  checkPages(trace, parts.e820);
  checkNodes(trace, parts);
  return parts;
}

/** The number in a row's column, undefined where the row is empty. */
export function given(value: number): number | undefined {
  return value === NONE || Number.isNaN(value) ? undefined : value;
}

function ramOf(ranges: readonly E820Range[]): number {
  return ranges.filter((range) => range.type === 'usable')
    .reduce((sum, range) => sum + range.end - range.start, 0);
}

/** `2 CPUs, 2 nodes, 1023 MiB, memory blocks of 128 MiB`. */
export function machineText(machine: Machine): string {
  const nodes = new Set([...machine.srat.map((range) => range.nid), ...machine.cpus]).size;
  const count = (number: number, what: string): string =>
    `${number} ${what}${number === 1 ? '' : 's'}`;
  const mebibytes = (size: number): string => `${Math.round(size / 2 ** 20)} MiB`;
  return [
    count(machine.cpus.length, 'CPU'), count(nodes, 'node'), mebibytes(ramOf(machine.e820)),
    `memory blocks of ${mebibytes(machine.pages_per_block * 4096)}`,
  ].join(', ');
}
