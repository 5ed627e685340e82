/** The machine that the setup and taken rows of a trace describe. */
import { parseWords } from '../base/words.js';
import type { ByteRange, E820Range, Machine, ManagedAtBoot, SratRange } from '../mm/machine.js';
import { eventNames } from '../trace/events.js';
import { NONE, type Trace } from '../trace/trace.js';
import { pageRowsOf } from './page_events.js';

/**
 * Freed before init_per_zone_wmark_min() runs for the first time (a postcore initcall): the
 * alternatives of a machine with one CPU. All other kinds are freed by later initcalls or when
 * init starts, so that the watermarks were computed without them.
 */
const freedBeforeWatermarks = new Set(['SMP_alternatives']);

type Parts = {
  -readonly [K in keyof Machine]: Machine[K] extends readonly (infer T)[] ? T[] : Machine[K];
} & { distance: number[][] };

function bytes(words: ReadonlyMap<string, string>): ByteRange {
  return { start: Number(words.get('start')), end: Number(words.get('end')) };
}

const readers: Readonly<Record<string, (trace: Trace, row: number, parts: Parts) => void>> = {
  e820(trace, row, parts) {
    const words = parseWords(trace.args(row));
    const type = (words.get('type') ?? '').replaceAll('_', ' ');
    parts.e820.push({ ...bytes(words), type } satisfies E820Range);
  },
  srat_mem(trace, row, parts) {
    const words = parseWords(trace.args(row));
    const range: SratRange = {
      nid: trace.nid(row), ...bytes(words), hotplug: words.get('hotplug') === '1',
    };
    parts.srat.push(range);
  },
  srat_cpu(trace, row, parts) {
    parts.cpus[Number(parseWords(trace.args(row)).get('cpu'))] = trace.nid(row);
  },
  numa_distance(trace, row, parts) {
    const words = parseWords(trace.args(row));
    const from = parts.distance[trace.nid(row)] ??= [];
    from[Number(words.get('to'))] = Number(words.get('distance'));
  },
  boot_param(trace, row, parts) {
    parts.cmdline = trace.args(row);
  },
  memblock_reserve(trace, row, parts) {
    parts.reserved.push(bytes(parseWords(trace.args(row))));
  },
  freed_at_boot(trace, row, parts) {
    const what = parseWords(trace.args(row)).get('what') ?? '';
    if (!freedBeforeWatermarks.has(what)) parts.freed_after_wmarks += trace.nr_pages(row);
    if (what === 'initrd') parts.freed_initrd = (parts.freed_initrd ?? 0) + trace.nr_pages(row);
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

/** The machine of a trace. Rows of an unknown shape were refused by the reader. */
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
  fillCpus(parts.cpus, header.cpus);
  return parts;
}

/** The number in a row's column, undefined where the row is empty. */
export function given(value: number): number | undefined {
  return value === NONE || Number.isNaN(value) ? undefined : value;
}

/** `2 CPUs, 2 nodes, 1023 MiB, memory blocks of 128 MiB`. */
export function machineText(machine: Machine): string {
  const bytesOfRam = machine.e820.filter((range) => range.type === 'usable')
    .reduce((sum, range) => sum + range.end - range.start, 0);
  const nodes = new Set([...machine.srat.map((range) => range.nid), ...machine.cpus]).size;
  const count = (number: number, what: string): string =>
    `${number} ${what}${number === 1 ? '' : 's'}`;
  const mebibytes = (size: number): string => `${Math.round(size / 2 ** 20)} MiB`;
  return [
    count(machine.cpus.length, 'CPU'), count(nodes, 'node'), mebibytes(bytesOfRam),
    `memory blocks of ${mebibytes(machine.pages_per_block * 4096)}`,
  ].join(', ');
}
