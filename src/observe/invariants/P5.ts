import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import { pageblock_nr_pages, type Zone } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { isolatedPageblocks } from '../isolated.js';
import { zoneLabel, zones } from '../zones.js';

/** Those of the zone, the first run of them with its memory block: it may be offline. */
function whereText(k: Kernel, zone: Zone): string {
  const [first, ...others] = [...isolatedPageblocks(k)]
    .flatMap((one) => (one.zone === zone ? [one.pfn] : []));
  if (first === undefined) return '';
  let end = first + pageblock_nr_pages;
  for (const pfn of others) if (pfn === end) end += pageblock_nr_pages;
  const block = k.state.memory_blocks.get(Math.floor(first / k.machine.pages_per_block));
  const owner = block === undefined ? '' : ` of memory${block.id}, which is ${block.state}`;
  return `: ${hex(first)}-${hex(end - 1)}${owner}`;
}

export default onState(
  'P5',
  'isolated blocks miscounted',
  'A zone counts its isolated pageblocks right: those of online sections.',
  function* (k) {
    const found = new Map<Zone, number>();
    for (const { zone } of isolatedPageblocks(k)) found.set(zone, (found.get(zone) ?? 0) + 1);
    for (const zone of zones(k)) {
      const blocks = found.get(zone) ?? 0;
      const counted = zone.nr_isolate_pageblock;
      if (counted === blocks) continue;
      const less = counted < 0 ? ': more were uncounted than had been isolated' : '';
      yield `${zoneLabel(zone)}: ${counted} counted, ${blocks} are isolated` +
        `${whereText(k, zone)}${less}`;
    }
  },
);
