/** Events that the recorder lost: what was recorded after them may have other causes. */
import { isLossy, lossesOf } from '../trace/losses.js';
import type { Trace } from '../trace/trace.js';

export interface LostPlaces {
  readonly places: number;
  readonly events: number;
  /** Row behind which the first one is missing; Infinity when nothing was lost. */
  readonly first: number;
  /** From this row on inputs may be missing too, and nothing recorded says anything for sure. */
  readonly inputs: number;
  /** Events of single pages between rows where others are missing: they are not replayed. */
  readonly pageEvents: number;
}

/** Where events were lost. */
export function lostPlaces(trace: Trace): LostPlaces {
  const losses = lossesOf(trace);
  const { gaps, events, first, inputs } = losses;
  let pageEvents = 0;
  for (let row = Math.max(first, 0); row < trace.length; row += 1) {
    if (trace.event(row).startsWith('mm_page_') && isLossy(losses, row)) pageEvents += 1;
  }
  return { places: gaps.length, events, first, inputs, pageEvents };
}
