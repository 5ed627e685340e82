import { MIGRATE_ISOLATE } from '../../linux/include/migratetype.js';
import { freeBlocks } from '../free_blocks.js';
import { onState } from '../invariant.js';
import { zoneLabel } from '../zones.js';

export default onState(
  'P3',
  'NR_FREE_PAGES wrong',
  'NR_FREE_PAGES counts the free pages that can be allocated, and no isolated one.',
  function* (k) {
    for (const zp of k.state.pages?.zones ?? []) {
      let listed = 0;
      for (const { order, type } of freeBlocks(k, zp)) {
        if (type !== MIGRATE_ISOLATE) listed += 2 ** order;
      }
      // Of a zone that had pages before we looked some that are free cannot be named.
      const counted = zp.partial ? zp.nr_listed : zp.zone.nr_free_pages;
      if (counted === listed) continue;
      yield `${zoneLabel(zp.zone)}: ${counted} pages count as free, ${listed} are on lists`;
    }
  },
);
