/** Rows of a page-level trace that what was found can depend on, the fewest first. */
import { pageblock_nr_pages } from '../../linux/include/mmzone.js';
import { isPageEvent } from '../../replay/pages/events.js';
import { eventCode } from '../../trace/build.js';
import type { TraceRow } from '../../trace/trace.js';

/** Of each CPU so many rows before it decide what its lists hold: a batch and what is behind it. */
const LAST_OF_CPU = 128;

export const isPageRow = ({ event }: TraceRow): boolean => isPageEvent[eventCode(event)] === 1;

/** Ranges of the calls that were under way, or came last, at this row: of whole pageblocks. */
function rangesBefore(
  rows: readonly TraceRow[], row: number,
): readonly (readonly [number, number])[] {
  const calls = rows.slice(0, row + 1).filter(({ event, nr_pages }) =>
    (event === 'offline' || event === 'alloc_contig_pages' || event === 'hold') &&
    (nr_pages !== undefined || event === 'hold'));
  return calls.slice(-4).flatMap(({ pfn, nr_pages = pageblock_nr_pages }) =>
    (pfn === undefined ? []
      : [[Math.floor(pfn / pageblock_nr_pages) * pageblock_nr_pages, pfn + nr_pages] as const]));
}

/** The rows that are to stay, and of each page that they free the allocation before. */
export function withAllocations(
  rows: readonly TraceRow[], stays: (row: TraceRow, index: number) => boolean,
): readonly TraceRow[] {
  const kept = new Set<number>();
  const allocated = new Map<number, number>();
  for (const [index, row] of rows.entries()) {
    if (row.pfn !== undefined && row.event === 'mm_page_alloc') allocated.set(row.pfn, index);
    if (!stays(row, index)) continue;
    kept.add(index);
    const before = row.pfn === undefined || !row.event.startsWith('mm_page_free') ? undefined
      : allocated.get(row.pfn);
    if (before !== undefined) kept.add(before);
  }
  return rows.filter((_, index) => kept.has(index));
}

/** Lists of rows, each in order, from the smallest guess to the largest. */
export function* relevantRows(
  rows: readonly TraceRow[], row: number,
): Generator<readonly TraceRow[]> {
  const end = row < 0 ? rows.length : row;
  yield rows.filter((one) => !isPageRow(one));
  const ranges = rangesBefore(rows, end);
  const isNear = ({ pfn = -1 }: TraceRow): boolean =>
    ranges.some(([start, last]) => pfn >= start && pfn < last);
  yield withAllocations(rows, (one) => !isPageRow(one) || isNear(one));
  const cpus = new Set(rows.filter((one) => isPageRow(one) && isNear(one)).map(({ cpu }) => cpu));
  const left = new Map<number | undefined, number>();
  const kept = new Set<number>();
  for (let index = Math.min(end, rows.length - 1); index >= 0; index -= 1) {
    const { cpu } = rows[index] as TraceRow;
    const count = left.get(cpu) ?? LAST_OF_CPU;
    if (count > 0 && cpus.has(cpu)) kept.add(index);
    left.set(cpu, count - 1);
  }
  yield withAllocations(
    rows, (one, index) => !isPageRow(one) || isNear(one) || kept.has(index));
}
