/**
 * Calls of kernel functions as text, the same for a recorded row and for a modelled call:
 * `online_pages pfn=0x100000 nr_pages=32768` on entry, `online_pages -> 0` on return.
 */
import { hex } from '../base/pfn.js';
import type { TraceRow } from '../trace/trace.js';
import type { Pgdat } from '../patch/define.js';

/** A field of a call; order is fixed so that texts compare. */
interface CallFields {
  nid?: number;
  pfn?: number;
  nr_pages?: number;
  migratetype?: number;
  args?: string;
}

/** Kconfig symbols of the recorded kernel. */
type Kconfig = Readonly<Record<string, string>>;

type ArgumentReader = (args: readonly unknown[], config: Kconfig) => CallFields;

const n = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
const range: ArgumentReader = (a) => ({ pfn: n(a[0]), nr_pages: n(a[1]) });
const toEnd: ArgumentReader = (a) => ({ pfn: n(a[0]), nr_pages: n(a[1]) - n(a[0]) });
const toEndOf: ArgumentReader = (a, config) => ({
  ...toEnd(a, config), migratetype: migratetypeNumber(a[2], config),
});
const bare: ArgumentReader = () => ({});

/** The number that a kernel of this configuration has for a migratetype. */
function migratetypeNumber(type: unknown, config: Kconfig): number {
  const names = ['Unmovable', 'Movable', 'Reclaimable', 'HighAtomic'];
  if (config['CMA'] === 'y') names.push('CMA');
  return [...names, 'Isolate'].indexOf(String(type));
}

/**
 * What a recorded row of each function says, read from the arguments of the modelled call.
 * The node id that add_memory_resource() gets is a memory group id since v5.15.
 */
export const probedFunctions: Readonly<Record<string, ArgumentReader>> = {
  add_memory_resource: (a) => ({ nid: n(a[0]) }),
  hotadd_init_pgdat: (a) => ({ nid: n(a[0]) }),
  build_all_zonelists: bare,
  __build_all_zonelists: bare,
  arch_add_memory: (a) => ({ nid: n(a[0]), pfn: n(a[1]), nr_pages: n(a[2]) }),
  create_memory_block_devices: range,
  memory_subsys_online: bare,
  memory_subsys_offline: bare,
  online_pages: range,
  offline_pages: range,
  move_pfn_range_to_zone: (a, config) => ({
    pfn: n(a[1]), nr_pages: n(a[2]), migratetype: migratetypeNumber(a[4], config),
  }),
  remove_pfn_range_from_zone: (a) => ({ pfn: n(a[1]), nr_pages: n(a[2]) }),
  adjust_present_page_count: (a) => ({ nr_pages: n(a[2]) }),
  memory_notify: (a) => ({ args: `action=${String(a[0])}` }),
  zone_pcp_disable: bare,
  zone_pcp_enable: bare,
  zone_pcp_reset: bare,
  drain_all_pages: bare,
  __drain_all_pages: (a) => ({ args: `force_all_cpus=${a[1] === true ? 1 : 0}` }),
  start_isolate_page_range: toEndOf,
  undo_isolate_page_range: toEndOf,
  test_pages_isolated: toEnd,
  try_remove_memory: range,
  arch_remove_memory: range,
  try_offline_node: (a) => ({ nid: n((a[0] as Pgdat | undefined)?.nid ?? a[0]) }),
};

/** Tracepoints that fire when the function is done: one line with arguments and result. */
export const returnsRecorded: ReadonlySet<string> = new Set(['test_pages_isolated']);

function callText(fn: string, fields: CallFields): string {
  const words: string[] = [fn];
  if (fields.nid !== undefined) words.push(`nid=${fields.nid}`);
  if (fields.pfn !== undefined) words.push(`pfn=${hex(fields.pfn)}`);
  if (fields.nr_pages !== undefined) words.push(`nr_pages=${fields.nr_pages}`);
  if (fields.migratetype !== undefined) words.push(`migratetype=${fields.migratetype}`);
  if (fields.args !== undefined && fields.args !== '') words.push(fields.args);
  return words.join(' ');
}

/** Entry of a modelled call. */
export function modelledCall(fn: string, args: readonly unknown[], config: Kconfig): string {
  return callText(fn, probedFunctions[fn]?.(args, config) ?? {});
}

/** Return of a modelled call; functions that return nothing say `->`. */
export function modelledReturn(call: string, result: unknown): string {
  return typeof result === 'number' ? `${call} -> ${result}` : `${call} ->`;
}

/** A recorded call row in the same words; only the fields that the model's call has too. */
export function recordedCall(row: TraceRow): string {
  if (row.phase === 'E') return `${row.event} ->${row.ret === undefined ? '' : ` ${row.ret}`}`;
  const fields: CallFields = {};
  if (row.nid !== undefined) fields.nid = row.nid;
  if (row.pfn !== undefined) fields.pfn = row.pfn;
  if (row.nr_pages !== undefined) fields.nr_pages = row.nr_pages;
  if (row.migratetype !== undefined) fields.migratetype = row.migratetype;
  if (returnsRecorded.has(row.event)) return `${callText(row.event, fields)} -> ${row.ret}`;
  if (row.args !== undefined) fields.args = row.args;
  return callText(row.event, fields);
}
