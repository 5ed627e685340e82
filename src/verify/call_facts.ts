/**
 * Calls of kernel functions as words, the same for a recorded row and for a modelled call: `nid`,
 * `pfn`, `nr_pages`, `migratetype` and the words of `args`.
 */
import { hex } from '../base/pfn.js';
import { parseWords } from '../base/words.js';
import type { TraceRow } from '../trace/trace.js';

export type CallWords = ReadonlyMap<string, string>;
/** Kconfig symbols of the recorded kernel. */
export type Kconfig = Readonly<Record<string, string>>;

type ArgumentReader = (args: readonly unknown[], config: Kconfig) => [string, string][];

const decimal = (name: string, value: unknown): [string, string] => [name, String(value)];
const frame = (value: unknown): [string, string] =>
  ['pfn', typeof value === 'number' ? hex(value) : String(value)];
const pages = (value: unknown): [string, string] => decimal('nr_pages', value);

const bare: ArgumentReader = () => [];
const range: ArgumentReader = ([start, count]) => [frame(start), pages(count)];
const toEnd: ArgumentReader = ([start, end]) =>
  [frame(start), pages(Number(end) - Number(start))];
const toEndOf: ArgumentReader = (args, config) =>
  [...toEnd(args, config), migratetype(args[2], config)];

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
  online_pages: range,
  offline_pages: range,
  move_pfn_range_to_zone: ([, start, count, , type], config) =>
    [frame(start), pages(count), migratetype(type, config)],
  remove_pfn_range_from_zone: ([, start, count]) => [frame(start), pages(count)],
  adjust_present_page_count: ([, , count]) => [pages(count)],
  memory_notify: ([action]) => [decimal('action', action)],
  zone_pcp_disable: bare,
  zone_pcp_enable: bare,
  zone_pcp_reset: bare,
  drain_all_pages: bare,
  __drain_all_pages: ([, force]) => [['force_all_cpus', force === true ? '1' : '0']],
  start_isolate_page_range: toEndOf,
  undo_isolate_page_range: toEndOf,
  test_pages_isolated: toEnd,
  try_remove_memory: range,
  arch_remove_memory: range,
  try_offline_node: ([nid]) => [decimal('nid', nid)],
};

/** Tracepoints that fire when the function is done: one row with arguments and result. */
export const firedAtReturn: ReadonlySet<string> = new Set(['test_pages_isolated']);

/** Arguments of a modelled call. */
export function modelledWords(
  fn: string, args: readonly unknown[], config: Kconfig,
): CallWords {
  return new Map(probedFunctions[fn]?.(args, config) ?? []);
}

/** Arguments of a recorded call, as far as the recording's probe has them. */
export function recordedWords(row: TraceRow): CallWords {
  const words = new Map<string, string>();
  if (row.nid !== undefined) words.set('nid', `${row.nid}`);
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
  const shown = [...words].filter(([key]) => spoken.has(key)).map(([key, value]) => `${key}=${value}`);
  return [fn, ...shown, ...(result === undefined ? [] : ['->', result])].join(' ').trimEnd();
}
