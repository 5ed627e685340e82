/** /proc/zoneinfo as rows. */
import { maxOf } from '../../../base/long_lists.js';
import { hex } from '../../../base/pfn.js';
import { LAST_CPU } from '../../row_limits.js';
import { zoneNames, type TraceRow, type ZoneName } from '../../trace.js';

/** A zone as printed. */
export interface ZoneText {
  readonly nid: number;
  readonly zone: ZoneName;
  /** Line of the zone's head in the snapshot. */
  readonly line: number;
  /** `pages free`, `spanned`, ... by name; pages. */
  readonly counts: ReadonlyMap<string, number>;
  /** `protection: (0, 1914, ...)`. */
  readonly protection: readonly string[];
  /** For each CPU that is online, in order: high, batch, high_min, high_max as printed. */
  readonly pagesets: ReadonlyMap<string, readonly string[]>;
  /** Which CPUs these are. */
  readonly cpus: readonly number[];
}

interface Filled {
  nid: number;
  zone: ZoneName;
  line: number;
  counts: Map<string, number>;
  protection: string[];
  pagesets: Map<string, string[]>;
  cpus: number[];
}

/** Is it a zone of x86-64? */
export function isZoneName(name: string | undefined): name is ZoneName {
  return (zoneNames as readonly (string | undefined)[]).includes(name);
}

const countNames = new Set([
  'free', 'boost', 'min', 'low', 'high', 'spanned', 'present', 'managed', 'start_pfn',
  'numa_hit', 'numa_miss']);
const pagesetNames = new Set(['count', 'high', 'batch', 'high_min', 'high_max']);

function readLine(zone: Filled, text: string): void {
  const [, name, value] = /^\s+(?:pages )?([a-z_]+):?\s+(\d+)\s*$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) {
    if (pagesetNames.has(name) && /^\s+[a-z_]+:/.test(text)) {
      const values = zone.pagesets.get(name) ?? [];
      zone.pagesets.set(name, [...values, value]);
    } else if (countNames.has(name)) zone.counts.set(name, Number(value));
    else if (name === 'cpu') zone.cpus.push(Number(value));
  }
  const threshold = /^\s+vm stats threshold: (\d+)/.exec(text)?.[1];
  if (threshold !== undefined) zone.counts.set('stat_threshold', Number(threshold));
  const protection = /^\s+protection: \((.*)\)/.exec(text)?.[1];
  if (protection !== undefined) zone.protection = protection.split(', ');
}

/** All zones, in order; `first` is the line of `lines[0]` in the file. */
export function readZoneinfo(lines: readonly string[], first: number): ZoneText[] {
  const zones: Filled[] = [];
  lines.forEach((text, index) => {
    const [, nid, zone] = /^Node (\d+), zone +(\w+)/.exec(text) ?? [];
    if (nid !== undefined && isZoneName(zone)) {
      zones.push({
        nid: Number(nid), zone, line: first + index, counts: new Map(), protection: [],
        pagesets: new Map(), cpus: [],
      });
    } else {
      const current = zones.at(-1);
      if (current !== undefined) readLine(current, text);
    }
  });
  return zones;
}

/** The args of a zoneinfo row. */
function zoneWords(zone: ZoneText): string {
  const words: string[] = [];
  for (const name of ['spanned', 'present', 'managed', 'start_pfn', 'min', 'low', 'high']) {
    const value = zone.counts.get(name);
    if (value === undefined) continue;
    words.push(`${name}=${name === 'start_pfn' ? hex(value) : value}`);
  }
  const boost = boostOf(zone);
  if (boost !== 0) words.push(`boost=${boost}`);
  if (zone.protection.length > 0) words.push(`protection=${zone.protection.join('/')}`);
  for (const [name, key] of [
    ['high', 'pcp_high'], ['batch', 'pcp_batch'],
    ['high_min', 'high_min'], ['high_max', 'high_max'],
  ] as const) {
    const values = zone.pagesets.get(name);
    if (values !== undefined) words.push(`${key}=${values.join('/')}`);
  }
  return words.join(' ');
}

/** What the zone adds to its watermarks. */
export function boostOf(zone: ZoneText): number {
  return zone.counts.get('boost') ?? 0;
}

export function boostRow(zone: ZoneText): Omit<TraceRow, 'time_ns'> {
  return { event: 'watermark_boost', nid: zone.nid, zone: zone.zone, nr_pages: boostOf(zone) };
}

export function isPopulated(zone: ZoneText): boolean {
  return (zone.counts.get('present') ?? 0) > 0;
}

/** The zoneinfo row of a zone, without its time. */
export function zoneinfoRow(zone: ZoneText): Omit<TraceRow, 'time_ns'> {
  return { event: 'zoneinfo', nid: zone.nid, zone: zone.zone, args: zoneWords(zone) };
}

/** The managed_at_boot row of a zone. */
export function managedRow(zone: ZoneText): Omit<TraceRow, 'time_ns'> {
  return {
    event: 'managed_at_boot', nid: zone.nid, zone: zone.zone,
    nr_pages: zone.counts.get('managed') ?? 0,
  };
}

/** How the nr_free_pages rows of a snapshot are written. */
export interface FreeRows {
  /** The snapshot is the first one. */
  readonly first: boolean;
  /** The trace has allocations and frees. */
  readonly pageLevel: boolean;
  /** When each node's zones were read, in ns; undefined: not under tracing, or nobody knows. */
  readonly readAt: ReadonlyMap<number, number> | undefined;
}

/**
 * A value for each CPU up to the last one that is printed; `-` for those that are offline. Where a
 * number is none of a CPU nobody knows whose they are.
 */
function byCpu(values: readonly string[], cpus: readonly number[]): string {
  if (maxOf(cpus) > LAST_CPU) return values.join('/');
  const all = new Array<string>(maxOf(cpus, -1) + 1).fill('-');
  for (const [index, cpu] of cpus.entries()) all[cpu] = values[index] ?? '-';
  return (all.length === 0 ? values : all).join('/');
}

/** The nr_free_pages row of a zone; at page level with what its difference is explained by. */
export function freeRow(
  zone: ZoneText, { first, pageLevel, readAt }: FreeRows,
): Omit<TraceRow, 'time_ns'> {
  const { nid, counts } = zone;
  const row = {
    event: 'nr_free_pages', nid, zone: zone.zone, nr_pages: counts.get('free') ?? 0,
  } as const;
  const lists = zone.pagesets.get('count');
  if (!pageLevel || lists === undefined) return row;
  const words = [`pcp=${byCpu(lists, zone.cpus)}`];
  const threshold = counts.get('stat_threshold');
  if (threshold !== undefined) words.push(`stat_threshold=${threshold}`);
  const [hit, miss] = [counts.get('numa_hit'), counts.get('numa_miss')];
  if (hit !== undefined && miss !== undefined) words.push(`allocations=${hit + miss}`);
  const time = readAt?.get(nid);
  if (time !== undefined) words.push('traced=1');
  // The rows of the first snapshot stand before all others.
  if (time !== undefined && first) words.push(`read_at=${time}`);
  return { ...row, args: words.join(' ') };
}
