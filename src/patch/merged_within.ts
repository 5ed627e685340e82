/** Mainline releases in which a patch may have been merged. */
import { versions } from '../linux/history/versions.js';
import { byAge, type Mainline } from '../linux/history/since.js';

/** Releases in which a patch is merged that was made against the one before them. */
const MERGED_WITHIN = 3;

/** The oldest first. */
export const mainlineIds = versions.filter(({ id, on }) => id === on).map(({ on }) => on)
  .sort(byAge);

/** The last release in which a patch may be that was made against this one. */
export function lastMergedWithin(on: Mainline): Mainline {
  const last = Math.min(mainlineIds.indexOf(on) + MERGED_WITHIN, mainlineIds.length - 1);
  return mainlineIds[last] ?? on;
}
