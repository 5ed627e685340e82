/**
 * A refill puts blocks on a list, gives the zone's lock back, and counts them then: whoever looks
 * in between which CPUs have anything to drain finds none there. No row tells of the moment; that a
 * drain which took other lists left these blocks where they are does.
 */
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { Trace } from '../../../trace/trace.js';
import { PCPU_DRAIN, isPageEvent } from '../events.js';

/**
 * The task looks at this row what it is to drain. The slots that it drains, before it does
 * something else.
 */
export function drainedNext(
  trace: Trace, pages: Pages, row: number, name: string,
): ReadonlySet<number> {
  const { event, pfn } = trace.columns;
  const drained = new Set<number>();
  // The row that lets it come here tells of what was before, unless it is of the drain itself.
  const begin = row >= 0 && event.get(row) === PCPU_DRAIN ? row : row + 1;
  for (let at = begin; at < trace.length; at += 1) {
    const code = event.get(at);
    if (trace.task(at) !== name) continue;
    if (code === PCPU_DRAIN) drained.add(pages.slot(pfn.get(at)));
    else if (isPageEvent[code] !== 1) break;
  }
  return drained;
}
