/**
 * When the lists of a CPU that goes offline are drained: page_alloc_cpu_dead() is called late in
 * cpu_down(), when the CPU has done its last, by the task that writes `0` or, from v6.6 on, by a
 * worker of another CPU. No function of it is traced, but its drains are.
 */
import { onceFor } from '../base/once.js';
import { NONE, type Trace } from '../trace/trace.js';
import { FREE_ROW, BATCHED, PCPU_DRAIN, ZONE_LOCKED, isPageEvent } from './pages/events.js';
import { NO_ROW, PageHistory } from './pages/history.js';
import { rowWords } from '../trace/row_words.js';

/** What puts a block on a list of the row's CPU. */
const puts: ReadonlySet<number> = new Set([FREE_ROW, BATCHED, ZONE_LOCKED]);

/**
 * The row of pages behind which the lists are drained; the row itself where the trace does not have
 * the CPU at work behind it.
 */
export function deathRow(trace: Trace, row: number): number {
  const rows = known(trace);
  const found = rows.get(row) ?? findRow(trace, row);
  rows.set(row, found);
  return found;
}

const known = onceFor((_: Trace) => new Map<number, number>());

function findRow(trace: Trace, row: number): number {
  const { cpu = NONE } = rowWords(trace, row, 'cpu_offline');
  const columns = trace.columns;
  let last = row;
  let end = row + 1;
  for (; end < trace.length && trace.event(end) !== 'tracing_mark_write'; end += 1) {
    if (trace.event(end) === 'cpu_online') return row;
    if (isPageEvent[columns.event.get(end)] === 1 && columns.cpu.get(end) === cpu) last = end;
  }
  for (let at = last + 1; at < end; at += 1) {
    if (drains(trace, at, cpu)) return beginOf(trace, at, last);
  }
  return last;
}

/** The row drains a block that was put on a list of the CPU. */
function drains(trace: Trace, row: number, cpu: number): boolean {
  const { event, pfn, cpu: cpus } = trace.columns;
  if (event.get(row) !== PCPU_DRAIN) return false;
  const { before } = PageHistory.of(trace).around(pfn.get(row), row - 1);
  return before !== NO_ROW && puts.has(event.get(before)) && cpus.get(before) === cpu;
}

/** The row before the drains of this task that the row is one of. */
function beginOf(trace: Trace, row: number, after: number): number {
  const { event, task } = trace.columns;
  let first = row;
  for (let at = row - 1; at > after; at -= 1) {
    if (task.get(at) !== task.get(row)) continue;
    if (event.get(at) !== PCPU_DRAIN) break;
    first = at;
  }
  return first - 1;
}
