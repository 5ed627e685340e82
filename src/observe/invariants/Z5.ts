import { ZONE_DEVICE, type Pgdat, type Zone } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { nodes, zoneLabel, zones } from '../zones.js';

/** What every proposed test agrees on: a zone with present and managed pages is listed. */
const invariant: Invariant = {
  id: 'Z5',
  broken: 'populated zone not listed',
  doc: 'A zone that had present and managed pages when a list was last built is in it.',
  functions: ['build_zonelists'],
  begin(k) {
    const rebuilds = new Map<number, readonly Zone[]>();
    return {
      entered(_fn, args) {
        const pgdat = args[0] as Pgdat;
        rebuilds.set(pgdat.nid, zones(k).filter((zone) => zone.index < ZONE_DEVICE &&
          zone.present_pages > 0 && zone.managed_pages > 0));
      },
      * violations() {
        for (const pgdat of nodes(k)) {
          const listed = new Set(pgdat.node_zonelists[0].map((ref) => ref.zone));
          for (const zone of rebuilds.get(pgdat.nid) ?? []) {
            const inOrder = zone.nid === pgdat.nid || pgdat.node_order.includes(zone.nid);
            if (inOrder && listed.size > 0 && !listed.has(zone)) {
              yield `node ${pgdat.nid} does not list ${zoneLabel(zone)}, which had pages`;
            }
          }
        }
      },
    };
  },
};
export default invariant;
