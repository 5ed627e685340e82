import { settled } from '../memmap_blocks.js';
import { onState } from '../invariant.js';
import { zoneLabel, zones } from '../zones.js';

export default onState(
  'M2',
  'hot-added pages miscounted',
  'The hot-added present pages of a zone are the pages of its online blocks, memmap included.',
  function* (k) {
    if (!k.config.memory_block_zone || !settled(k)) return;
    const blocks = [...k.state.memory_blocks.values()]
      .filter((block) => block.state === 'online' && !block.early);
    for (const zone of zones(k)) {
      const pages = blocks.filter((block) => block.zone === zone)
        .reduce((sum, block) => sum + block.nr_pages, 0);
      const present = zone.present_pages - zone.present_early_pages;
      if (present === pages) continue;
      yield `${zoneLabel(zone)} has ${present} hot-added present pages, ` +
        `its online blocks have ${pages}`;
    }
  },
);
