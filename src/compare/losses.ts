/** Events that the recorder lost: what was recorded after them may have other causes. */
import { parseWords } from '../base/words.js';
import type { Trace } from '../trace/trace.js';

export interface LostPlaces {
  readonly places: number;
  readonly events: number;
  /** Row of the first loss; Infinity when nothing was lost. */
  readonly first: number;
}

/** Where events were lost. Nobody knows which, so everything after the first may be touched. */
export function lostPlaces(trace: Trace): LostPlaces {
  let places = 0;
  let events = 0;
  let first = Number.POSITIVE_INFINITY;
  for (let row = 0; row < trace.length; row += 1) {
    if (trace.event(row) !== 'lost_events') continue;
    places += 1;
    events += Number(parseWords(trace.args(row)).get('events') ?? 0);
    first = Math.min(first, row);
  }
  return { places, events, first };
}
