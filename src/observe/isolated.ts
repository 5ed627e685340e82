/** Pageblocks that are isolated now. */
import type { Kernel } from '../linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../linux/include/migratetype.js';
import { type Zone } from '../linux/include/mmzone.js';
import { peek } from './peek.js';

/** Those of online sections, by first pfn; going offline ends with the section, not the type. */
export function* isolatedPageblocks(
  k: Kernel,
): Generator<{ readonly pfn: number; readonly zone: Zone }> {
  const { pageblocks, sections } = k.state;
  for (const pfn of pageblocks.having(MIGRATE_ISOLATE, (section) => sections.online(section))) {
    const zone = peek(k, () => k.page_zone(pfn));
    if (zone !== undefined) yield { pfn, zone };
  }
}
