/**
 * What went on while a snapshot was read. A node's part of /proc/zoneinfo is printed zone by zone
 * and CPU by CPU, and whoever prints it can be stopped meanwhile: each number is of some time
 * between the call that prints the node (zoneinfo_show(), mm/vmstat.c; its row) and what the same
 * task does next.
 */
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Span } from '../../../trace/span.js';
import type { Trace } from '../../../trace/trace.js';
import { ALLOC, FREE_ROW, PCPU_DRAIN, ZONE_LOCKED, isPageEvent, pageRowsOf } from '../events.js';

const NONE: Span = { from: 0, to: 0 };

/** The rows behind this one, up to the next one of the task of `call`. */
function rowsBehind(trace: Trace, row: number, call: number): Span {
  if (call < 0 || trace.event(call) !== 'function_call') return NONE;
  const { task } = trace.columns;
  let to = row + 1;
  while (to < trace.length && task.get(to) !== task.get(call)) to += 1;
  return { from: row, to };
}

/** Rows while the snapshot of this row, which has events before it, was read; empty: not known. */
export function whileRead(trace: Trace, row: number): Span {
  let call = row - 1;
  // Rows of a snapshot are of no task; what a step came to, as was noted, can stand before them.
  while (call >= 0 && trace.event(call) !== 'function_call' &&
    (trace.task(call) === '' || trace.time_ns(call) === trace.time_ns(row))) call -= 1;
  return rowsBehind(trace, row, call);
}

/** Rows while the node's part of the first snapshot was read, which stands before all of them. */
export function whileReadFirst(trace: Trace, nid: number): Span {
  const { row, early } = pageRowsOf(trace).begin;
  const begin = early.get(nid) ?? row;
  let call = begin - 1;
  while (call >= 0 && trace.event(call) !== 'function_call') call -= 1;
  return rowsBehind(trace, begin - 1, call);
}

/** By so many pages the row makes the lists of its CPU longer. */
function change(trace: Trace, pages: Pages, row: number, code: number): number {
  const order = trace.columns.order.get(row);
  if (!pages.pcpOrder(order)) return 0;
  if (code === ALLOC || code === PCPU_DRAIN) return -(1 << order);
  const comes = code === FREE_ROW ||
    (code === ZONE_LOCKED && trace.args(row).includes('percpu_refill=1'));
  return comes ? 1 << order : 0;
}

/**
 * By how many pages the zone's lists had changed since the begin, after each of the rows that
 * changed them; 0 first. `cpu` undefined: those of all CPUs.
 */
export function changesWhileRead(
  trace: Trace, pages: Pages, zp: ZonePages, { from, to }: Span, cpu?: number,
): readonly number[] {
  const { event, pfn, cpu: cpus } = trace.columns;
  const sums = [0];
  let total = 0;
  for (let row = from + 1; row < to; row += 1) {
    const code = event.get(row);
    if (isPageEvent[code] !== 1 || (cpu !== undefined && cpus.get(row) !== cpu)) continue;
    const slot = pages.arena.slotOf(pfn.get(row));
    if (slot < 0 || pages.zoneOf(slot) !== zp) continue;
    const by = change(trace, pages, row, code);
    total += by;
    if (by !== 0) sums.push(total);
  }
  return sums;
}
