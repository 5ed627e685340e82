/** Whether a machine could have done what the rows of a case say of pages. */
import { PageLevel } from '../replay/pages/page_level.js';
import { replay } from '../replay/replay.js';
import type { Patch } from '../patch/define.js';
import type { Trace } from '../trace/trace.js';
import type { Sides } from './sides.js';

/** Preemption points after which a call has no end, as in a search. */
const STEPS_MAX = 20_000;

/** Allocations of pages that this kernel had not free: of a block that is offline, or twice. */
function allocatesWhatIsNotFree(
  trace: Trace, version: string, series: readonly Patch[],
): boolean {
  const pageLevel = PageLevel.of(trace, series);
  if (pageLevel === undefined) return false;
  replay(trace, { version, series, pageLevel, steps: STEPS_MAX });
  return pageLevel.corrections.of('alloc_not_free') > 0;
}

/**
 * The kernel without a policy, or one of the sides, could allocate every page that the trace says
 * was allocated. A trace that has no pages says nothing of them.
 */
export function isPossible(trace: Trace, { version, series }: Sides): boolean {
  return [[], ...series.map(({ patches }) => patches)].some((patches) =>
    !allocatesWhatIsNotFree(trace, version, patches));
}
