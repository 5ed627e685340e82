/** The rows of a page, against a walk over the whole trace. */
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { isPageEvent } from '../../src/replay/pages/events.js';
import { NO_ROW, PageHistory } from '../../src/replay/pages/history.js';
import { readTrace } from '../../src/trace/read.js';

it('are found from any row', async () => {
  const { trace } = await readTrace(`${packageRoot()}traces/recordings/kernel-zone-6.12`);
  const { event, pfn } = trace.columns;
  const history = PageHistory.of(trace);
  const rowsOf = (wanted: number): number[] => Array.from({ length: trace.length }, (_, row) => row)
    .filter((row) => isPageEvent[event.get(row)] === 1 && pfn.get(row) === wanted);
  const pages = new Set<number>();
  for (let row = 0; row < trace.length && pages.size < 20; row += 3001) {
    if (isPageEvent[event.get(row)] === 1) pages.add(pfn.get(row));
  }
  expect(pages.size).toBe(20);
  for (const page of pages) {
    const rows = rowsOf(page);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of [0, trace.length - 1, ...rows, ...rows.map((one) => one - 1)]) {
      expect(history.around(page, row)).toEqual({
        before: rows.findLast((one) => one <= row) ?? NO_ROW,
        after: rows.find((one) => one > row) ?? NO_ROW,
      });
    }
  }
  expect(history.around(2 ** 40, 5)).toEqual({ before: NO_ROW, after: NO_ROW });
});
