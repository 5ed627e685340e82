/** What is left of a memmap whose huge pages were freed as single ones. */
import { expect, test } from 'vitest';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { traceOf } from './rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const [BLOCK, NR, MEMMAP] = [0x100000, 32768, 0x100200];

/** A huge page of the block is allocated, and its first page freed behind this row. */
function left(before: Row) {
  const trace = traceOf([
    { event: 'add_memory', nid: 0, pfn: BLOCK, nr_pages: NR },
    { event: 'online_kernel', pfn: BLOCK, nr_pages: NR },
    { event: 'mm_page_alloc', cpu: 0, task: 'kworker/0:1-9', pfn: MEMMAP, order: 9,
      migratetype: 0 },
    before,
    { event: 'mm_page_free', cpu: 0, task: 'kworker/0:1-9', pfn: MEMMAP, order: 0 },
  ], { kernel: '6.18.15', cpus: 1 });
  const k = replay(trace, {
    version: versionOfHeader(trace.header), series: [], pageLevel: PageLevel.always(trace, []),
  });
  return {
    unmovable: k.has_unmovable_pages(MEMMAP, MEMMAP + 512),
    inUse: k.__test_page_isolated_in_pageblock(MEMMAP + 1, MEMMAP + 512, 'OTHER'),
  };
}

/*
 *   MEMMAP .. + 511   allocated in one piece, not compound: the first page has the reference
 *   vmemmap_free()    free_pagetable(page, 9) frees compound_order(page), which is 0
 *
 * Expect (v6.18 to v7.0): 511 pages stay without a reference. has_unmovable_pages() passes over
 * pages without one, so that the pageblock is isolated; test_pages_isolated() finds them not free.
 */
test('pages without a reference let their pageblock be isolated, and are never free', () => {
  const removing: Row = {
    event: 'arch_remove_memory', cpu: 0, task: 'kworker/0:1-9', pfn: BLOCK + NR, nr_pages: NR,
  };
  expect(left(removing)).toEqual({ unmovable: undefined, inUse: MEMMAP + 1 });
});

test('of what somebody else frees page by page each page has a reference', () => {
  const other: Row = { event: 'arch_remove_memory', cpu: 0, task: 'sh-3', pfn: BLOCK + NR };
  expect(left(other).unmovable).toBe(MEMMAP + 1);
});
