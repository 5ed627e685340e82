/**
 * What a trace says of the way that each free went, one byte for each row, so that a replay looks
 * it up once.
 */
import { onceFor } from '../../base/once.js';
import type { Trace } from '../../trace/trace.js';
import { isMarked, pageRowsOf, type FreeMarks } from './events.js';
import { passedLists } from './inference/passed_lists.js';

/** See FreeMarks. */
export const LATE = 1;
export const INSIDE = 2;
/** See PassedLists. */
export const SEEN = 4;
export const LOCKED = 8;

function find(trace: Trace, { late, inside }: FreeMarks): Uint8Array {
  const { seen, locked } = passedLists(trace);
  const marks = [[late, LATE], [inside, INSIDE], [seen, SEEN], [locked, LOCKED]] as const;
  const ways = new Uint8Array(trace.length);
  for (const [bits, way] of marks) {
    for (const [at, byte] of bits.entries()) {
      for (let row = 8 * at; byte !== 0 && row < 8 * at + 8; row += 1) {
        if (isMarked(bits, row)) ways[row] = (ways[row] as number) | way;
      }
    }
  }
  return ways;
}

const ofWhole = onceFor((trace: Trace) => find(trace, pageRowsOf(trace).deferred));

/** `deferred`: when the trace is the begin of another one, as that one says. */
export function freeWays(trace: Trace, deferred: FreeMarks | undefined): Uint8Array {
  return deferred === undefined ? ofWhole(trace) : find(trace, deferred);
}
