/** A case of rows made smaller: steps away, then the machine, then numbers. */
import { eventTypes } from '../../trace/events.js';
import type { TraceRow } from '../../trace/trace.js';
import type { RowsCase } from '../case.js';
import type { Found } from '../difference.js';
import { isPageRow, relevantRows, withAllocations } from './relevant.js';
import { reduceList, type Dependents } from './reduce.js';
import { smallerNumbers } from './rows_numbers.js';
import type { Test } from './still_shows.js';
import { wordsIn } from '../../trace/row_words.js';

const isSetup = ({ time_ns, event }: TraceRow): boolean =>
  time_ns === 0 || eventTypes[event].role === 'setup';

/** Without the memory that begins below 1 MiB and at it no machine boots. */
function isFirstMemory({ event, args }: TraceRow): boolean {
  const { type, start = NaN } = wordsIn('e820', args);
  return event === 'e820' && type === 'usable' && start <= 2 ** 20;
}

/** An `E` row goes with its call, an unhold with its hold, a free with its allocation. */
const dependents: Dependents = (list) => {
  const rows = list as readonly TraceRow[];
  const nearest = new Map<string, number>();
  const partners = new Array<number | undefined>(rows.length);
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const { begins, ends } = partOf(rows[index] as TraceRow);
    if (begins !== undefined) partners[index] = nearest.get(begins);
    if (ends !== undefined) nearest.set(ends, index);
  }
  return partners;
};

/** What a row begins that a later one ends, and what it ends. */
function partOf({ event, phase, task = '', pfn, args }: TraceRow):
{ readonly begins?: string; readonly ends?: string } {
  if (phase === 'B') return { begins: `${event} ${task}` };
  if (phase === 'E') return { ends: `${event} ${task}` };
  if (event === 'mm_page_alloc') return { begins: `page ${pfn}` };
  if (event === 'mm_page_free') return { ends: `page ${pfn}` };
  if (event === 'hold') return { begins: `hold ${wordsIn('hold', args).task}` };
  return event === 'unhold' ? { ends: `hold ${wordsIn('unhold', args).task}` } : {};
}

/** Rows behind what was found cannot be why, unless a call is held until then. */
function cutBehind(one: RowsCase, found: Found, test: Test<RowsCase>): RowsCase {
  if (found.row < 0 || found.row >= one.rows.length) return one;
  const rows = one.rows.slice(0, found.row + 1);
  const cut = { ...one, rows };
  return rows.length < one.rows.length && test(cut) !== undefined ? cut : one;
}

/** What was recorded and is not replayed. */
function withoutAnswers(one: RowsCase, test: Test<RowsCase>): RowsCase {
  const rows = one.rows.filter(({ event }) =>
    eventTypes[event].role !== 'outcome' && eventTypes[event].role !== 'mark');
  if (rows.length === one.rows.length) return one;
  const less = { ...one, rows };
  return test(less) === undefined ? one : less;
}

/** Of a page-level trace first what the parting depends on, by its pages. */
function onlyRelevant(one: RowsCase, found: Found, test: Test<RowsCase>): RowsCase {
  if (!one.rows.some(isPageRow)) return one;
  for (const rows of relevantRows(one.rows, found.row)) {
    if (rows.length >= one.rows.length) continue;
    const less = { ...one, rows };
    if (test(less) !== undefined) return less;
  }
  return one;
}

/** A task with all that it did, the one that did most first; what it holds needs no release. */
function withoutTasks(given: RowsCase, test: Test<RowsCase>): RowsCase {
  const counts = new Map<string, number>();
  for (const { task = '', time_ns } of given.rows) {
    if (time_ns > 0 && task !== '') counts.set(task, (counts.get(task) ?? 0) + 1);
  }
  const tasks = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  let one = given;
  for (const [gone] of tasks) {
    const less = { ...one, rows: withAllocations(one.rows, ({ task }) => task !== gone) };
    if (less.rows.length < one.rows.length && test(less) !== undefined) one = less;
  }
  return one;
}

function fewerRows(one: RowsCase, isPart: (row: TraceRow) => boolean, test: Test<RowsCase>):
RowsCase {
  // The others stay where they are.
  const parts = one.rows.filter(isPart);
  const merged = (kept: readonly TraceRow[]): RowsCase => {
    const set = new Set(kept);
    return { ...one, rows: one.rows.filter((row) => !isPart(row) || set.has(row)) };
  };
  return merged(reduceList(parts, (kept) => test(merged(kept)) !== undefined, dependents).list);
}

/** The smallest case of rows that still passes. */
export function shrinkRows(given: RowsCase, first: Found, test: Test<RowsCase>): RowsCase {
  let one = cutBehind(given, first, test);
  one = onlyRelevant(one, first, test);
  one = withoutAnswers(one, test);
  if (one.rows.some(isPageRow)) {
    one = withoutTasks(one, test);
    // Sizes of zones decide how long the lists of CPUs are: with less of them fewer pages matter.
    one = fewerRows(one, (row) => !isSetup(row) && !isPageRow(row), test);
    one = withoutTasks(onlyRelevant(smallerNumbers(one, test), first, test), test);
  }
  for (let before = ''; before !== JSON.stringify(one);) {
    before = JSON.stringify(one);
    one = fewerRows(one, (row) => !isSetup(row), test);
    one = fewerRows(one, (row) => isSetup(row) && !isFirstMemory(row), test);
    one = smallerNumbers(one, test);
  }
  return one;
}
