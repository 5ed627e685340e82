import { hex } from '../../base/pfn.js';
import { ZONE_NORMAL } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { nodes, zoneEnd, zoneLabel } from '../zones.js';

/** A device that reaches no further asked for these zones: who gives it more corrupts memory. */
export default onState(
  'Z17',
  'DMA zone beyond its limit',
  'DMA ends at 16 MiB and DMA32 at 4 GiB at the latest, whatever memory goes online.',
  function* (k) {
    const limits = k.state.boot.arch_zone_highest_possible_pfn;
    for (const { node_zones } of nodes(k)) {
      for (const zone of node_zones) {
        const limit = limits[zone.index] ?? 0;
        if (zone.index >= ZONE_NORMAL || limit === 0 || zone.spanned_pages === 0) continue;
        if (zoneEnd(zone) <= limit) continue;
        yield `${zoneLabel(zone)} ends at ${hex(zoneEnd(zone))}, above ${hex(limit)}`;
      }
    }
  },
);
