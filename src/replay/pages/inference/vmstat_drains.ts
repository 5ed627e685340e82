/**
 * A worker drains lists of the CPU that it runs on: vmstat's round (refresh_cpu_vm_stats()), which
 * drains what is on a list above its `high`, and the lists of other nodes that were not used for
 * some seconds. What it drained says how high the lists were, or that they had expired.
 */
import type { Kernel } from '../../../linux/base/kernel.js';
import type { PcpLists, ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Drained } from './drained_together.js';
import { sinkingTo, sunk } from './sunken_lists.js';

/** What one list must have been for vmstat's next round to drain so many pages of it. */
export interface VmstatRound {
  readonly zp: ZonePages;
  readonly pages: number;
  readonly high: number;
  readonly expire: number;
}

/** The `high` from which the list sinks to exactly so many pages; undefined: from none. */
function highBefore(zp: ZonePages, pcp: PcpLists, left: number): number | undefined {
  // No list sinks below high_min.
  if (left < zp.zone.pcp.high_min) return undefined;
  for (let high = pcp.high, after = sunk(zp, pcp, high); ; after = sunk(zp, pcp, high)) {
    if (after === left) return high;
    if (after >= high || after < left) break;
    high = after;
  }
  const high = sinkingTo(zp, pcp, left);
  return sunk(zp, pcp, high) === left ? high : undefined;
}

/** Undefined: vmstat cannot have drained so many pages of the list. */
function roundOf(
  k: Kernel, zp: ZonePages, pcp: PcpLists, { pages, blocks }: Drained,
): VmstatRound | undefined {
  const floats = k.config.pcp_free === 'free_count';
  const sinking = floats && pages > 0 ? highBefore(zp, pcp, pcp.count - pages) : undefined;
  const { expire } = pcp;
  if (sinking !== undefined) return { zp, pages, high: sinking, expire };
  const sinks = floats && sunk(zp, pcp, pcp.high) < pcp.count;
  const high = sinks ? sinkingTo(zp, pcp, pcp.count) : pcp.high;
  if (pages === 0) return { zp, pages, high, expire };
  const isRemote = zp.zone.nid !== k.state.cpu_to_node.get(pcp.cpu);
  // drain_zone_pages(): a batch, of which the last block may be more.
  const over = pages - Math.min(pcp.count, zp.zone.pcp.batch);
  const isBatch = over >= 0 && over < (blocks.at(-1) ?? 0);
  return isRemote && isBatch ? { zp, pages, high, expire: 1 } : undefined;
}

/**
 * The worker of this CPU drains its lists, of each zone so many pages. Undefined: not so as vmstat
 * does.
 */
export function vmstatRounds(
  k: Kernel, zones: readonly ZonePages[], cpu: number, drained: (zp: ZonePages) => Drained,
): readonly VmstatRound[] | undefined {
  const rounds: VmstatRound[] = [];
  for (const zp of zones) {
    if (zp.partial || zp.zone.present_pages === 0) continue;
    const round = roundOf(k, zp, zp.pcp[cpu] as PcpLists, drained(zp));
    if (round === undefined) return undefined;
    rounds.push(round);
  }
  return rounds;
}
