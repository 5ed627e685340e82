import { firstEndingBehind } from '../../base/first_index.js';
import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../../linux/include/migratetype.js';
import type { PcpLists } from '../../linux/mm/pages/zone_pages.js';
import { pcpBlocks } from '../free_blocks.js';
import type { Invariant } from '../invariant.js';

interface Range {
  readonly start: number;
  readonly end: number;
}

/** The first page of an isolated block on a list of this CPU that is in one of the ranges. */
function stranded(k: Kernel, pcp: PcpLists, ranges: readonly Range[]): number | undefined {
  const { pages } = k.state;
  if (pages === undefined || pcp.count === 0) return undefined;
  for (const slot of pcpBlocks(k, pcp)) {
    if (pages.typeOf(slot) !== MIGRATE_ISOLATE) continue;
    const pfn = pages.arena.pfnOf(slot);
    if ((ranges[firstEndingBehind(ranges, pfn)]?.start ?? Infinity) <= pfn) return pfn;
  }
  return undefined;
}

const invariant: Invariant = {
  id: 'P6',
  broken: 'isolated page on a pcp list',
  doc: 'After isolation and the last drain no per-cpu list has a page of an isolated pageblock.',
  functions: ['start_isolate_page_range', 'test_pages_isolated'],
  begin(k) {
    // Before the first test of a range its drains may still be to come.
    // In order, none in another.
    const tested: Range[] = [];
    return {
      entered(fn, [start, end]) {
        if (typeof start !== 'number' || typeof end !== 'number') return;
        const first = firstEndingBehind(tested, start);
        let last = first;
        while ((tested[last]?.start ?? Infinity) < end) last += 1;
        tested.splice(first, last - first,
          ...(fn === 'test_pages_isolated' && start < end ? [{ start, end }] : []));
      },
      * violations() {
        for (const zp of k.state.pages?.zones ?? []) {
          if (zp.zone.nr_isolate_pageblock === 0) continue;
          for (const pcp of zp.pcp) {
            const pfn = stranded(k, pcp, tested);
            if (pfn === undefined) continue;
            yield `page ${hex(pfn)} is on the per-cpu list of CPU ${pcp.cpu}`;
          }
        }
      },
    };
  },
};
export default invariant;
