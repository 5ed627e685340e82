/** Mainline releases in which a patch may have been merged. */
import { versions } from '../linux/history/versions.js';
import { byAge } from '../linux/history/since.js';

/** Releases in which a patch is merged that was made against the one before them. */
export const MERGED_WITHIN = 3;

/** The oldest first. */
export const mainlineIds = versions.filter(({ id, on }) => id === on).map(({ on }) => on)
  .sort(byAge);
