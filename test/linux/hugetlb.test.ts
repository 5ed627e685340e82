/** The pool of huge pages, and what becomes of it when memory goes offline: traces by hand. */
import { describe, expect, it } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { EBUSY, EINVAL } from '../../src/linux/include/errno.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import type { TraceRow } from '../../src/trace/trace.js';
import { traceOf } from '../replay/rig.js';

type Row = Omit<TraceRow, 'time_ns'>;

const BLOCK = 32768;
const FIRST = 0x100000;
const SECOND = FIRST + BLOCK;

/** A second node gets two blocks of movable memory. */
const twoBlocks: readonly Row[] = [
  { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x20000000' },
  { event: 'srat_mem', nid: 1, args: 'start=0x100000000 end=0x200000000 hotplug=1' },
  { event: 'srat_cpu', nid: 0, args: 'cpu=0' },
  { event: 'add_memory', nid: 1, pfn: FIRST, nr_pages: 2 * BLOCK },
  { event: 'online_movable', pfn: FIRST, nr_pages: BLOCK },
  { event: 'online_movable', pfn: SECOND, nr_pages: BLOCK },
];

function pool(count: number | string, where = '/sys/devices/system/node/node1'): Row {
  const file = where === '' ? '/proc/sys/vm/nr_hugepages'
    : `${where}/hugepages/hugepages-2048kB/nr_hugepages`;
  return { event: 'write_parameter', task: 'admin', args: `file=${file} value=${count}` };
}

const offline = (pfn: number): Row => (
  { event: 'offline', task: 'offliner', pfn, nr_pages: BLOCK });
const use = (nr_pages: number, args = ''): Row => (
  { event: 'hugetlb_no_page', task: 'database', nid: 1, nr_pages, args });
const reserve = (nr_pages: number): Row => (
  { event: 'hugetlb_acct_memory', task: 'database', nid: 1, nr_pages });
const overcommit = (count: number): Row => ({
  event: 'write_parameter', args: `file=/proc/sys/vm/nr_overcommit_hugepages value=${count}`,
});

interface Run {
  readonly k: Kernel;
  /** What offline rows came to, in order. */
  readonly offlines: readonly (number | undefined)[];
  readonly results: readonly (number | undefined)[];
}

function run(rows: readonly Row[], version = 'v6.12'): Run {
  const trace = traceOf([...twoBlocks, ...rows]);
  const offlines: (number | undefined)[] = [];
  const results: (number | undefined)[] = [];
  const pageLevel = PageLevel.always(trace, []).checkInvariants();
  const k = replay(trace, {
    version, series: [], pageLevel,
    observers: [{ result: ({ row, ret }) => {
      results.push(ret);
      if (trace.event(row) === 'offline') offlines.push(ret);
    } }],
  });
  expect(pageLevel.violated).toBeUndefined();
  expect(pageLevel.worstImbalance.pages).toBe(0);
  return { k, offlines, results };
}

/** First pfns of the huge pages on a node's free list, the first one to be taken first. */
const freeOf = (k: Kernel, nid: number): readonly number[] =>
  (k.state.hugetlb.hugepage_freelists[nid] ?? []).map(({ pfn }) => pfn).reverse();
const inUse = (k: Kernel): readonly { pfn: number; nid: number }[] =>
  k.state.hugetlb.hugepage_activelist.map(({ pfn, nid }) => ({ pfn, nid }));

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

describe('a block with huge pages that goes offline', () => {
  it('has its free ones dissolved', () => {
    const { k, offlines } = run([pool(8), offline(FIRST)]);
    expect(offlines).toEqual([0]);
    const inside = run([pool(8)]).k.state.hugetlb.by_pfn;
    const gone = [...inside.keys()].filter((pfn) => pfn < SECOND).length;
    expect(gone).toBeGreaterThan(0);
    expect(k.state.hugetlb).toMatchObject({ nr_huge_pages: 8 - gone, max_huge_pages: 8 - gone });
  });

  it('stays online when a reservation needs them; what was dissolved before stays so', () => {
    const all = [pool(8), offline(SECOND), pool(8), reserve(3)];
    const { k, offlines } = run([...all, offline(FIRST)]);
    expect(offlines).toEqual([0, -EBUSY]);
    expect(k.state.hugetlb).toMatchObject(
      { nr_huge_pages: 3, free_huge_pages: 3, resv_huge_pages: 3 });
    expect(run([...all, offline(FIRST), reserve(-3), offline(FIRST)]).offlines)
      .toEqual([0, -EBUSY, 0]);
  });

  it('has those in use moved to another node, with fresh memory where the pool has none', () => {
    const { k, offlines } = run(
      [pool(8), offline(SECOND), pool(8), use(4), offline(FIRST)]);
    expect(offlines).toEqual([0, 0]);
    expect(inUse(k).map(({ nid }) => nid)).toEqual([0, 0, 0, 0]);
    expect(k.state.hugetlb).toMatchObject({ nr_huge_pages: 4, free_huge_pages: 0 });
  });

  it('has those in use moved into free ones of the pool first', () => {
    const { k } = run([
      pool(8), offline(SECOND), pool(8), pool(6, '/sys/devices/system/node/node0'), use(4),
      offline(FIRST),
    ]);
    expect(k.state.hugetlb.nr_huge_pages_node).toEqual([6, 0]);
    expect(k.state.hugetlb.free_huge_pages).toBe(2);
  });

  /**
   * One node, one movable block with eight huge pages, some of them in use; with a page of other
   * use before them.
   */
  function oneNode(used: number, version: string, other = false): Run {
    const page: Row = { event: 'mm_page_alloc', cpu: 0, pfn: FIRST, order: 0, migratetype: 1 };
    const trace = traceOf([
      { event: 'srat_cpu', nid: 0, args: 'cpu=0' },
      { event: 'add_memory', nid: 0, pfn: FIRST, nr_pages: BLOCK },
      { event: 'online_movable', pfn: FIRST, nr_pages: BLOCK },
      ...other ? [page] : [], pool(8, ''), { ...use(used), nid: 0 }, offline(FIRST),
    ]);
    const offlines: (number | undefined)[] = [];
    const k = replay(trace, { version, series: [], observers: [{ result: (one) => {
      if (trace.event(one.row) === 'offline') offlines.push(one.ret);
    } }] });
    return { k, offlines, results: [] };
  }

  it('stays online when a page in use can move only within it', () => {
    const { k, offlines } = oneNode(1, 'v6.12');
    expect(offlines).toEqual([-EBUSY]);
    expect(inUse(k)).toHaveLength(1);
  });

  // Real kernels do, 6.1.0-56 and 6.12.117 of Debian, with two huge pages of eight in use.
  it.each([
    ['v6.12', false], ['v6.12', true], ['v6.1', true],
  ])('goes round for ever where two pages follow each other within it: %s', (version, other) => {
    const { k, offlines } = oneNode(2, version, other);
    expect(offlines).toEqual([]);
    expect(k.state.faults).toMatchObject([{ kind: 'hang', fn: 'offline_pages',
      text: expect.stringContaining('moves within the range') }]);
  });

  it('stays online while a page is being filled, from v5.2 on', () => {
    const rows: readonly Row[] = [
      pool(8), offline(SECOND), pool(8),
      { event: 'hold', task: 'lab', args: 'task=database at=folio_set_hugetlb_migratable' },
      use(1), offline(FIRST),
      { event: 'unhold', args: 'task=database' },
    ];
    expect(run(rows).offlines).toEqual([0, -EBUSY]);
    // Before, the page was passed over, and the test failed until it could be moved.
    for (const version of ['v5.1', 'v4.18']) {
      expect(run([overcommit(1), ...rows], version).offlines, version).toEqual([0, 0]);
    }
  });

  /*
   *     node 0: block FIRST, ZONE_MOVABLE      pages of the pool in it: one in use, seven free
   *             boot memory                    free, none of the pool
   *
   * Expect: from v6.14 on (7.3) nobody gets the free ones, which lie in the range: the page moves to a
   * fresh one, and the block goes offline. Up to v7.1 that page says no more that it can be moved.
   */
  it.each([['v6.13', -EBUSY, true], ['v6.14', 0, false], ['v7.1', 0, false], ['v7.2', 0, true]] as
    const)('lets nobody have free huge pages in it, from v6.14 on: %s', (version, ret, movable) => {
    const { k, offlines } = oneNode(1, version);
    expect(offlines).toEqual([ret]);
    expect(inUse(k).map(({ pfn }) => pfn < FIRST)).toEqual([ret === 0]);
    expect(k.state.hugetlb.hugepage_activelist[0]?.migratable).toBe(movable);
  });

  it('goes round its loop for ever where a page cannot be moved, on v4.15', () => {
    const rows = [pool(8), offline(SECOND), pool(8), use(1), offline(FIRST)];
    expect(run(rows, 'v5.3').offlines).toEqual([0, 0]);
    const { k, offlines } = run(rows, 'v4.15');
    expect(offlines).toEqual([0]);
    const huge = inUse(k)[0]?.pfn.toString(16);
    expect(k.state.faults).toMatchObject([{ kind: 'hang', fn: 'offline_pages',
      text: expect.stringContaining(`page 0x${huge} cannot be moved`) }]);
  });
});

describe('alloc_contig_range()', () => {
  const contig: Row = {
    event: 'alloc_contig_pages', task: 'contig', pfn: FIRST, nr_pages: BLOCK,
  };

  it('replaces free huge pages and moves those in use, from v5.13 on', () => {
    for (const rows of [[pool(8), contig], [pool(4), use(4), contig]]) {
      const { k, results } = run(rows);
      expect(results.at(-1)).toBe(0);
      expect(k.state.hugetlb.nr_huge_pages).toBe(rows.length === 2 ? 8 : 4);
      expect([...k.state.hugetlb.by_pfn.keys()].every((pfn) => pfn >= SECOND)).toBe(true);
      expect(run(rows, 'v5.10').results.at(-1)).toBe(-EBUSY);
    }
  });

  /*
   *     pool of node 1: A (free), B     alloc_and_dissolve(A) asks for a fresh page
   *                                     meanwhile somebody takes A and fills it
   *
   * Expect: A is isolated, to be moved by the caller; the fresh page goes, the pool has two. One
   * that cannot be isolated is refused.
   */
  it.each([[true, 0], [false, -EBUSY]])(
    'a free page that is taken meanwhile: migratable %s gives %i', (migratable, expected) => {
      const { k } = run([pool(2)]);
      const [old] = (k.state.hugetlb.hugepage_freelists[1] ?? []).slice(-1);
      if (old === undefined) throw new Error('no free huge page');
      const steps = k.alloc_and_dissolve_hugetlb_folio(old, 0);
      expect(steps.next().done).toBe(false);
      expect(k.dequeue_hugetlb_folio_node_exact(1)).toBe(old);
      k.folio_set_hugetlb_migratable(old, migratable);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      expect([step.value, old.isolated]).toEqual([expected, migratable]);
      expect(k.state.hugetlb.nr_huge_pages).toBe(2);
      expect(k.state.hugetlb.hugepage_activelist).toEqual([old]);
    });

  it('fails where a page moves to a free one that lies in the range too, up to v6.13', () => {
    const rows = [pool(8), use(2), contig];
    expect(run(rows).results.at(-1)).toBe(-EBUSY);
    expect(run(rows, 'v6.14').results.at(-1)).toBe(0);
  });

  /*
   *     node 1: one block, all of it huge pages in use      node 0: free
   *
   * Expect: up to v6.9 they move to fresh ones of node 0; then the pool of a node stays its own.
   */
  it.each([['v6.9', 0, [0, 0]], ['v6.10', -EBUSY, [1, 1]]] as const)(
    'moves a page to another node up to v6.9: %s', (version, ret, nids) => {
      const { k, results } = run(
        [offline(SECOND), pool(64), use(64), contig], version);
      expect(results.at(-1)).toBe(ret);
      expect(inUse(k).slice(0, 2).map(({ nid }) => nid)).toEqual(nids);
    });
});
