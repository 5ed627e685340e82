/**
 * Calls of kernel functions as words, the same for a recorded row and for a modelled call: `nid`,
 * `pfn`, `nr_pages`, `migratetype` and the words of `args`.
 */
import { hex } from '../base/pfn.js';
import { parseWords } from '../base/words.js';
import type { Zone } from '../patch/define.js';
import type { TraceRow } from '../trace/trace.js';

export type CallWords = ReadonlyMap<string, string>;
/** Kconfig symbols of the recorded kernel. */
export type Kconfig = Readonly<Record<string, string>>;

type ArgumentReader = (args: readonly unknown[], config: Kconfig) => [string, string][];

const decimal = (name: string, value: unknown): [string, string] => [name, String(value)];
const frame = (value: unknown): [string, string] =>
  ['pfn', typeof value === 'number' ? hex(value) : String(value)];
const pages = (value: unknown): [string, string] => decimal('nr_pages', value);

/** Probes of newer recordings print node and name of a zone argument. */
const inZone = (zone: unknown): [string, string][] => {
  const { nid, name } = zone as Zone;
  return [decimal('nid', nid), ['zone', name]];
};

const bare: ArgumentReader = () => [];
const zoneOnly: ArgumentReader = ([zone]) => inZone(zone);
const rangeInZone: ArgumentReader = ([start, count, zone]) =>
  [...inZone(zone), frame(start), pages(count)];
const range: ArgumentReader = ([start, count]) => [frame(start), pages(count)];
const toEnd: ArgumentReader = ([start, end]) =>
  [frame(start), pages(Number(end) - Number(start))];
const toEndOf: ArgumentReader = (args, config) =>
  [...toEnd(args, config), migratetype(args[2], config)];
/** What start_isolate_page_range() has for modes, in the place where it had a migratetype. */
const isolateModes = ['MEM_OFFLINE', 'CMA_ALLOC', 'OTHER'];

/** The number that a kernel of this configuration has for a migratetype. */
function migratetype(type: unknown, config: Kconfig): [string, string] {
  const names = ['Unmovable', 'Movable', 'Reclaimable', 'HighAtomic'];
  if (config['CMA'] === 'y') names.push('CMA');
  return decimal('migratetype', [...names, 'Isolate'].indexOf(String(type)));
}

/** Functions that recordings have probes for, and how their arguments are read. */
export const probedFunctions: Readonly<Record<string, ArgumentReader>> = {
  add_memory_resource: ([nid, start, count, flags]) => [
    decimal('nid', nid), frame(start), pages(count), ['flags', hex(Number(flags))],
  ],
  hotadd_init_pgdat: ([nid]) => [decimal('nid', nid)],
  build_all_zonelists: bare,
  __build_all_zonelists: bare,
  arch_add_memory: ([nid, start, count]) => [decimal('nid', nid), frame(start), pages(count)],
  create_memory_block_devices: range,
  memory_subsys_online: bare,
  memory_subsys_offline: bare,
  online_pages: rangeInZone,
  offline_pages: rangeInZone,
  move_pfn_range_to_zone: ([zone, start, count, , type], config) =>
    [...inZone(zone), frame(start), pages(count), migratetype(type, config)],
  remove_pfn_range_from_zone: ([zone, start, count]) =>
    [...inZone(zone), frame(start), pages(count)],
  adjust_present_page_count: ([, , count]) => [pages(count)],
  memory_notify: ([action]) => [decimal('action', action)],
  zone_pcp_disable: zoneOnly,
  zone_pcp_enable: zoneOnly,
  zone_pcp_reset: zoneOnly,
  drain_all_pages: bare,
  __drain_all_pages: ([, force]) => [['force_all_cpus', force === true ? '1' : '0']],
  start_isolate_page_range: toEndOf,
  undo_isolate_page_range: toEndOf,
  alloc_contig_range: toEndOf,
  test_pages_isolated: toEnd,
  offline_and_remove_memory: range,
  try_remove_memory: range,
  arch_remove_memory: range,
  try_offline_node: ([nid]) => [decimal('nid', nid)],
};

/** Tracepoints that fire when the function is done: one row with arguments and result. */
export const firedAtReturn: ReadonlySet<string> = new Set(['test_pages_isolated']);

/**
 * Calls that no probe sees unless the recording has them: drivers/base/memory.c calls its own
 * memory_notify() for these two, which compilers inline.
 */
export const ownFileActions: ReadonlySet<string> =
  new Set(['MEM_PREPARE_ONLINE', 'MEM_FINISH_OFFLINE']);

/** Arguments of a modelled call. */
export function modelledWords(
  fn: string, args: readonly unknown[], config: Kconfig,
): CallWords {
  return new Map(probedFunctions[fn]?.(args, config) ?? []);
}

/**
 * The third argument of these is no migratetype where isolation is a bit of its own: a mode, a set
 * of flags (0 for all callers in the model), or none, so that the probe printed what was left in a
 * register.
 */
export function withoutMigratetype(
  fn: string, words: CallWords, mode: unknown, isRecorded: boolean,
): CallWords {
  if (fn === 'undo_isolate_page_range') {
    return new Map([...words].filter(([key]) => key !== 'migratetype'));
  }
  if (isRecorded || !words.has('migratetype')) return words;
  const third = fn === 'alloc_contig_range' ? '0'
    : fn === 'start_isolate_page_range'
      ? `${isolateModes.indexOf(String(mode ?? 'MEM_OFFLINE'))}` : undefined;
  return third === undefined ? words : new Map([...words, ['migratetype', third]]);
}

/** Arguments of a recorded call, as far as the recording's probe has them. */
export function recordedWords(row: TraceRow): CallWords {
  const words = new Map<string, string>();
  if (row.nid !== undefined) words.set('nid', `${row.nid}`);
  if (row.zone !== undefined) words.set('zone', row.zone);
  if (row.pfn !== undefined) words.set('pfn', hex(row.pfn));
  if (row.nr_pages !== undefined) words.set('nr_pages', `${row.nr_pages}`);
  if (row.migratetype !== undefined) words.set('migratetype', `${row.migratetype}`);
  for (const [key, value] of parseWords(row.args ?? '')) words.set(key, value);
  return words;
}

/** One line for a call: its name, the words in `spoken`, and the result of a return. */
export function callText(
  fn: string, words: CallWords, spoken: ReadonlySet<string>, result?: string,
): string {
  const shown = [...words]
    .filter(([key]) => spoken.has(key)).map(([key, value]) => `${key}=${value}`);
  return [fn, ...shown, ...(result === undefined ? [] : ['->', result])].join(' ').trimEnd();
}
