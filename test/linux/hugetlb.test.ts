/** The pool of huge pages: traces by hand. */
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { EINVAL } from '../../src/linux/include/errno.js';
import { definePatch } from '../../src/patch/define.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { traceOf } from '../replay/rig.js';
import {
  BLOCK, FIRST, SECOND, twoBlocks, pool, offline, use, reserve, overcommit, run, freeOf, inUse,
  type Row,
} from './hugetlb_rig.js';

describe('nr_hugepages', () => {
  it('of a node takes free pages of that node, and gives them back', () => {
    const { k } = run([pool(8)]);
    const movable = k.state.nodes[1]?.node_zones[3];
    expect(k.state.hugetlb).toMatchObject({ nr_huge_pages: 8, free_huge_pages: 8 });
    // One more huge page is on the list of the CPU.
    expect(movable?.nr_free_pages).toBe(2 * BLOCK - 8 * 512);
    const less = run([pool(8), pool(3)]).k;
    expect(less.state.hugetlb).toMatchObject({ nr_huge_pages: 3, max_huge_pages: 3 });
  });

  it('of all nodes goes round the nodes that have memory', () => {
    const { k } = run([pool(7, '')]);
    expect(k.state.hugetlb.nr_huge_pages_node).toEqual([4, 3]);
  });

  it('of a node that has no more memory stops where that ends', () => {
    const { k } = run([pool(1000)]);
    const { nr_huge_pages, max_huge_pages } = k.state.hugetlb;
    expect(nr_huge_pages).toBe(max_huge_pages);
    expect(nr_huge_pages).toBeLessThan(2 * BLOCK / 512);
    expect(nr_huge_pages).toBeGreaterThan(120);
  });

  it('is refused when it is no number', () => {
    expect(run([pool('many')]).results).toContain(-EINVAL);
  });

  it('puts pages in the list at once up to v6.6, then all together', () => {
    const old = freeOf(run([pool(4)], 'v6.1').k, 1);
    expect(freeOf(run([pool(4)], 'v6.12').k, 1)).toEqual([...old].reverse());
  });

  /*
   *     free list of the pool: a b c        nr_hugepages becomes 0
   *
   * Expect: in the order in which they leave the pool, but from v5.14 to v6.6 the last one first.
   */
  it.each([['v7.3', true], ['v6.7', true], ['v6.6', false], ['v5.14', false], ['v5.13', true]] as
    const)('gives free pages back in their order, or the last one first: %s', (version, order) => {
    const before = freeOf(run([pool(3)], version).k, 1);
    expect(before).toHaveLength(3);
    const freed: number[] = [];
    const watch = definePatch({
      id: 'test/watch', subject: 'watch', author: 'a test', link: '', base: version,
      doc: 'Watches.',
      wraps: { __update_and_free_hugetlb_folio: (next) => (k, folio, cpu) => {
        freed.push(folio.pfn);
        return next(k, folio, cpu);
      } },
    });
    const trace = traceOf([...twoBlocks, pool(3), pool(0)]);
    replay(trace, { version, series: [watch], pageLevel: PageLevel.always(trace, []) });
    expect(freed).toEqual(order ? before : [...before].reverse());
  });

  it('makes what is in use surplus, which goes when it is given back', () => {
    const { k } = run([pool(4), use(3), pool(1)]);
    expect(k.state.hugetlb).toMatchObject(
      { nr_huge_pages: 3, surplus_huge_pages: 2, free_huge_pages: 0 });
    const after = run([pool(4), use(3), pool(1), { event: 'free_huge_folio', task: 'database' }]).k;
    expect(after.state.hugetlb).toMatchObject(
      { nr_huge_pages: 1, surplus_huge_pages: 0, free_huge_pages: 1 });
  });

  /**
   *     node 0: 2 free   node 1: 3 in use, of which 2 are surplus      then: 1 in all
   *
   * Expect: the free ones go; before surplus pages were left out of the sum nothing went.
   */
  it.each([['v6.15', 5], ['v6.16', 3]] as const)('keeps on %s %i pages beside surplus ones', (
    version, nr_huge_pages,
  ) => {
    const { k } = run([
      pool(2, '/sys/devices/system/node/node0'), pool(3), use(3), pool(1), pool(1, ''),
    ], version);
    expect(k.state.hugetlb).toMatchObject({ nr_huge_pages });
  });
});

describe('a trace that has the pages of the pool', () => {
  const flags = 'GFP_HIGHUSER_MOVABLE|__GFP_NOWARN|__GFP_RETRY_MAYFAIL|__GFP_COMP|__GFP_THISNODE';
  const gets = (pfn: number, args = `gfp_flags=${flags}`): Row => (
    { event: 'mm_page_alloc', task: 'admin', cpu: 0, pfn, order: 9, migratetype: 1, args });
  const rows = [pool(2), gets(FIRST), gets(FIRST + 512), pool(3), gets(FIRST + 1024)];

  it('has those and no others in it, in the order of its kernel', () => {
    const [a, b, c] = [FIRST, FIRST + 512, FIRST + 1024];
    expect(freeOf(run(rows, 'v6.1').k, 1)).toEqual([c, b, a]);
    expect(freeOf(run(rows, 'v6.12').k, 1)).toEqual([c, a, b]);
  });

  it('does not take huge pages of other users for it', () => {
    const other = gets(SECOND, `gfp_flags=${flags}|__GFP_NOMEMALLOC`);
    expect(run([...rows, other]).k.state.hugetlb.nr_huge_pages).toBe(3);
  });

  it('frees a dissolved page once, and one that the pool gives back', () => {
    const frees = (pfn: number, task: string): Row => (
      { event: 'mm_page_free', task, cpu: 0, pfn, order: 9 });
    const { k, offlines } = run([
      ...rows, frees(FIRST, 'admin'), { ...offline(FIRST), phase: 'B' },
      frees(FIRST + 512, 'offliner'), frees(FIRST + 1024, 'offliner'),
      { ...offline(FIRST), phase: 'E', ret: 0 },
    ]);
    expect(offlines).toEqual([0]);
    expect(k.state.hugetlb).toMatchObject({ nr_huge_pages: 0, free_huge_pages: 0 });
    expect(k.state.nodes[1]?.node_zones[3]).toMatchObject(
      { managed_pages: BLOCK, nr_isolated_pages: 0 });
  });
});

describe('the command line', () => {
  const boot = (args: string, version: string): Kernel =>
    run([{ event: 'boot_param', args }], version).k;

  it('gives each node its turn, or what it names', () => {
    expect(boot('hugepages=10', 'v6.1').state.hugetlb.nr_huge_pages_node).toEqual([10]);
    expect(boot('hugepagesz=2M hugepages=0:6', 'v6.1').state.hugetlb.nr_huge_pages).toBe(6);
    expect(boot('hugepagesz=1G hugepages=2', 'v6.1').state.hugetlb.nr_huge_pages).toBe(0);
    // A second number for one size is ignored; behind one that is wrong it counts.
    for (const [words, count] of [['hugepages=6 hugepages=9', 6], ['hugepages=9:6 hugepages=7', 7],
      ['hugepagesz=2M hugepages=6 hugepagesz=1G hugepages=2 hugepagesz=2M hugepages=9', 6],
    ] as const) expect(boot(words, 'v6.1').state.hugetlb.nr_huge_pages, words).toBe(count);
  });

  /*
   *   10 pages for three nodes, on 8 CPUs       node 0   1   2
   *   one thread takes turns                         4   3   3
   *   six threads, a page each time, each            10   0   0   begins at the first node
   *   two threads (8 / 4), chunks of 5               4   4   2    twice 0 1 2 0 1
   *   hugepage_alloc_threads=1                       4   3   3
   */
  const threeNodes: readonly Row[] = [
    { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x20000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x20000000 end=0x40000000' },
    { event: 'srat_mem', nid: 2, args: 'start=0x40000000 end=0x60000000' },
  ];
  function spread(args: string, version: string, cpus: number): readonly number[] {
    const rows: readonly Row[] = [
      { event: 'boot_param', args },
      { event: 'e820', args: 'start=0x20000000 end=0x60000000 type=usable' },
      ...threeNodes,
      ...Array.from({ length: cpus }, (_, cpu): Row =>
        ({ event: 'srat_cpu', nid: cpu % 3, args: `cpu=${cpu}` })),
    ];
    return replay(traceOf(rows), { version, series: [] }).state.hugetlb.nr_huge_pages_node;
  }

  it.each([
    ['v6.8', 8, '', [4, 3, 3]], ['v6.12', 8, '', [10]], ['v6.14', 1, '', [10]],
    ['v6.15', 8, '', [4, 4, 2]], ['v7.3', 8, '', [4, 4, 2]], ['v7.3', 7, '', [4, 3, 3]],
    ['v7.3', 8, ' hugepage_alloc_threads=1', [4, 3, 3]],
    ['v7.3', 1, ' hugepage_alloc_threads=2', [4, 4, 2]],
    ['v7.3', 8, ' hugepage_alloc_threads=0', [4, 4, 2]],
  ] as const)('are spread by the threads of %s with %i CPUs%s', (version, cpus, more, nodes) => {
    expect(spread(`hugepages=10${more}`, version, cpus)).toEqual(nodes);
  });
});

/*
 *   managed when user space starts   130321 + 75          130321 + 65
 *   watermarks of boot see             all | -70 | -80      all | -70 | -80    10 huge pages
 *   isqrt(16 * KiB)                   2888 | 2888 | 2887   2888 | 2887 | 2887
 * Expect: seven struct pages of each huge page come after the watermarks, eight from v6.2 on.
 */
describe('struct pages of the pool of the command line', () => {
  it.each([
    ['v7.3', '', 75, 2888], ['v7.3', 'hugetlb_free_vmemmap=on', 75, 2887],
    ['v6.1', 'hugetlb_free_vmemmap=on', 75, 2888], ['v6.1', 'hugetlb_free_vmemmap=on', 65, 2887],
    ['v6.1', '', 65, 2888], ['v5.13', 'hugetlb_free_vmemmap=on', 65, 2888],
  ] as const)('on %s %s are managed late: %i pages more', (version, word, more, kbytes) => {
    const k = replay(traceOf([
      { event: 'boot_param', args: `hugepages=10 ${word}` },
      { event: 'managed_at_boot', nid: 0, zone: 'DMA', nr_pages: 0 },
      { event: 'managed_at_boot', nid: 0, zone: 'DMA32', nr_pages: 130321 + more },
    ]), { version, series: [] });
    expect(k.state.nodes[0]?.node_zones[1]?.managed_pages).toBe(130321 + more);
    expect(k.state.min_free_kbytes).toBe(kbytes);
  });
});

describe('reservations', () => {
  it('keep free pages from who has none', () => {
    const { k } = run([pool(4), reserve(3), use(2)]);
    expect(inUse(k)).toHaveLength(1);
    expect(k.state.hugetlb).toMatchObject({ resv_huge_pages: 3, free_huge_pages: 3 });
  });

  it('are used up by who has reserved', () => {
    const { k } = run([pool(4), reserve(3), use(2, 'reserved=1')]);
    expect(k.state.hugetlb).toMatchObject({ resv_huge_pages: 1, free_huge_pages: 2 });
  });

  it('get surplus pages up to the limit, and fail beyond', () => {
    const enough = run([pool(2), overcommit(3), reserve(5)]).k;
    expect(enough.state.hugetlb).toMatchObject(
      { resv_huge_pages: 5, surplus_huge_pages: 3, nr_huge_pages: 5 });
    const { k, results } = run([pool(2), overcommit(2), reserve(5)]);
    expect(results).toContain(-12);
    expect(k.state.hugetlb).toMatchObject(
      { resv_huge_pages: 0, surplus_huge_pages: 0, nr_huge_pages: 2 });
  });

  it('take their surplus pages with them when they end', () => {
    const { k } = run([pool(2), overcommit(3), reserve(5), reserve(-5)]);
    expect(k.state.hugetlb).toMatchObject(
      { resv_huge_pages: 0, surplus_huge_pages: 0, nr_huge_pages: 2 });
  });
});
