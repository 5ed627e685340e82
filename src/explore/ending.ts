/** How a window ends. */
import { stuckText } from './page_texts.js';
import type { World } from './world.js';

/**
 * How a window ends: the offliner's pages are isolated for good; it returns with an error; it comes
 * to no end; the kernel runs into a BUG or an oops.
 */
export type EndingKind = 'offline' | 'returns' | 'hangs' | 'fault';

/** What the offliner comes to when all tests of its range hold. */
export const GOES_OFFLINE = 'goes offline';

/** What the offliner hangs on, without names of CPUs and pages. */
export function hangOf(world: World): string {
  world.ending = 'hangs';
  return [`hangs: the test stops at ${stuckText(world)} for ever`, ...world.results].join('; ');
}
