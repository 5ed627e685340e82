import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { MemoryBlock } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { sectionsOf, selfHosted, settled } from '../memmap_blocks.js';
import { peek } from '../peek.js';
import { zoneEnd, zoneLabel, zones } from '../zones.js';

/** Pages at which something of the block begins or ends. */
function corners(k: Kernel, block: MemoryBlock): number[] {
  const memmap = block.start_pfn + block.nr_vmemmap_pages;
  const sections = sectionsOf(k, block).map((nr) => nr * k.machine.pages_per_section);
  return [...sections, memmap - 1, memmap, block.start_pfn + block.nr_pages - 1];
}

export default onState(
  'M5',
  'own memmap online, block not',
  'Nothing of a block that is offline and holds its memmap is online, and no zone ends in it.',
  function* (k) {
    if (!settled(k)) return;
    for (const block of selfHosted(k)) {
      if (block.state !== 'offline') continue;
      const pfn = corners(k, block).find((one) => peek(k, () => k.pfn_to_online_page(one)));
      if (pfn !== undefined) yield `page ${hex(pfn)} of memory${block.id} is online`;
      const end = block.start_pfn + block.nr_pages;
      for (const zone of zones(k)) {
        if (zone.spanned_pages === 0) continue;
        const ends = [zone.zone_start_pfn, zoneEnd(zone) - 1];
        if (!ends.some((one) => one >= block.start_pfn && one < end)) continue;
        yield `${zoneLabel(zone)} begins or ends in memory${block.id}`;
      }
    }
  },
);
