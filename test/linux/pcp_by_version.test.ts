/** What kernels from v6.7 to v7.3 do otherwise with their per-cpu lists and with other types. */
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/assert.js';
import {
  MIGRATE_ISOLATE, MIGRATE_MOVABLE, MIGRATE_UNMOVABLE,
} from '../../src/linux/include/migratetype.js';
import { commitAtOnce } from '../../src/linux/mm/page_alloc/pcp_order.js';
import { Pages } from '../../src/linux/mm/pages/pages.js';
import { kernelByHand, populate } from './by_hand.js';
import { drive } from './hotplug_machine.js';

const BATCH = 7;

/** The list of CPU 0, which is on node 0, for a zone of node `nid`. */
function list(version: string, limits: { high_min: number; high_max: number }, nid = 0) {
  const k = kernelByHand({ version, nodes: 2, online: [0, 1] });
  const zone = populate(k, nid, 'Normal', 262144);
  Object.assign(zone.pcp, { high: limits.high_min, batch: BATCH, ...limits });
  const pages = new Pages(k);
  k.state.pages = pages;
  const zp = pages.zonePages(zone);
  const pcp = at(zp.pcp, 0);
  const given: { readonly pfn: number; readonly order: number }[] = [];
  pages.drained = (slot, order) => given.push({ pfn: pages.arena.pfnOf(slot), order });
  let next = 0;
  /** Frees a block, none next to another; blocks that were given back for it. */
  const free = (order: number): typeof given => {
    const slot = pages.slot(next);
    next += 16;
    pages.prepareFree(zp, slot, order);
    commitAtOnce(k, pages, zp, slot, order, MIGRATE_MOVABLE, 0);
    return given.splice(0);
  };
  /** Blocks that are on the list without having been freed. */
  const put = (count: number, order: number): void => {
    for (let block = 0; block < count; block += 1, next += 16) {
      pages.putOnPcp(zp, pcp, pages.slot(next), order, MIGRATE_MOVABLE);
    }
  };
  return { k, zone, zp, pages, pcp, given, free, put };
}

describe('blocks of order 1 that are freed in a row', () => {
  // Expect: the list is emptied once a batch was freed before, or a batch and half of high_min.
  it.each([['v6.7', 4], ['v6.12.112', 4], ['v6.15', 4], ['v6.16', 29], ['v7.3', 29]])(
    'empty the list: %s', (version, before) => {
      const { free } = list(version, { high_min: 100, high_max: 1000 });
      const flushes = Array.from({ length: before + 1 }, () => free(1).length);
      expect(flushes).toEqual([...new Array<number>(before).fill(0), before + 1]);
    });
});

describe('a list that is too full', () => {
  // Expect: 21 pages are one single page and five blocks of four; three batches of seven pages
  // are one and two blocks, and twice two.
  it.each([['v6.12', 6], ['v6.18', 6], ['v6.19', 7], ['v7.3', 7]])(
    'gives back so many blocks: %s', (version, blocks) => {
      const { pcp, put, free } = list(version, { high_min: 49, high_max: 49 });
      put(12, 2);
      pcp.free_count = 20;
      expect(free(0).length).toBe(blocks);
    });

  it('stays its task\'s only without a batch in between: v7.3', () => {
    const { k, zp, pages, pcp, put } = list('v7.3', { high_min: 49, high_max: 49 });
    put(12, 2);
    pcp.free_count = 20;
    const slot = pages.slot(4096);
    pages.arena.zone.fill(zp.number);
    pages.prepareFree(zp, slot, 0);
    pages.lockPcp(zp.zone, 0, true);
    const steps = k.free_unref_page_commit(4096, 0, MIGRATE_MOVABLE, 0);
    expect(steps.next().value).toBe('pcp_count');
    expect(steps.next().value).toBe('pcp_spin_trylock');
    expect(pcp.locked).toBe(false);
    // Somebody else has the lists when it wants them again: the rest stays.
    pages.lockPcp(zp.zone, 0, true);
    expect(steps.next()).toEqual({ done: true, value: false });
    expect(pcp.count).toBe(40);
  });
});

describe('vmstat', () => {
  // Expect: 20 pages too many are five blocks of four, or seven, seven and six pages two each.
  it.each([
    ['v6.7', 5], ['v6.12.29', 5], ['v6.12.67', 6], ['v6.18', 5], ['v6.18.7', 6], ['v7.3', 6],
  ])(
    'lets a list sink: %s', (version, blocks) => {
      const { k, pcp, put, given } = list(version, { high_min: 12, high_max: 100 });
      put(8, 2);
      pcp.high = 12;
      expect(k.refresh_cpu_vm_stats(0, true)).toBe(true);
      expect(given.length).toBe(blocks);
      // And high by an eighth, when it is above its minimum.
      given.length = 0;
      pcp.high = 80;
      expect(k.refresh_cpu_vm_stats(0, true)).toBe(true);
      expect([pcp.high, given.length]).toEqual([70, 0]);
    });

  it.each(['v5.15', 'v6.1', 'v6.6', 'v7.3'])(
    'empties a list of another node that nobody used, by a batch: %s', (version) => {
      const { k, pcp, put, given } = list(version, { high_min: 100, high_max: 100 }, 1);
      put(20, 0);
      pcp.high = 100;
      pcp.expire = 2;
      expect(k.refresh_cpu_vm_stats(0, true)).toBe(true);
      expect([pcp.expire, given.length]).toEqual([1, 0]);
      expect(k.refresh_cpu_vm_stats(0, true)).toBe(true);
      expect([pcp.expire, given.length]).toEqual([0, BATCH]);
    });

  it('leaves the lists of its own node, and of a round without pagesets', () => {
    const { k, pcp, put, given } = list('v6.6', { high_min: 100, high_max: 100 });
    put(20, 0);
    pcp.expire = 1;
    expect(k.refresh_cpu_vm_stats(0, false)).toBe(false);
    expect(pcp.expire).toBe(1);
    expect(k.refresh_cpu_vm_stats(0, true)).toBe(false);
    expect([pcp.expire, given.length]).toEqual([0, 0]);
  });
});

describe('a movable page when only unmovable blocks are free', () => {
  const [LARGE, SMALL] = [512 + 64, 1024 + 64];

  /**
   * Where it comes from, and whose the rest of that block is.
   *
   *     pageblock 1: order 5 free, rest in use     pageblock 2: order 2 free, rest in use
   */
  function taken(version: string): readonly [number, number | undefined] {
    const { k, zone, zp, pages } = list(version, { high_min: 100, high_max: 100 });
    const [large, small] = [pages.slot(LARGE), pages.slot(SMALL)];
    pages.arena.blockType.fill(MIGRATE_UNMOVABLE);
    for (const [slot, order] of [[large, 5], [small, 2]] as const) {
      pages.lists.put(zp, slot, order, MIGRATE_UNMOVABLE, false);
      pages.lists.account(zp, 1 << order, MIGRATE_UNMOVABLE);
    }
    const slot = k.__rmqueue(zone, 0, MIGRATE_MOVABLE, { mode: 'normal' });
    return [pages.arena.pfnOf(slot), pages.arena.type[slot + 1]];
  }

  // Expect: of the largest block, with all that is free around it; of the largest alone; of the
  // smallest, for the largest is worth a pageblock that is half free.
  it.each([
    ['v6.1', LARGE, MIGRATE_MOVABLE], ['v6.9', LARGE, MIGRATE_MOVABLE],
    ['v6.10', LARGE, MIGRATE_UNMOVABLE], ['v6.12', LARGE, MIGRATE_UNMOVABLE],
    ['v6.12.112', SMALL, MIGRATE_UNMOVABLE], ['v6.14', LARGE, MIGRATE_UNMOVABLE],
    ['v6.15', SMALL, MIGRATE_UNMOVABLE], ['v7.3', SMALL, MIGRATE_UNMOVABLE],
  ])('%s', (version, pfn, rest) => {
    expect(taken(version)).toEqual([pfn, rest]);
  });
});

describe('a drain of one zone', () => {
  /** Pages on CPU 0's lists of the drained zone, and of another one. */
  function left(version: string): readonly number[] {
    const { k, zone, pages, put } = list(version, { high_min: 100, high_max: 100 });
    const other = populate(k, 0, 'DMA32', 262144);
    put(5, 0);
    const zp = pages.zonePages(other);
    pages.putOnPcp(zp, at(zp.pcp, 0), pages.slot(8192), 0, MIGRATE_MOVABLE);
    drive(k.drain_all_pages(zone));
    return [zone, other].map((one) => pages.pcpCount(one, 0));
  }

  // Expect: the worker emptied all lists of its CPU; now it knows the zone, or there is none.
  it.each([['v4.19', [0, 0]], ['v5.0', [0, 1]], ['v5.19', [0, 1]], ['v7.3', [0, 1]]])(
    'leaves on the lists of CPU 0: %s', (version, pages) => {
      expect(left(version)).toEqual(pages);
    });
});

/**
 *     pageblock 1, unmovable: |8 free|in use|8 free| ...     pageblock 2, movable: |8 free| ...
 *
 * Expect: what comes last to the list is its first; or what was there before stays so.
 */
describe('free pages of a pageblock that becomes a movable one', () => {
  it.each([['v5.9', 528], ['v5.10', 1024], ['v6.12', 1024], ['v7.3', 1024]])(
    'leave first on the list: %s, page %i', (version, first) => {
      const { k, zone, zp, pages } = list(version, { high_min: 100, high_max: 100 });
      for (const [pfn, type] of [
        [512, MIGRATE_UNMOVABLE], [528, MIGRATE_UNMOVABLE], [1024, MIGRATE_MOVABLE],
      ] as const) {
        pages.lists.put(zp, pages.slot(pfn), 3, type, false);
        pages.lists.account(zp, 8, type);
      }
      expect(k.move_freepages_block(zone, pages.slot(512), MIGRATE_MOVABLE)).toBe(16);
      expect(pages.arena.pfnOf(pages.lists.first(zp, 3, MIGRATE_MOVABLE))).toBe(first);
    });
});

/** A block of two pageblocks in use, of which the second is isolated, is freed. */
describe('a block of two pageblocks that are of different types', () => {
  // Expect: all of it is of the first one's type; from v6.12 on each pageblock of its own.
  it.each([['v6.9', 10], ['v6.10', 10], ['v6.11', 10], ['v6.12', 9], ['v7.3', 9]])(
    'is freed as blocks of an order: %s, %i', (version, order) => {
      const { k, zp, pages } = list(version, { high_min: 100, high_max: 100 });
      const slot = pages.slot(1024);
      pages.arena.zone.fill(zp.number);
      pages.arena.blockType.fill(MIGRATE_MOVABLE);
      pages.arena.blockType[(slot >>> 9) + 1] = MIGRATE_ISOLATE;
      pages.prepareFree(zp, slot, 10);
      k.free_one_page(1024, 10);
      expect(pages.freeOrder(1024)).toBe(order);
      expect(zp.zone.nr_isolated_pages).toBe(order === 9 ? 512 : 0);
    });
});
