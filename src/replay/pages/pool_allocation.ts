/** How a trace shows which pages were allocated for the pool of huge pages. */
import { HUGETLB_PAGE_ORDER } from '../../linux/include/hugetlb.js';
import type { Trace } from '../../trace/trace.js';
import { rowWords } from '../../trace/row_words.js';

/** Words that only allocations for the pool have together. */
const needed = ['__GFP_COMP', '__GFP_NOWARN'];
const excluded = ['__GFP_NOMEMALLOC', '__GFP_NORETRY'];

/** A mm_page_alloc row of a huge page for the pool: no huge page of any other user looks so. */
export function isPoolAllocation(trace: Trace, row: number): boolean {
  if (trace.columns.order.get(row) !== HUGETLB_PAGE_ORDER) return false;
  const words = rowWords(trace, row, 'mm_page_alloc').gfp_flags ?? [];
  return words[0]?.startsWith('GFP_HIGHUSER') === true &&
    needed.every((word) => words.includes(word)) &&
    !excluded.some((word) => words.includes(word));
}
