/** Races: the other orders of what runs beside an offline call, as `explore` goes through them. */
import { TraceError } from '../base/errors.js';
import { harms } from '../observe/harm.js';
import {
  exploreNow, partingOf, windowFor, type Candidate, type Explored,
} from '../explore/explore.js';
import type { Window } from '../explore/window.js';
import type { Trace } from '../trace/trace.js';
import type { Found } from './difference.js';
import type { Sides } from './evaluate.js';

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

function windowIn(trace: Trace): Window | undefined {
  try {
    return windowFor(trace);
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
}

/** A way of ending in words: does the call ever come to an end? */
const severityOf = (outcome: string): number => harms.indexOf(
  outcome.startsWith('hangs') ? 'loop' : outcome.startsWith('goes') ? 'wrong' : 'bug');

/** The schedule with fewest switches on which two sides end differently. */
export function raceOf(trace: Trace, { version, series }: Sides): readonly Found[] {
  const [first, second] = series;
  if (first === undefined || second === undefined || !isRace(trace)) return [];
  const window = windowIn(trace);
  if (window === undefined) return [];
  const [one, other] = [first, second].map(({ id, patches }): Candidate =>
    ({ id, version, series: patches })) as [Candidate, Candidate];
  const explored = [one, other].map((candidate): Explored => ({
    id: candidate.id,
    result: exploreNow(window, candidate,
      { reduced: true, preemptions: PREEMPTIONS, limit: STATES_MAX }),
  }));
  const parting = partingOf(window, one, other, explored);
  if (parting === undefined) return [];
  const { outcomes, schedule } = parting;
  return [{
    reason: { kind: 'schedule', id: outcomes.join(' / '), fn: '' },
    severity: Math.min(...outcomes.map(severityOf)), row: window.before.length, texts: outcomes,
    schedule,
  }];
}
