/**
 * Flushes of per-cpu lists whose reason no trace of pages tells. While kswapd runs
 * (ZONE_RECLAIM_ACTIVE) a list may hold four batches. From v6.7 the zone may count as below its
 * high mark (ZONE_BELOW_HIGH) though it is not, since each CPU keeps back up to a threshold of what
 * it has added to the counter of free pages; and vmstat lets a list's `high` sink.
 */
import type { Kernel } from '../../base/kernel.js';
import type { PcpPages } from './pcp_pages.js';
import type { PcpLists, ZonePages } from './zone_pages.js';

/** nr_pcp_high(): batches that a list may hold while kswapd runs. */
const RECLAIM_BATCHES = 4;

/** What such a flush does. */
export interface UnseenFlush {
  /** Pages that it gives back. */
  readonly pages: number;
  /** `high` of the list afterwards, where that floats. */
  readonly high: number;
}

/** nr_pcp_free(): how many pages a full list gives back. */
function flushCount(pages: PcpPages, pcp: PcpLists, batch: number, high: number): number {
  if (pages.freeRule === 'batch') return batch;
  if (high < batch) return 1;
  const wanted = pages.freeRule === 'free_count' ? pcp.free_count : batch << pcp.free_factor;
  return Math.max(batch, Math.min(wanted, high - batch));
}

/** What the last free may have done for such a reason; empty: nothing. */
export function unseenFlushes(
  k: Kernel, pages: PcpPages, { zone }: ZonePages, pcp: PcpLists,
): readonly UnseenFlush[] {
  const { batch, high_min, high_max } = zone.pcp;
  const { count } = pcp;
  const floats = pages.freeRule === 'free_count';
  const flush = (most: number, high: number): UnseenFlush =>
    ({ pages: flushCount(pages, pcp, batch, most), high });
  const shrunk = Math.max(pcp.high - Math.max(pcp.free_count, batch), high_min);
  const reclaim = Math.min(RECLAIM_BATCHES * batch, floats ? pcp.high : zone.pcp.high);
  const found = count >= reclaim ? [flush(reclaim, shrunk)] : [];
  if (!floats || count < high_min) return found;
  const kept = k.state.cpu_to_node.size * k.calculate_normal_threshold(zone);
  const below = zone.nr_free_pages - kept <= zone.watermark.high;
  // A list that has sunk overflows with the first page that is too much: it is as high as full,
  // and is raised to what is freed in a row.
  const raised = Math.max(count, Math.min(pcp.free_count + batch, high_max));
  found.push(flush(count, below ? shrunk : raised));
  return found;
}

/** Such a flush has happened. */
export function flushedUnseen(
  pages: PcpPages, { zone }: ZonePages, pcp: PcpLists, flush: UnseenFlush,
): void {
  const { batch, high } = zone.pcp;
  if (pages.freeRule === 'free_count') pcp.high = flush.high;
  else if (batch << pcp.free_factor < Math.min(RECLAIM_BATCHES * batch, high) - batch) {
    pcp.free_factor += 1;
  }
}
