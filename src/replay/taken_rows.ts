/** Rows of what the model cannot know: copied into it. */
import { parseWords } from '../base/words.js';
import type { Kernel } from '../linux/base/kernel.js';
import { ZONE_MOVABLE, type PageInTheWay } from '../linux/include/mmzone.js';
import type { Trace } from '../trace/trace.js';
import { takePool } from './huge_pages.js';

function busyRange(trace: Trace, row: number): PageInTheWay {
  const words = parseWords(trace.args(row));
  const stage = words.get('stage');
  const start_pfn = trace.pfn(row);
  return {
    start_pfn, nr_pages: trace.nr_pages(row), error: trace.ret(row),
    stage: stage === 'isolate' || stage === 'test' ? stage : 'migrate',
    pfn: Number(words.get('fin_pfn') ?? start_pfn),
  };
}

/** In ZONE_MOVABLE most kernels look for no other page than one that was reserved at boot. */
function takeUnmovable(k: Kernel, trace: Trace, row: number): void {
  const pfn = trace.pfn(row);
  const isolating = parseWords(trace.args(row)).get('reason') === 'unmovable_page';
  // Where events were lost the model may not have the memory yet.
  const zone = k.pfn_valid(pfn) ? k.page_zone(pfn) : undefined;
  const trusted = zone?.index === ZONE_MOVABLE && k.config.movable_zone_trusted;
  if (isolating && trusted) k.memmap_set_reserved(pfn, pfn + 1);
  else k.state.unmovable.add(pfn);
}

/** A row of the role `taken`. */
export function takeRow(k: Kernel, trace: Trace, row: number): void {
  const { state } = k;
  const event = trace.event(row);
  if (event === 'unmovable_page') takeUnmovable(k, trace, row);
  if (event === 'hugetlb_pool') takePool(k, trace, row);
  if (event === 'busy_range') state.pages_in_the_way.push(busyRange(trace, row));
  const zone = state.nodes[trace.nid(row)]?.node_zones[trace.zone(row)];
  if (zone === undefined) return;
  if (event === 'watermark_boost') zone.watermark_boost = trace.nr_pages(row);
  if (event !== 'nr_free_pages') return;
  if (parseWords(trace.args(row)).get('reclaimable') === '0') k.state.nothing_to_reclaim = true;
  zone.watermark_boost = 0;
  if (state.pages !== undefined) return;
  // Of a zone that was there at boot user space has some pages; all of the others are counted.
  if (zone.present_early_pages > 0) zone.nr_free_pages = trace.nr_pages(row);
}
