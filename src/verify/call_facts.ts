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
  args?: string;
}

type ArgumentReader = (args: readonly unknown[]) => CallFields;

const n = (value: unknown): number => (typeof value === 'number' ? value : Number.NaN);
const range: ArgumentReader = (a) => ({ pfn: n(a[0]), nr_pages: n(a[1]) });
const toEnd: ArgumentReader = (a) => ({ pfn: n(a[0]), nr_pages: n(a[1]) - n(a[0]) });
const bare: ArgumentReader = () => ({});

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
  move_pfn_range_to_zone: (a) => ({ pfn: n(a[1]), nr_pages: n(a[2]) }),
  remove_pfn_range_from_zone: (a) => ({ pfn: n(a[1]), nr_pages: n(a[2]) }),
  adjust_present_page_count: (a) => ({ nr_pages: n(a[2]) }),
  memory_notify: (a) => ({ args: `action=${String(a[0])}` }),
  zone_pcp_disable: bare,
  zone_pcp_enable: bare,
  zone_pcp_reset: bare,
  drain_all_pages: bare,
  __drain_all_pages: (a) => ({ args: `force_all_cpus=${a[1] === true ? 1 : 0}` }),
  start_isolate_page_range: toEnd,
  undo_isolate_page_range: toEnd,
  test_pages_isolated: toEnd,
  try_remove_memory: range,
  arch_remove_memory: range,
  try_offline_node: (a) => ({ nid: n((a[0] as Pgdat | undefined)?.nid ?? a[0]) }),
};

/** Returns that a recorded row has as a value of its own. */
function callText(fn: string, fields: CallFields): string {
  const words: string[] = [fn];
  if (fields.nid !== undefined) words.push(`nid=${fields.nid}`);
  if (fields.pfn !== undefined) words.push(`pfn=${hex(fields.pfn)}`);
  if (fields.nr_pages !== undefined) words.push(`nr_pages=${fields.nr_pages}`);
  if (fields.args !== undefined && fields.args !== '') words.push(fields.args);
  return words.join(' ');
}

/** Entry of a modelled call. */
export function modelledCall(fn: string, args: readonly unknown[]): string {
  return callText(fn, probedFunctions[fn]?.(args) ?? {});
}

/** Return of a modelled call; functions that return nothing say `->`. */
export function modelledReturn(fn: string, result: unknown): string {
  return typeof result === 'number' ? `${fn} -> ${result}` : `${fn} ->`;
}

/** A recorded call row in the same words; only the fields that the model's call has too. */
export function recordedCall(row: TraceRow): string {
  if (row.phase === 'E') return row.ret === undefined ? `${row.event} ->` : `${row.event} -> ${row.ret}`;
  const fields: CallFields = {};
  if (row.nid !== undefined) fields.nid = row.nid;
  if (row.pfn !== undefined) fields.pfn = row.pfn;
  if (row.nr_pages !== undefined) fields.nr_pages = row.nr_pages;
  if (row.args !== undefined) fields.args = row.args;
  return callText(row.event, fields);
}
