/** Whether a machine could have done what the rows of a case say. */
import { PageLevel } from '../replay/pages/page_level.js';
import { replay } from '../replay/replay.js';
import type { Patch } from '../patch/define.js';
import { stoppedBy } from '../patch/stopped.js';
import type { Trace } from '../trace/trace.js';
import { callersOf } from './callers.js';
import type { Sides } from './sides.js';

/** Seconds of a policy, as of a run in a search. */
const SECONDS_MAX = 10;

/**
 * What no machine could do. `pages`: somebody allocates pages that this kernel had not free (of a
 * block that is offline, or twice), as a recording has it where a page came by no event;
 * `callers`: somebody calls without what a caller has.
 */
export type Impossible = 'pages' | 'callers';

function impossibleOn(
  trace: Trace, version: string, series: readonly Patch[],
): Impossible | undefined {
  const pageLevel = PageLevel.of(trace, series);
  const callers = callersOf(trace);
  const run = (): void => {
    replay(trace, { version, series, observers: [callers],
      ...(pageLevel === undefined ? {} : { pageLevel }) });
  };
  if (series.length === 0) run();
  // A policy that came to no end shows nothing of what a machine can do.
  else if (stoppedBy(run, series, SECONDS_MAX) !== undefined) return 'callers';
  if (callers.lacks) return 'callers';
  return (pageLevel?.corrections.of('alloc_not_free') ?? 0) > 0 ? 'pages' : undefined;
}

/**
 * Why neither the kernel without a policy nor one of the sides could do all that the trace says was
 * done; undefined: one could.
 */
export function impossibleIn(trace: Trace, { version, series }: Sides): Impossible | undefined {
  let worst: Impossible | undefined;
  for (const patches of [[], ...series.map((side) => side.patches)]) {
    const why = impossibleOn(trace, version, patches);
    if (why === undefined) return undefined;
    if (worst !== 'pages') worst = why;
  }
  return worst;
}
