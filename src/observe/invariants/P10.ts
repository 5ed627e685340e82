import { hex } from '../../base/pfn.js';
import { pagesIn } from '../../linux/base/page_ranges.js';
import { peek } from '../peek.js';
import type { Invariant } from '../invariant.js';

const invariant: Invariant = {
  id: 'P10',
  broken: 'offlined with pages in use',
  harm: 'lost',
  doc: 'When a range has gone offline, all of its pages were free, or their memory had failed, or '
    + 'their driver had let go of them.',
  functions: ['__offline_isolated_pages'],
  begin(k) {
    let wrong: string[] = [];
    return {
      entered(_fn, [start, end]) {
        const { pages } = k.state;
        if (pages === undefined || typeof start !== 'number' || typeof end !== 'number') return;
        const { withheld_unreferenced } = k.state;
        const isLeft = (pfn: number): boolean => pagesIn(withheld_unreferenced, pfn, 1) === 1;
        const stop = peek(k, () => pages.firstNotFree(start, end, true, isLeft)) ?? start;
        if (stop >= end) return;
        wrong.push(`page ${hex(stop)} goes offline (${pages.whereIs(stop)})`);
      },
      violations() {
        const found = wrong;
        wrong = [];
        return found;
      },
    };
  },
};
export default invariant;
