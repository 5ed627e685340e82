/** Whether a machine could have done what the rows of a case say. */
import { PageLevel } from '../replay/pages/page_level.js';
import { replay } from '../replay/replay.js';
import type { ReplayObserver } from '../replay/observer.js';
import type { Patch } from '../patch/define.js';
import { baseSeries, type Series } from '../patch/series.js';
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

/** What a run has to be watched with to say so of it. */
export interface PossibleWatch {
  readonly observer: ReplayObserver;
  readonly pageLevel: PageLevel | undefined;
  /** After the run; undefined: a machine with this kernel could. */
  impossible(): Impossible | undefined;
}

export function watchPossible(trace: Trace, series: readonly Patch[]): PossibleWatch {
  const pageLevel = PageLevel.of(trace, series);
  const callers = callersOf(trace);
  return {
    observer: callers, pageLevel,
    impossible: () => (callers.lacks ? 'callers'
      : (pageLevel?.corrections.of('alloc_not_free') ?? 0) > 0 ? 'pages' : undefined),
  };
}

function impossibleOn(trace: Trace, version: string, { patches }: Series): Impossible | undefined {
  const { observer, pageLevel, impossible } = watchPossible(trace, patches);
  const run = (): void => {
    replay(trace, { version, series: patches, observers: [observer],
      ...(pageLevel === undefined ? {} : { pageLevel }) });
  };
  if (patches.length === 0) run();
  // A policy that came to no end shows nothing of what a machine can do.
  else if (stoppedBy(run, patches, SECONDS_MAX) !== undefined) return 'callers';
  return impossible();
}

/** A kernel that was run on the trace already, and what of that it could not do. */
export interface Tried {
  readonly id: string;
  readonly impossible: Impossible | undefined;
}

/**
 * Why neither the kernel without a policy nor one of the sides could do all that the trace says was
 * done; undefined: one could. Who is among `tried` is not run again.
 */
export function impossibleIn(
  trace: Trace, { version, series }: Sides, tried: readonly Tried[] = [],
): Impossible | undefined {
  const left = [baseSeries, ...series].filter((one) => tried.every(({ id }) => id !== one.id));
  let worst: Impossible | undefined;
  for (const one of [...tried, ...left]) {
    const why = 'impossible' in one ? one.impossible : impossibleOn(trace, version, one);
    if (why === undefined) return undefined;
    if (worst !== 'pages') worst = why;
  }
  return worst;
}
