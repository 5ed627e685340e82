import { hex } from '../../base/pfn.js';
import { MIGRATE_UNMOVABLE } from '../../linux/include/migratetype.js';
import { pageblock_nr_pages } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { selfHosted } from '../memmap_blocks.js';

export default onState(
  'M4',
  'own memmap not set up',
  'The memmap in an online block is initialised, reserved (to v6.10), its pageblocks Unmovable.',
  function* (k) {
    for (const { start_pfn, nr_vmemmap_pages, state } of selfHosted(k)) {
      if (state !== 'online') continue;
      const end = start_pfn + nr_vmemmap_pages;
      for (const { start, content } of k.state.memmap.runs(start_pfn, end)) {
        const reserved = content.kind === 'init' && content.reserved;
        if (content.kind === 'init' && (reserved || !k.config.hotplug_reserved)) continue;
        const what = content.kind === 'init' ? 'not reserved' : content.kind;
        yield `memmap page ${hex(start)} is ${what}`;
      }
      for (let pfn = start_pfn; pfn < end; pfn += pageblock_nr_pages) {
        if (k.state.pageblocks.get(pfn) === MIGRATE_UNMOVABLE) continue;
        yield `the pageblock of memmap page ${hex(pfn)} is not Unmovable`;
      }
    }
  },
);
