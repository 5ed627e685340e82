/** mm/page_isolation.c up to v5.18: what history/bodies.ts puts in place of the newer body. */
import { roundDown, roundUp } from '../../base/pfn.js';
import type { Kernel, Preempt } from '../base/kernel.js';
import { pageblock_nr_pages, type IsolateMode, type MigrateType } from '../include/mmzone.js';

/**
 * start_isolate_page_range(): pageblock by pageblock; in v5.1 to v5.9 the result is how many.
 * @kernel mm/page_isolation.c v5.18 full
 */
export function* start_isolate_page_range_in_order(
  k: Kernel, start_pfn: number, end_pfn: number, migratetype: MigrateType,
  mode: IsolateMode = 'MEM_OFFLINE',
): Preempt<number> {
  const end = roundUp(end_pfn, pageblock_nr_pages);
  const done: number[] = [];
  for (let pfn = roundDown(start_pfn, pageblock_nr_pages); pfn < end; pfn += pageblock_nr_pages) {
    yield 'set_migratetype_isolate';
    if (!k.pfn_to_online_page(pfn)) continue;
    const error = yield* k.set_migratetype_isolate(pfn, start_pfn, end_pfn, mode);
    if (error !== 0) {
      for (const block of done) k.unset_migratetype_isolate(block, migratetype);
      return error;
    }
    done.push(pfn);
  }
  return k.config.isolate_counts ? done.length : 0;
}
