import type { Kernel } from '../../linux/base/kernel.js';
import { ZONE_NORMAL } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { zones } from '../zones.js';

interface Seen {
  /** Pages, of all zones. */
  readonly managed: number;
  /** kB. */
  readonly min_free: number;
  /** kB: what init_per_zone_wmark_min() gives at most, with all lowmem above the watermarks. */
  readonly computed: number;
}

function look(k: Kernel): Seen {
  const sum = (upTo: number) => zones(k).filter((zone) => zone.index <= upTo)
    .reduce((pages, zone) => pages + zone.managed_pages, 0);
  const computed = Math.floor(Math.sqrt(sum(ZONE_NORMAL) * 4 * 16));
  return { managed: sum(Infinity), min_free: k.state.min_free_kbytes, computed };
}

/**
 * What is computed anew falls by some kB without harm, for the watermarks of before count then;
 * what khugepaged or an administrator has raised is above all that could be computed.
 */
const invariant: Invariant = {
  id: 'Z14',
  broken: 'min_free_kbytes fell',
  doc: 'min_free_kbytes that somebody has raised does not fall when memory goes online.',
  begin(k) {
    let last: Seen | undefined;
    return {
      * violations() {
        const before = last;
        const now = last = look(k);
        if (before === undefined || now.managed <= before.managed) return;
        if (before.min_free <= before.computed || now.min_free >= before.min_free) return;
        yield {
          amount: before.min_free - now.min_free,
          text: `${now.managed - before.managed} pages went online, min_free_kbytes fell by ` +
            `${before.min_free - now.min_free} kB`,
        };
      },
    };
  },
};
export default invariant;
