/** Pageblocks that are isolated now. */
import type { Kernel } from '../linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../linux/include/migratetype.js';
import { PAGES_PER_SECTION, type Zone } from '../linux/include/mmzone.js';
import { peek } from './peek.js';

/** Those of online sections, by first pfn; going offline ends with the section, not the type. */
export function* isolatedPageblocks(
  k: Kernel,
): Generator<{ readonly pfn: number; readonly zone: Zone }> {
  for (const pfn of k.state.pageblocks.having(MIGRATE_ISOLATE)) {
    if (!k.state.sections.online(Math.floor(pfn / PAGES_PER_SECTION))) continue;
    const zone = peek(k, () => k.page_zone(pfn));
    if (zone !== undefined) yield { pfn, zone };
  }
}
