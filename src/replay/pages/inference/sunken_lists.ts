/**
 * How far lists sink. Once in a while, at no event, vmstat takes an eighth off `high` of each list
 * of a CPU (decay_pcp_high(), from v6.7); what is on the list above that is drained. How far a
 * list has sunk is known by a snapshot, by when the list overflows (overflow_drains.ts), or by what
 * the worker of its CPU drains (vmstat_drains.ts).
 */
import { PCP_BATCH_SCALE_MAX } from '../../../linux/include/page_alloc.js';
import type { PcpLists, ZonePages } from '../../../linux/mm/pages/zone_pages.js';

/** `high` after vmstat has come by once more. */
export function sunk({ zone }: ZonePages, pcp: PcpLists, high: number): number {
  const { high_min, batch } = zone.pcp;
  const least = pcp.count - (batch << PCP_BATCH_SCALE_MAX);
  return high <= high_min ? high : Math.max(least, high - (high >> 3), high_min);
}

/** The lowest `high` that sinks to no less than this. */
export function sinkingTo(zp: ZonePages, pcp: PcpLists, least: number): number {
  let high = least;
  while (sunk(zp, pcp, high) < least) high += 1;
  return high;
}

/** The list can have sunk as low as a snapshot says, and the model has it higher. */
export function hasSunkTo(zp: ZonePages, pcp: PcpLists, recorded: number): boolean {
  if (zp.partial) return false;
  let high = pcp.high;
  for (let last = Infinity; high > recorded && high < last;) {
    last = high;
    high = sunk(zp, pcp, high);
  }
  return high === recorded && high !== pcp.high;
}
