/**
 * What vmstat does to per-cpu lists. Once in a while, at no event, `high` of each list of a CPU
 * sinks by an eighth (decay_pcp_high(), from v6.7); what is on the list above that is drained. How
 * far a list has sunk is known when it overflows on a free before it is as full as the model takes
 * it to be, or when the worker of its CPU drains it.
 */
import type { Kernel } from '../../../linux/base/kernel.js';
import { PAGE_ALLOC_COSTLY_ORDER, PCP_BATCH_SCALE_MAX }
  from '../../../linux/include/page_alloc.js';
import { flush } from '../../../linux/mm/page_alloc/pcp_order.js';
import type { PcpLists, ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Corrections } from '../corrections.js';

/** A block that is drained may be so many pages more than were to be. */
const PAGES_OVER = 2 ** PAGE_ALLOC_COSTLY_ORDER;

/** `high` after vmstat has come by once more. */
function sunk({ zone }: ZonePages, pcp: PcpLists, high: number): number {
  const { high_min, batch } = zone.pcp;
  const least = pcp.count - (batch << PCP_BATCH_SCALE_MAX);
  return high <= high_min ? high : Math.max(least, high - (high >> 3), high_min);
}

/** The lowest `high` that sinks to no less than this. */
function sinkingTo(zp: ZonePages, pcp: PcpLists, least: number): number {
  let high = least;
  while (sunk(zp, pcp, high) < least) high += 1;
  return high;
}

/** The list overflowed on a free and gave so many pages back: how low it was; -1: not known. */
function sunkBefore(k: Kernel, zp: ZonePages, pcp: PcpLists, drained: number): number {
  const { high_min, high_max, batch } = zp.zone.pcp;
  if (k.config.pcp_free !== 'free_count' || high_min === high_max || zp.belowHigh) return -1;
  for (let high = sunk(zp, pcp, pcp.high), last = pcp.high; high < last;) {
    const over = drained - k.nr_pcp_free(pcp, batch, high, false);
    if (high <= pcp.count && over >= 0 && over < PAGES_OVER) return high;
    last = high;
    high = sunk(zp, pcp, high);
  }
  return -1;
}

/**
 * A list overflowed where the model has it not full: it had sunk. `pindex`: list of the block that
 * was freed. False: that does not explain it.
 */
export function overflow(
  k: Kernel, corrections: Corrections, zp: ZonePages, pcp: PcpLists, drained: number,
  pindex: number,
): boolean {
  const high = sunkBefore(k, zp, pcp, drained);
  if (high < 0) return false;
  corrections.note('high_sunk', zp, pcp.cpu);
  pcp.high = high;
  const level = k.nr_pcp_high(pcp, zp.zone, zp.zone.pcp.batch, false);
  flush(k, zp, pcp, { high: level, free_high: false }, pindex);
  return true;
}

/** A snapshot says how high the list is: it is as high as that if it can have sunk so far. */
export function sinkTo(corrections: Corrections, zp: ZonePages, cpu: number, recorded: number):
void {
  const pcp = zp.pcp[cpu];
  if (pcp === undefined || zp.partial) return;
  let high = pcp.high;
  for (let last = Infinity; high > recorded && high < last;) {
    last = high;
    high = sunk(zp, pcp, high);
  }
  if (high !== recorded || high === pcp.high) return;
  corrections.noteList('high_sunk', zp, cpu);
  pcp.high = high;
}

/** vmstat's next round is to drain so many pages of the list; false: it cannot. */
function prepare(k: Kernel, zp: ZonePages, pcp: PcpLists, drained: number): boolean {
  const floats = k.config.pcp_free === 'free_count';
  const left = pcp.count - drained;
  // No list sinks below high_min.
  if (floats && drained > 0 && left >= zp.zone.pcp.high_min) {
    for (let high = pcp.high, after = sunk(zp, pcp, high); ; after = sunk(zp, pcp, high)) {
      if (after === left) {
        pcp.high = high;
        return true;
      }
      if (after >= high || after < left) break;
      high = after;
    }
    const high = sinkingTo(zp, pcp, left);
    if (sunk(zp, pcp, high) === left) {
      pcp.high = high;
      return true;
    }
  }
  if (floats && sunk(zp, pcp, pcp.high) < pcp.count) pcp.high = sinkingTo(zp, pcp, pcp.count);
  if (drained === 0) return true;
  const isRemote = zp.zone.nid !== k.state.cpu_to_node.get(pcp.cpu);
  // drain_zone_pages(): a batch, of which the last block may be more.
  const over = drained - Math.min(pcp.count, zp.zone.pcp.batch);
  if (!isRemote || over < 0 || over >= PAGES_OVER) return false;
  pcp.expire = 1;
  return true;
}

/**
 * The worker of this CPU drains its lists, of each zone so many pages. False: not so as vmstat
 * does, and nothing is done.
 */
export function vmstat(
  k: Kernel, corrections: Corrections, zones: readonly ZonePages[], cpu: number,
  drained: (zp: ZonePages) => number,
): boolean {
  const lists = zones.filter((zp) => !zp.partial && zp.zone.present_pages > 0).map((zp) => {
    const pcp = zp.pcp[cpu] as PcpLists;
    return { zp, pcp, pages: drained(zp), high: pcp.high, expire: pcp.expire };
  });
  if (!lists.every(({ zp, pcp, pages }) => prepare(k, zp, pcp, pages))) {
    for (const { pcp, high, expire } of lists) Object.assign(pcp, { high, expire });
    return false;
  }
  for (const { zp, pages } of lists) {
    if (pages > 0) corrections.note('drain_unexplained', zp, cpu, pages);
  }
  k.refresh_cpu_vm_stats(cpu, true);
  return true;
}
