/** Whether a machine could have done what the rows of a case say. */
import { PageLevel } from '../replay/pages/page_level.js';
import { replay } from '../replay/replay.js';
import type { Patch } from '../patch/define.js';
import type { Trace } from '../trace/trace.js';
import { callersOf } from './callers.js';
import type { Sides } from './sides.js';

/** Preemption points after which a call has no end, as in a search. */
const STEPS_MAX = 20_000;

/**
 * Somebody allocates pages that this kernel had not free (of a block that is offline, or twice), or
 * calls without what a caller has.
 */
function isImpossible(trace: Trace, version: string, series: readonly Patch[]): boolean {
  const pageLevel = PageLevel.of(trace, series);
  const callers = callersOf(trace);
  replay(trace, { version, series, steps: STEPS_MAX, observers: [callers],
    ...(pageLevel === undefined ? {} : { pageLevel }) });
  return callers.lacks || (pageLevel?.corrections.of('alloc_not_free') ?? 0) > 0;
}

/** The kernel without a policy, or one of the sides, could do all that the trace says was done. */
export function isPossible(trace: Trace, { version, series }: Sides): boolean {
  return [[], ...series.map(({ patches }) => patches)].some((patches) =>
    !isImpossible(trace, version, patches));
}
