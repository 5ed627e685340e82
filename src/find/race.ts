/** Races: the other orders of what runs beside an offline call, as `explore` goes through them. */
import { TraceError } from '../base/errors.js';
import { byHarm, type Harm } from '../observe/harm.js';
import {
  exploreNow, partingOf, windowFor, type Candidate, type Explored,
} from '../explore/explore.js';
import type { Window } from '../explore/window.js';
import type { Trace } from '../trace/trace.js';
import type { Found } from './difference.js';
import type { EndingKind } from '../explore/ending_kind.js';
import type { Sides } from './sides.js';

/** States of one window: what a small race has in a second. */
const STATES_MAX = 4000;
const PREEMPTIONS = 2;

/** Frees or allocations of pages stand behind an offline call. */
function isRace(trace: Trace): boolean {
  let offlining = false;
  for (let row = 0; row < trace.length; row += 1) {
    const event = trace.event(row);
    if (event === 'offline') offlining = trace.phase(row) !== 'E';
    else if (offlining && event === 'mm_page_free') return true;
  }
  return false;
}

/** What runs beside an offline call; undefined: the trace has no race that can be explored. */
export function windowIn(trace: Trace): Window | undefined {
  try {
    return windowFor(trace);
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
}

const harmOf: Readonly<Record<EndingKind, Harm>> = {
  fault: 'bug', hangs: 'loop', returns: 'wrong', offline: 'wrong',
};

/** What came of the orders of one case. */
export interface Race {
  /** The schedule with fewest switches on which two sides end differently. */
  readonly found: readonly Found[];
  /** Orders were gone through: all within the bounds, or a part of them. */
  readonly explored?: 'all' | 'some';
}

/** Bounds in words. */
export const raceBounds = `up to ${PREEMPTIONS} switches away from a task that could go on, ` +
  `${STATES_MAX} states each`;

/** What both sides come to; undefined: one of them does not come to the window. */
function exploredBy(
  window: Window, candidates: readonly Candidate[],
): readonly Explored[] | undefined {
  const options = { reduced: true, preemptions: PREEMPTIONS, limit: STATES_MAX };
  try {
    return candidates.map((candidate) =>
      ({ id: candidate.id, result: exploreNow(window, candidate, options) }));
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
}

/** Goes through the orders of a case in which pages come or go beside an offline call. */
export function raceOf(trace: Trace, { version, series }: Sides): Race {
  const [first, second] = series;
  if (first === undefined || second === undefined || !isRace(trace)) return { found: [] };
  const window = windowIn(trace);
  if (window === undefined) return { found: [] };
  const [one, other] = [first, second].map(({ id, patches }): Candidate =>
    ({ id, version, series: patches })) as [Candidate, Candidate];
  const explored = exploredBy(window, [one, other]);
  if (explored === undefined) return { found: [] };
  const parting = partingOf(window, one, other, explored);
  const isCut = explored.some(({ result }) => result.incomplete);
  const done = { explored: isCut ? 'some' : 'all' } as const;
  if (parting === undefined) return { ...done, found: [] };
  const { outcomes, kinds, schedule } = parting;
  return { ...done, found: [{
    reason: { kind: 'schedule', id: outcomes.join(' / '), fn: '' },
    gravity: kinds.map((kind) => harmOf[kind]).sort(byHarm)[0] ?? 'wrong',
    row: window.before.length, texts: outcomes,
    schedule,
  }] };
}
