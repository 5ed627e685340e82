/** What becomes of huge pages when their memory goes offline, or is to be one range. */
import { describe, expect, it } from 'vitest';
import { EBUSY } from '../../src/linux/include/errno.js';
import { replay } from '../../src/replay/replay.js';
import { traceOf } from '../replay/rig.js';
import {
  BLOCK, FIRST, SECOND, pool, offline, use, reserve, overcommit, run, inUse, type Row, type Run,
} from './hugetlb_rig.js';

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
   * Expect: from v6.14 on (7.3) nobody gets the free ones, which lie in the range: the page moves
   * to a fresh one, and the block goes offline. Up to v7.1 that one can be moved no more.
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

  // The CPU is of node 0, the page of node 1, which has room.
  it.each([['v5.8', 0], ['v5.9', 1]] as const)(
    'moves other pages near its caller up to v5.8, then near them: %s', (version, nid) => {
      const page: Row = { event: 'mm_page_alloc', cpu: 0, pfn: FIRST, order: 0, migratetype: 1 };
      const { k, results } = run([page, contig], version);
      expect(results.at(-1)).toBe(0);
      expect(k.state.pages_moved_to[nid]).toBe(1);
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
