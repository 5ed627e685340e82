/**
 * What of a trace is explored: one call that takes memory offline, and what other tasks did with
 * pages of that zone meanwhile. Everything before is replayed once, as recorded.
 */
import { addTo } from '../base/long_lists.js';
import { TraceError } from '../base/errors.js';
import { ComingBack } from './coming_back.js';
import { joinLists, lateCommit, otherSteps, pageStep, type PageStep } from './page_step.js';
import { isPageEvent, pageRowsOf, type FreeMarks } from '../replay/pages/events.js';
import { traceOf } from '../trace/build.js';
import { eventTypes } from '../trace/events.js';
import type { Trace, TraceRow } from '../trace/trace.js';
import { rowWords } from '../trace/row_words.js';

/** A task beside the one that takes memory offline. */
export interface PageTask {
  readonly name: string;
  readonly steps: readonly PageStep[];
}

export interface Window {
  readonly start_pfn: number;
  readonly nr_pages: number;
  /** The task that takes memory offline. */
  readonly offliner: string;
  readonly tasks: readonly PageTask[];
  /** The row of the call. */
  readonly begin: number;
  /** The rows before it, and what shapes the machine: in a log without times that can be later. */
  readonly before: Trace;
  /** Frees of these rows whose pages reach their lists later: see PageRows. */
  readonly deferred: FreeMarks;
  /** The trace that it is of; empty: none that was read from a file. */
  readonly file: string;
}

/** More tasks than this are not explored. */
const TASKS_MAX = 25;

/** A trace of this file cannot be explored. */
export function cannotExplore(file: string, problem: string): TraceError {
  return new TraceError({ file: file || 'the trace', line: 0 }, problem);
}

/** Without any policy the same order came to another state: the model does not go back to all. */
export class StateLost extends TraceError {
  constructor(file: string) {
    super({ file: file || 'the trace', line: 0 }, 'this race cannot be explored: the same order of '
      + 'its tasks came to two different states of the model, with no policy that could keep one');
  }
}

function notExplored(trace: Trace, row: number, problem: string): TraceError {
  return cannotExplore(trace.length > 0 ? trace.where(row).file : '', problem);
}

/** First row and row after the last of the first offline call that others run beside. */
function callRows(trace: Trace): { readonly begin: number; readonly end: number } {
  let first: { begin: number; end: number } | undefined;
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) !== 'offline' || trace.phase(row) === 'E') continue;
    const found = { begin: row, end: endOf(trace, row) };
    first ??= found;
    for (let at = row + 1; at < found.end; at += 1) {
      const event = trace.event(at);
      const other = trace.task(at) !== trace.task(row);
      const runs = event === 'mm_page_free' || event === 'alloc_contig_pages' ||
        event === 'hugetlb_no_page' || event === 'free_huge_folio';
      if (event === 'unhold' || (other && runs)) return found;
    }
  }
  if (first === undefined) throw notExplored(trace, 0, 'no offline row to explore');
  return first;
}

function comesBack(trace: Trace, row: number, pfn: number): TraceError {
  return notExplored(trace, row, `page 0x${pfn.toString(16)} is freed here and was freed or given `
    + 'out before while the same memory goes offline: in another order of the tasks another page '
    + 'is given out, and who frees this one does not have it; no order but the recorded one is '
    + 'known (`mmreplay run` has that)');
}

function endOf(trace: Trace, begin: number): number {
  for (let row = begin + 1; row < trace.length; row += 1) {
    if (trace.event(row) === 'offline' && trace.phase(row) === 'E' &&
      trace.task(row) === trace.task(begin)) return row;
  }
  return trace.length;
}

/** Pages whose free was announced before the window and is committed by a later row. */
function begunFrees(trace: Trace, begin: number): ReadonlySet<number> {
  const begun = new Set<number>();
  for (let row = 0; row < begin; row += 1) {
    const event = trace.event(row);
    if (event === 'mm_page_free') begun.add(trace.pfn(row));
    else if (isPageEvent[trace.columns.event.get(row)] === 1) begun.delete(trace.pfn(row));
  }
  return begun;
}

/** The pages of these whose free a row lets go on. */
function letGo(trace: Trace, row: number, held: Iterable<number>): number[] {
  if (trace.event(row) !== 'unhold') return [];
  if (rowWords(trace, row, 'unhold').task !== undefined) return [];
  const pfn = trace.pfn(row);
  const all = !(pfn >= 0);
  return [...held].filter((one) => all || one === pfn);
}

/**
 * What was held before the window and is let go in it. A free whose migratetype is read already
 * goes on; what was to stop later begins anew in the window: its row is among `again`.
 */
function heldTasks(trace: Trace, begin: number, end: number, again: Set<number>): PageTask[] {
  const holds = new Map<number, { readonly at: string; row: number | undefined }>();
  for (let row = 0; row < begin; row += 1) {
    const pfn = trace.pfn(row);
    const hold = holds.get(pfn);
    if (trace.event(row) === 'hold' && pfn >= 0) {
      const { at = 'free_unref_page_commit' } = rowWords(trace, row, 'hold');
      holds.set(pfn, { at, row: undefined });
    } else if (hold !== undefined && pageStep(trace, row) !== undefined) hold.row = row;
    for (const gone of letGo(trace, row, holds.keys())) holds.delete(gone);
  }
  const tasks: PageTask[] = [];
  for (let row = begin + 1; row < end; row += 1) {
    for (const pfn of letGo(trace, row, holds.keys())) {
      const { at = '', row: held } = holds.get(pfn) ?? {};
      holds.delete(pfn);
      const step = held === undefined ? undefined : pageStep(trace, held);
      if (step === undefined || held === undefined) continue;
      const late = at === 'free_unref_page_commit';
      if (!late) again.add(held);
      tasks.push(late
        ? { name: 'the held free', steps: [{ ...step, what: 'commit' } as const] }
        : { name: trace.task(held), steps: [step] });
    }
  }
  return tasks;
}

/** The rows before the window; of those that begin anew in it only the places are left. */
function rowsBefore(trace: Trace, begin: number, again: ReadonlySet<number>): TraceRow[] {
  const rows: TraceRow[] = [];
  for (let row = 0; row < begin; row += 1) {
    rows.push(again.has(row)
      ? { time_ns: trace.time_ns(row), event: 'tracing_mark_write' } : trace.row(row));
  }
  for (const row of pageRowsOf(trace).others) {
    if (row >= begin && eventTypes[trace.event(row)].role === 'setup') rows.push(trace.row(row));
  }
  return rows;
}

/**
 * The window of a trace. `inZone` says whether a page belongs to the zone that the range is in.
 * Errors: TraceError when there is nothing to explore, or too much.
 */
export function windowOf(
  trace: Trace, inZone: (pfn: number) => boolean, limit = TASKS_MAX,
): Window {
  const { begin, end } = callRows(trace);
  const offliner = trace.task(begin);
  const byTask = new Map<string, PageStep[]>();
  const begun = begunFrees(trace, begin);
  const batched = new Map<string, Set<number>>();
  const back = new ComingBack();
  for (let row = begin + 1; row < end; row += 1) {
    const task = trace.task(row);
    for (const step of otherSteps(trace, row)) addTo(byTask, task, step);
    if (isPageEvent[trace.columns.event.get(row)] !== 1) continue;
    if (task === offliner || !inZone(trace.pfn(row))) continue;
    if (trace.event(row) === 'mm_page_free_batched') {
      const pfns = batched.get(task) ?? new Set();
      batched.set(task, pfns.add(trace.pfn(row)));
    }
    const step = pageStep(trace, row) ?? lateCommit(trace, row, begun);
    if (step === undefined) continue;
    const again = back.first(step);
    if (again !== undefined) throw comesBack(trace, row, again);
    addTo(byTask, task, step);
  }
  const tasks: PageTask[] = [...byTask].map(([name, steps]) => (
    { name, steps: joinLists(steps, batched.get(name) ?? new Set()) }));
  const again = new Set<number>();
  tasks.unshift(...heldTasks(trace, begin, end, again));
  if (tasks.length > limit) {
    throw notExplored(trace, begin,
      `${tasks.length} tasks free or allocate pages of the zone while memory goes offline; ` +
      `at most ${limit} can be explored`);
  }
  return {
    start_pfn: trace.pfn(begin), nr_pages: trace.nr_pages(begin), offliner, tasks,
    begin, before: traceOf(rowsBefore(trace, begin, again), trace.header),
    deferred: pageRowsOf(trace).deferred, file: trace.where(begin).file,
  };
}
