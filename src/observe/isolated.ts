/** Pageblocks that are isolated now. */
import type { Kernel } from '../linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../linux/include/migratetype.js';
import { type Zone } from '../linux/include/mmzone.js';
import { peek } from './peek.js';
import { pfn_to_section_nr } from '../linux/include/sections.js';

/** Those of online sections, by first pfn; going offline ends with the section, not the type. */
export function* isolatedPageblocks(
  k: Kernel,
): Generator<{ readonly pfn: number; readonly zone: Zone }> {
  for (const pfn of k.state.pageblocks.having(MIGRATE_ISOLATE)) {
    if (!k.state.sections.online(pfn_to_section_nr(pfn))) continue;
    const zone = peek(k, () => k.page_zone(pfn));
    if (zone !== undefined) yield { pfn, zone };
  }
}
