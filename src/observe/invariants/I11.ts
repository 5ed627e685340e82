import { hex } from '../../base/pfn.js';
import { peek } from '../peek.js';
import type { Invariant } from '../invariant.js';
import { spansRange, zoneLabel } from '../zones.js';

const invariant: Invariant = {
  id: 'I11',
  broken: 'skip mark outside the zone',
  doc: 'A pageblock is marked to be skipped only when the zone of its page spans it.',
  functions: ['set_pageblock_skip'],
  begin(k) {
    let wrong: string[] = [];
    return {
      entered(_fn, args) {
        const pfn = args.find((arg) => typeof arg === 'number');
        if (pfn === undefined) return;
        const zone = peek(k, () => k.page_zone(pfn));
        if (zone === undefined || spansRange(zone, pfn, pfn + 1)) return;
        wrong.push(`page ${hex(pfn)} is marked, its zone ${zoneLabel(zone)} does not span it`);
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
