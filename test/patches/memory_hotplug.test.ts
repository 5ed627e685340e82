/** Patches of mm/memory_hotplug.c, drivers/base and mm_init.c, on traces where they part. */
import { expect, test } from 'vitest';
import { definePatch, EINVAL } from '../../src/patch/define.js';
import { traceOf } from '../replay/rig.js';
import { plain, seenOf } from './run.js';

const SECTION = 32768;
const dimm = { pfn: 0x100000, nr_pages: SECTION };

/**
 *     0x140000 RAM 0x144000 hole 0x148000 RAM     one block of 256 MiB, machine as in replay/rig.ts
 */
const holes = [
  { event: 'e820', args: 'start=0x140000000 end=0x144000000 type=usable' },
  { event: 'e820', args: 'start=0x148000000 end=0x160000000 type=usable' },
] as const;
const holeTrace = () => traceOf(
  [...holes, { event: 'offline', pfn: 0x140000, nr_pages: 2 * SECTION }],
  { kernel: '5.0.0', block_size: 2 ** 28 });

/** Expect: 128 pageblocks stay counted as isolated (P5), unless somebody takes them off. */
test('isolated pageblocks of a block with a hole', async () => {
  const byRange = definePatch({
    ...plain, id: 'test/by_range', base: 'v5.0',
    wraps: {
      undo_isolate_page_range: (next) => (k, start, end, type) => {
        next(k, start, end, type);
        const zone = k.page_zone(start);
        if (zone !== undefined && !k.pfn_to_online_page(start)) {
          zone.nr_isolate_pageblock -= (end - start) / 512;
        }
      },
    },
  });
  const byCount = definePatch({
    ...plain, id: 'test/by_count', base: 'v5.0', config: { isolate_counts: true,
      offline_isolation_end: 'count' },
  });
  expect((await seenOf(holeTrace(), 'v5.0')).broken).toContain('P5');
  expect((await seenOf(holeTrace(), 'v5.0', byRange)).broken).not.toContain('P5');
  const fixed = await seenOf(holeTrace(), 'v5.0', byCount);
  expect(fixed.broken).not.toContain('P5');
  expect(fixed.broken).not.toContain('I9');
});

/** Expect: the block is refused with -EINVAL, and nothing was counted wrong without the patch. */
test('blocks with holes are not put offline', async () => {
  const refused = definePatch({
    ...plain, id: 'test/refused', base: 'v5.4',
    wraps: {
      offline_pages: (next) => function* (k, start, nr, zone, group) {
        if (k.walk_system_ram_range(start, nr) !== nr) return -EINVAL;
        return yield* next(k, start, nr, zone, group);
      },
    },
  });
  const base = await seenOf(holeTrace(), 'v5.4');
  expect([base.results, base.broken.filter((id) => ['I9', 'Z7', 'P5'].includes(id))])
    .toEqual([['0'], []]);
  expect((await seenOf(holeTrace(), 'v5.4', refused)).results).toEqual(['-22 EINVAL']);
});

/**
 *     0-512M node 1 | 4-4.0625G node 0 | hole | 4.125-4.25G node 1
 *
 * Expect: the block that ends in the hole has a link with node 1, too (N11); by memblock's regions
 * it has none.
 */
test('blocks of interleaved nodes are linked by regions', async () => {
  const trace = traceOf([
    { event: 'e820', args: 'start=0x100000000 end=0x104000000 type=usable' },
    { event: 'e820', args: 'start=0x108000000 end=0x110000000 type=usable' },
    { event: 'srat_mem', nid: 1, args: 'start=0x0 end=0x20000000' },
    { event: 'srat_mem', nid: 0, args: 'start=0x100000000 end=0x104000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x108000000 end=0x110000000' },
    { event: 'srat_cpu', nid: 0, args: 'cpu=0' },
    { event: 'offline', pfn: 0x108000, nr_pages: SECTION },
  ], { kernel: '6.12.0' });
  const byRegion = definePatch({
    ...plain, id: 'test/by_region', base: 'v6.12',
    replaces: {
      register_memory_blocks_under_node(k, nid, _start, _end, context) {
        const size = k.machine.pages_per_block;
        for (const { start_pfn, end_pfn } of k.for_each_mem_pfn_range(nid)) {
          const nr_pages = Math.ceil((end_pfn - start_pfn) / size) * size;
          k.walk_memory_blocks(start_pfn, nr_pages, (block) => {
            k.do_register_memory_block_under_node(nid, block, context);
            return false;
          });
        }
      },
    },
  });
  expect((await seenOf(trace, 'v6.12')).broken).toContain('N11');
  expect((await seenOf(trace, 'v6.12', byRegion)).broken).not.toContain('N11');
});

/** Expect: what lies behind mem= is refused to v5.6, and added where mem= bounds the boot alone. */
test('mem= bounds boot memory only', async () => {
  const trace = traceOf([
    { event: 'boot_param', args: 'mem=512M' },
    { event: 'add_memory', nid: 0, ...dimm },
  ], { kernel: '5.4.0' });
  const bootOnly = definePatch({
    ...plain, id: 'test/boot_only', base: 'v5.4', config: { mem_param_limits: 'added_at_boot' },
  });
  expect((await seenOf(trace, 'v5.4')).results).toEqual(['-22 EINVAL']);
  expect((await seenOf(trace, 'v5.4', bootOnly)).results).toEqual(['0']);
});

/**
 *     block | block      the linear map ends between them, at 32 TiB
 *
 * Expect: a struct range names its last byte, so the block that ends there can be added.
 */
test('memory is added up to the last byte that can be mapped', async () => {
  const end = 2 ** 45 / 4096;
  const trace = traceOf([
    { event: 'add_memory', nid: 0, pfn: end - SECTION, nr_pages: SECTION },
    { event: 'add_memory', nid: 0, pfn: end, nr_pages: SECTION },
  ], { kernel: '6.12.0' });
  const linear = definePatch({
    ...plain, id: 'test/linear', base: 'v6.12',
    replaces: { arch_get_mappable_range: () => ({ start: 0, end: 2 ** 45 - 1 }) },
  });
  expect((await seenOf(trace, 'v6.12')).results).toEqual(['0', '0']);
  expect((await seenOf(trace, 'v6.12', linear)).results).toEqual(['0', '-22 EINVAL']);
});

/**
 *     0x100000 RAM 0x140000 | 2 MiB hole | 0x140200 RAM 0x148000     a hole of one subsection
 *
 * Expect: who counts the hole's struct pages as online calls the zone contiguous; a scan finds that
 * its first page is not online (I13).
 */
test('a zone with a hole of a subsection is not contiguous', async () => {
  const trace = traceOf([
    { event: 'e820', args: 'start=0x100000000 end=0x140000000 type=usable' },
    { event: 'e820', args: 'start=0x140200000 end=0x148000000 type=usable' },
    { event: 'add_memory', nid: 0, pfn: 0x148000, nr_pages: SECTION },
  ], { kernel: '6.12.0' });
  const always = definePatch({
    ...plain, id: 'test/counted', base: 'v6.12',
    replaces: { set_zone_contiguous: (_k, zone) => { zone.contiguous = true; } },
  });
  expect((await seenOf(trace, 'v6.12')).broken).not.toContain('I13');
  expect((await seenOf(trace, 'v6.12', always)).broken).toContain('I13');
});

/** Expect: oops for a node that has no pgdat; served where every possible node has one. */
test('allocation on a node that is not online', async () => {
  const trace = traceOf([
    { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x20000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x100000000 end=0x200000000 hotplug=1' },
    { event: 'alloc_pages', nid: 1, nr_pages: 4, order: 0, args: 'gfp=GFP_KERNEL' },
  ], { kernel: '5.17.0' });
  const everyNode = definePatch({
    ...plain, id: 'test/every_node', base: 'v5.17',
    config: { offline_nodes_initialised: true, hotadd_pgdat: 'preallocated',
      zonelists_of: 'possible' },
  });
  expect((await seenOf(trace, 'v5.17')).faults.join()).toMatch(/oops/);
  const served = await seenOf(trace, 'v5.17', everyNode);
  expect(served.faults).toEqual([]);
  expect(served.results.join()).toMatch(/^4/);
});

/** Expect: with huge pages compiled in, what khugepaged raised is lost at hot-add (Z14). */
test('min_free_kbytes of khugepaged after a hot-add', async () => {
  const trace = traceOf([
    { event: 'e820', args: 'start=0x20000000 end=0x80000000 type=usable' },
    { event: 'boot_param', args: 'transparent_hugepage=always' },
    { event: 'add_memory', nid: 0, ...dimm }, { event: 'online_movable', ...dimm },
  ], { kernel: '5.8.0', config: { TRANSPARENT_HUGEPAGE: 'y' } });
  const both = definePatch({
    ...plain, id: 'test/both', base: 'v5.8',
    wraps: {
      init_per_zone_wmark_min: (next) => (k) => {
        next(k);
        k.khugepaged_min_free_kbytes_update();
      },
    },
  });
  expect((await seenOf(trace, 'v5.8')).broken).toContain('Z14');
  expect((await seenOf(trace, 'v5.8', both)).broken).not.toContain('Z14');
});
