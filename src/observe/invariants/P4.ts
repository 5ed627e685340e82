import { hex } from '../../base/pfn.js';
import { MIGRATE_ISOLATE, migratetypes } from '../../linux/include/migratetype.js';
import { freeBlocks } from '../free_blocks.js';
import { onState } from '../invariant.js';

export default onState(
  'P4',
  'free block on a wrong list',
  'A free block lies on the list of its pageblock\'s type; to v6.9 that may be another one as ' +
    'long as neither is Isolate.',
  function* (k) {
    const { pages } = k.state;
    if (pages === undefined) return;
    for (const zp of pages.zones) {
      for (const { slot, type } of freeBlocks(k, zp)) {
        const block = pages.typeOf(slot);
        if (block === type) continue;
        const isolated = block === MIGRATE_ISOLATE || type === MIGRATE_ISOLATE;
        if (k.config.migratetype_cached && !isolated) continue;
        yield `page ${hex(pages.arena.pfnOf(slot))} is on a list of ${migratetypes[type]}, ` +
          `its pageblock is ${migratetypes[block]}`;
      }
    }
  },
  'lost',
);
