/** Where a window ends: before the offliner changes the machine for good. */
import type { Patch } from '../patch/define.js';

/** Thrown where the window ends: all pages of the range are free and isolated. */
export class WindowEnd extends Error {}

/**
 * Takes the place of what would change the machine for good, once the window has begun: who gives a
 * DIMM back before it takes its memory offline as ever.
 */
export function windowPatch(hasBegun: () => boolean): Patch {
  return {
    id: 'the end of the window', subject: '', author: '', link: '', base: 'v6.12', doc: '',
    wraps: {
      __offline_isolated_pages: (next) => (k, ...args) => {
        if (hasBegun()) throw new WindowEnd();
        return next(k, ...args);
      },
    },
  };
}
