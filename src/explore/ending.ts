/** How a window ends. */
import { stuckText } from './page_texts.js';
import type { World } from './world.js';

/** What the offliner hangs on, without names of CPUs and pages. */
export function hangOf(world: World): string {
  world.ending = 'hangs';
  return [`hangs: the test stops at ${stuckText(world)} for ever`, ...world.results].join('; ');
}
