/** Rows of what the model cannot know: copied into it. */
import type { Kernel } from '../linux/base/kernel.js';
import { ZONE_MOVABLE } from '../linux/include/mmzone.js';
import { peek } from '../observe/peek.js';
import { keepsRange } from '../trace/dumped_reasons.js';
import type { Trace } from '../trace/trace.js';
import { busyRangeOf, type BusyRanges } from './busy_ranges.js';
import { takePool } from './huge_pages.js';
import { rowWords } from '../trace/row_words.js';
import { takePlaces } from './vmemmap_places.js';

/** In ZONE_MOVABLE most kernels look for no other page than one that was reserved at boot. */
function takeUnmovable(k: Kernel, trace: Trace, row: number): void {
  const pfn = trace.pfn(row);
  const { reason, stays } = rowWords(trace, row, 'unmovable_page');
  if (!keepsRange(reason)) return;
  if (stays === true) k.state.unmovable_stays.add(pfn);
  const isolating = reason === 'unmovable_page';
  // Where events were lost the model may not have the memory yet.
  const zone = k.pfn_valid(pfn) ? peek(k, () => k.page_zone(pfn)) : undefined;
  const trusted = zone?.index === ZONE_MOVABLE && k.config.movable_zone_trusted;
  if (isolating && trusted) k.memmap_set_reserved(pfn, pfn + 1);
  else k.state.unmovable.add(pfn);
}

/** A step begins: what was in the way of others may be gone, but for what stays. */
export function forgetUnmovable({ state: { unmovable, unmovable_stays } }: Kernel): void {
  for (const pfn of unmovable) if (!unmovable_stays.has(pfn)) unmovable.delete(pfn);
}

/** A row of the role `taken`. */
export function takeRow(k: Kernel, busy: BusyRanges, trace: Trace, row: number): void {
  const { state } = k;
  const event = trace.event(row);
  if (event === 'unmovable_page') takeUnmovable(k, trace, row);
  if (event === 'hugetlb_pool') takePool(k, trace, row);
  takePlaces(k, trace, row);
  if (event === 'busy_range') busy.add(busyRangeOf(trace, row));
  const zone = state.nodes[trace.nid(row)]?.node_zones[trace.zone(row)];
  if (zone === undefined) return;
  if (event === 'watermark_boost') zone.watermark_boost = trace.nr_pages(row);
  if (event !== 'nr_free_pages') return;
  if (rowWords(trace, row, event).reclaimable === false) k.state.nothing_to_reclaim = true;
  zone.watermark_boost = 0;
  if (state.pages !== undefined) return;
  // Of a zone that was there at boot user space has some pages; all of the others are counted.
  if (zone.present_early_pages > 0) zone.nr_free_pages = trace.nr_pages(row);
}
