import { maxOf } from '../../base/long_lists.js';
import { hex } from '../../base/pfn.js';
import { wordsText } from '../../base/words.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Zone } from '../../linux/include/mmzone.js';
import type { Probe } from '../probe.js';
import { protectionText } from '../zones.js';

/** As /proc/zoneinfo has it: start and per-cpu lists of populated zones only. */
function zoneText(k: Kernel, zone: Zone): string {
  const { min, low, high } = zone.watermark;
  const words: [string, string | number][] = [
    ['spanned', zone.spanned_pages], ['present', zone.present_pages],
    ['managed', zone.managed_pages], ['min', min], ['low', low], ['high', high],
    ['protection', protectionText(k, zone)],
  ];
  if (zone.present_pages > 0) {
    words.push(['start_pfn', hex(zone.zone_start_pfn)],
      ['pcp_high', zone.pcp.high], ['pcp_batch', zone.pcp.batch]);
  }
  return wordsText(words);
}

/** What the zones of online nodes keep back now: told where the kernel's own sum is another one. */
function reserve(k: Kernel): number {
  let sum = 0;
  for (const pgdat of k.state.nodes) {
    if (pgdat === undefined || !k.state.node_states.online.has(pgdat.nid)) continue;
    for (const { index, lowmem_reserve, watermark, watermark_boost, managed_pages } of
      pgdat.node_zones) {
      const kept = maxOf(lowmem_reserve.slice(index), 0) + watermark.high + watermark_boost;
      sum += Math.min(kept, managed_pages);
    }
  }
  return sum;
}

/** A zone that nothing was ever in has nothing to say. */
function speaks(zone: Zone): boolean {
  return zone.spanned_pages > 0 || zone.present_pages > 0 || zone.managed_pages > 0;
}

const probe: Probe = {
  id: 'zone_counts',
  doc: 'Counters, watermarks and per-cpu limits of each zone, and the spans of the nodes.',
  kind: 'state',
  sample(k: Kernel, see) {
    if (k.state.totalreserve_pages !== reserve(k)) {
      see('totalreserve_pages', k.state.totalreserve_pages);
    }
    for (const pgdat of k.state.nodes) {
      if (pgdat === undefined) continue;
      for (const zone of pgdat.node_zones) {
        if (speaks(zone)) see(`node ${pgdat.nid} ${zone.name}`, zoneText(k, zone));
      }
      const isEmpty = pgdat.node_spanned_pages === 0 && pgdat.node_present_pages === 0;
      if (isEmpty && pgdat.node_start_pfn === 0) continue;
      see(`node ${pgdat.nid}`, wordsText([
        ['start_pfn', hex(pgdat.node_start_pfn)], ['spanned', pgdat.node_spanned_pages],
        ['present', pgdat.node_present_pages],
      ]));
    }
  },
};
export default probe;
