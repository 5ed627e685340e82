/**
 * Zones some pages of which are in no block of the model (see outside.ts): how full their per-cpu
 * lists are is not known, so that no list which is on overflows, sinks or runs out of time by
 * itself; the rows say what became of it.
 */
import type { Kernel } from '../../linux/base/kernel.js';
import type { Zone } from '../../linux/include/mmzone.js';
import type { StandIns } from '../../patch/compose.js';

function isFollowed(k: Kernel, zone: Zone): boolean {
  return k.state.pages?.zonePages(zone).partial === true;
}

export const followedZones: StandIns = {
  nr_pcp_high: (k, call) => (pcp, zone, ...rest) =>
    (zone.pcp.high > 0 && isFollowed(k, zone) ? Infinity : call(pcp, zone, ...rest)),
  decay_pcp_high: (k, call) => (zone, pcp) => !isFollowed(k, zone) && call(zone, pcp),
  drain_zone_pages: (k, call) => (zone, pcp) => {
    if (!isFollowed(k, zone)) call(zone, pcp);
  },
};
