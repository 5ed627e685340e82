/**
 * Allocations of pages that no kernel could have moved, known by where recorded tests of a range
 * stopped: it is tested when nothing is left in it that can be moved.
 */
import type { Trace } from '../../../trace/trace.js';
import { pageRowsOf } from '../events.js';
import { NO_ROW, PageHistory } from '../history.js';
import { rowWords } from '../../../trace/row_words.js';

const known = new WeakMap<Trace, ReadonlySet<number>>();

/**
 * Their mm_page_alloc rows. A page that the task of the test frees itself was only late on the
 * lists of what can be moved.
 */
export function stuckPages(trace: Trace): ReadonlySet<number> {
  const before = known.get(trace);
  if (before !== undefined) return before;
  const rows = new Set<number>();
  let last = '';
  for (const row of pageRowsOf(trace).others) {
    if (trace.event(row) !== 'test_pages_isolated' || !(trace.ret(row) < 0)) continue;
    const fin = rowWords(trace, row, 'test_pages_isolated').fin_pfn;
    // Tests stop at the same page thousands of times.
    const place = `${trace.task(row)} ${fin}`;
    if (fin === undefined || place === last) continue;
    last = place;
    const { before: begun, after } = PageHistory.of(trace).around(fin, row);
    if (begun === NO_ROW || trace.event(begun) !== 'mm_page_alloc') continue;
    if (after === NO_ROW || trace.task(after) !== trace.task(row)) rows.add(begun);
  }
  known.set(trace, rows);
  return rows;
}
