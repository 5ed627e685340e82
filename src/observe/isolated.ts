/** Pageblocks that are isolated now. */
import { roundUp } from '../base/pfn.js';
import type { Kernel } from '../linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../linux/include/migratetype.js';
import { pageblock_nr_pages, type Zone } from '../linux/include/mmzone.js';
import { pfn_to_section_nr } from '../linux/include/sections.js';
import { peek } from './peek.js';

interface Isolated {
  readonly pfn: number;
  readonly zone: Zone;
}

function* inZones(k: Kernel, pfns: readonly number[]): Generator<Isolated> {
  for (const pfn of pfns) {
    const zone = peek(k, () => k.page_zone(pfn));
    if (zone !== undefined) yield { pfn, zone };
  }
}

/** Those of online sections, by first pfn; going offline ends with the section, not the type. */
export function isolatedPageblocks(k: Kernel): Generator<Isolated> {
  const { pageblocks, sections } = k.state;
  return inZones(k, pageblocks.having(MIGRATE_ISOLATE, (section) => sections.online(section)));
}

/** Those that begin in [start_pfn, end_pfn), without a look at any others. */
export function isolatedIn(
  k: Kernel, start_pfn: number, end_pfn: number,
): Generator<Isolated> {
  const { pageblocks, sections } = k.state;
  const first = roundUp(start_pfn, pageblock_nr_pages);
  return inZones(k, pageblocks.havingIn(MIGRATE_ISOLATE, first, end_pfn)
    .filter((pfn) => sections.online(pfn_to_section_nr(pfn))));
}
