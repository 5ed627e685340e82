/** Where a window ends: before the offliner changes the machine for good. */
import type { Patch } from '../patch/define.js';

/** Thrown where the window ends: all pages of the range are free and isolated. */
export class WindowEnd extends Error {}

/** Takes the place of what would change the machine for good. */
export const windowPatch: Patch = {
  id: 'the end of the window', subject: '', author: '', link: '', base: 'v6.12', doc: '',
  replaces: {
    __offline_isolated_pages() {
      throw new WindowEnd();
    },
  },
};
