import { describe, expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { MIGRATE_ISOLATE, MIGRATE_MOVABLE } from '../../src/linux/include/migratetype.js';
import {
  MAX_PAGE_ORDER, ZONE_MOVABLE, ZONE_NORMAL, pageblock_order, type Zone,
} from '../../src/linux/include/mmzone.js';
import { ALLOCATED, FREE, NOTHING, ON_PCP } from '../../src/linux/mm/pages/arena.js';
import { Pages } from '../../src/linux/mm/pages/pages.js';
import { NR_FREE_LISTS, NR_PCP_LISTS } from '../../src/linux/mm/pages/zone_pages.js';
import { SECTION, bootKernel, drive } from './hotplug_machine.js';

const FIRST = 48 * SECTION;

/** A kernel with one hot-added block online, with or without page-level state. */
function online(version: string, word: 'online_movable' | 'online_kernel', pages: boolean): Kernel {
  const k = bootKernel(version, []);
  if (pages) k.state.pages = new Pages(k);
  drive(k.add_memory_resource(1, FIRST, SECTION, 0));
  const block = at([...k.state.memory_blocks.values()].filter((one) => one.id === 48), 0);
  expect(drive(k.memory_subsys_online(block, word))).toBe(0);
  return k;
}

/** What start_isolate_page_range() answered: 0 for success, which is a count in some versions. */
function isolated(k: Kernel, answer: number | string): number | string {
  if (typeof answer === 'string' || answer < 0) return answer;
  expect(answer).toBe(k.config.isolate_counts ? 64 : 0);
  return 0;
}

function zoneOf(k: Kernel, index: number): Zone {
  return at(at(k.state.nodes, 1).node_zones, index);
}

describe.each(['v5.8', 'v6.1', 'v6.12'])('isolation on %s', (version) => {
  describe.each([false, true])('with page-level state: %s', (pages) => {
    test('moves free pages out of NR_FREE_PAGES and back', () => {
      const k = online(version, 'online_movable', pages);
      const zone = zoneOf(k, ZONE_MOVABLE);
      expect([zone.nr_free_pages, zone.nr_isolated_pages]).toEqual([SECTION, 0]);
      expect(isolated(k, drive(k.start_isolate_page_range(FIRST, FIRST + SECTION, 'Movable'))))
        .toBe(0);
      expect([zone.nr_free_pages, zone.nr_isolated_pages]).toEqual([0, SECTION]);
      expect(zone.nr_isolate_pageblock).toBe(64);
      expect(k.test_pages_isolated(FIRST, FIRST + SECTION)).toBe(0);
      expect(drive(k.start_isolate_page_range(FIRST, FIRST + SECTION, 'Movable'))).toBe(-16);
      k.undo_isolate_page_range(FIRST, FIRST + SECTION, 'Movable');
      expect([zone.nr_free_pages, zone.nr_isolated_pages]).toEqual([SECTION, 0]);
      expect(zone.nr_isolate_pageblock).toBe(0);
      expect(k.test_pages_isolated(FIRST, FIRST + SECTION)).toBe(-16);
    });

    test('is refused and undone for an unmovable page, in kernel zones only', () => {
      for (const [word, index, expected] of [
        ['online_kernel', ZONE_NORMAL, -16], ['online_movable', ZONE_MOVABLE, 0],
      ] as const) {
        const k = online(version, word, pages);
        k.state.unmovable.add(FIRST + 1024);
        expect(isolated(k, drive(k.start_isolate_page_range(FIRST, FIRST + SECTION, 'Movable'))))
          .toBe(expected);
        expect(zoneOf(k, index).nr_isolate_pageblock).toBe(expected === 0 ? 64 : 0);
      }
    });
  });

  test('a block that goes online is 32 free blocks of the largest order', () => {
    const k = online(version, 'online_movable', true);
    const { pages } = k.state;
    for (let pfn = FIRST; pfn < FIRST + SECTION; pfn += 1024) {
      expect(pages?.freeOrder(pfn)).toBe(MAX_PAGE_ORDER);
    }
  });
});

/**
 *     |= a huge page in use, larger than a free block =|   all of a block that is to be isolated
 *
 * Expect: before it counted as movable the block is refused, or nobody finds it in ZONE_MOVABLE.
 */
test.each([
  ['v4.18', 'online_kernel', 0, FIRST], ['v4.19', 'online_kernel', -16, -2],
  ['v4.19', 'online_movable', -16, -2], ['v5.0', 'online_kernel', -16, -2],
  ['v5.0', 'online_movable', 0, -2], ['v5.1', 'online_kernel', 0, FIRST],
  ['v7.3', 'online_kernel', 0, FIRST],
] as const)('a gigantic page on %s, %s: isolated %i, found at %i', (version, word, ret, found) => {
  const k = online(version, word, true);
  expect(k.alloc_gigantic_folio(FIRST, SECTION, true, true)).toBe(0);
  expect(isolated(k, drive(k.start_isolate_page_range(FIRST, FIRST + SECTION, 'Movable'))))
    .toBe(ret);
  expect(k.scan_movable_pages(FIRST, FIRST + SECTION)).toBe(found);
});

/**
 *     |== ZONE_MOVABLE ==|   a huge page of 1 GiB is asked for there
 *
 * Expect: none, but one of the boot; from v7.0 also with movable_gigantic_pages.
 */
test.each([['v6.18', -12], ['v7.3', 0]] as const)('a movable gigantic page on %s: %i',
  (version, ret) => {
    const k = online(version, 'online_movable', true);
    expect(k.alloc_gigantic_folio(FIRST, SECTION, false)).toBe(-12);
    k.write_parameter('/proc/sys/vm/movable_gigantic_pages', '1');
    expect(k.alloc_gigantic_folio(FIRST, SECTION, false)).toBe(ret);
  });

/** It reaches over the range's begin. Expect: it cannot be moved there; v6.12 passes it over. */
test.each([
  ['v6.9', -16], ['v6.10', -16], ['v6.11', -16], ['v6.12', 0], ['v7.3', 0],
] as const)('a gigantic page that reaches into the range on %s: %i', (version, ret) => {
  const k = online(version, 'online_movable', true);
  expect(k.alloc_gigantic_folio(FIRST, SECTION, true, true)).toBe(0);
  const half = FIRST + SECTION / 2;
  expect(drive(k.start_isolate_page_range(half, FIRST + SECTION, 'Movable'))).toBe(ret);
});

test('pageblocks are isolated in order, from v5.19 on the ends first', () => {
  for (const [version, expected] of [['v5.17', [0, 512]], ['v6.1', [0, 63 * 512]]] as const) {
    const k = online(version, 'online_movable', false);
    const seen: number[] = [];
    const steps = k.start_isolate_page_range(FIRST, FIRST + SECTION, 'Movable');
    for (let i = 0; i < 3; i += 1) {
      steps.next();
      for (let pfn = FIRST; pfn < FIRST + SECTION; pfn += 512) {
        const isolated = k.get_pageblock_migratetype(pfn) === MIGRATE_ISOLATE;
        if (isolated && !seen.includes(pfn - FIRST)) seen.push(pfn - FIRST);
      }
    }
    expect(seen, version).toEqual(expected);
  }
});

/** Pages on the lists of the zone, counted by walking them; every block must fit its list. */
function walk(k: Kernel, zone: Zone): { free: number; isolated: number; pcp: number } {
  const pages = k.state.pages as Pages;
  const { arena } = pages;
  const zp = pages.zonePages(zone);
  const found = { free: 0, isolated: 0, pcp: 0 };
  for (let list = 0; list < NR_FREE_LISTS; list += 1) {
    const head = zp.heads + list;
    for (let frame = at(arena.next, head); frame !== head; frame = at(arena.next, frame)) {
      expect(at(arena.state, frame)).toBe(FREE);
      expect(at(arena.order, frame)).toBe(Math.floor(list / 6));
      expect(frame % 2 ** at(arena.order, frame)).toBe(0);
      const isolated = at(arena.type, frame) === MIGRATE_ISOLATE;
      found[isolated ? 'isolated' : 'free'] += 2 ** at(arena.order, frame);
    }
  }
  for (const pcp of zp.pcp) {
    for (let head = pcp.heads; head < pcp.heads + NR_PCP_LISTS; head += 1) {
      for (let frame = at(arena.next, head); frame !== head; frame = at(arena.next, frame)) {
        expect(at(arena.state, frame)).toBe(ON_PCP);
        found.pcp += 2 ** at(arena.order, frame);
      }
    }
  }
  return found;
}

describe.each(['v5.8', 'v6.1', 'v6.12'])('allocating and freeing on %s', (version) => {
  test('keeps lists, counters and managed pages in agreement', () => {
    const k = online(version, 'online_movable', true);
    const pages = k.state.pages as Pages;
    const zone = zoneOf(k, ZONE_MOVABLE);
    const zp = pages.zonePages(zone);
    const held: { pfn: number; order: number }[] = [];
    let random = 7;
    for (let step = 0; step < 6000; step += 1) {
      random = (random * 48271) % 2147483647;
      const order = pages.pcpOrder(random % 4) ? random % 4 : 0;
      const cpu = random % 3;
      if (random % 5 < 3 || held.length === 0) {
        const pfn = Number(
          drive(k.rmqueue(zone.nid, zone.index, order, MIGRATE_MOVABLE, cpu)));
        if (pfn >= 0) held.push({ pfn, order });
      } else {
        const [one] = held.splice(random % held.length, 1);
        if (one === undefined) continue;
        expect(at(pages.arena.state, pages.slot(one.pfn))).toBe(ALLOCATED);
        drive(k.free_unref_page(one.pfn, one.order, cpu));
      }
      expect(zp.imbalance()).toBe(0);
    }
    expect(walk(k, zone)).toEqual({
      free: zone.nr_free_pages, isolated: 0, pcp: zp.nr_pcp,
    });
    for (const { pfn, order } of held) drive(k.free_unref_page(pfn, order, 0));
    drive(k.drain_all_pages(zone));
    expect(walk(k, zone)).toEqual({ free: SECTION, isolated: 0, pcp: 0 });
    expect(pages.freeOrder(FIRST)).toBe(MAX_PAGE_ORDER);
    expect(at(pages.arena.state, pages.slot(FIRST + 1))).toBe(NOTHING);
  });

  test('takes a block offline with pages in use, by moving them', () => {
    const k = online(version, 'online_movable', true);
    const zone = zoneOf(k, ZONE_MOVABLE);
    for (let i = 0; i < 700; i += 1) {
      drive(k.rmqueue(zone.nid, zone.index, 0, MIGRATE_MOVABLE, i % 4));
    }
    const block = at([...k.state.memory_blocks.values()].filter((one) => one.id === 48), 0);
    expect(drive(k.memory_subsys_offline(block))).toBe(0);
    expect(zone.managed_pages).toBe(0);
    expect([zone.nr_free_pages, zone.nr_isolated_pages]).toEqual([0, 0]);
    expect(k.state.faults).toEqual([]);
  });
});

// Expect: what nobody can allocate any more is reserved, or (from v5.6 on) not to be trusted.
test.each([
  ['v5.0', { kind: 'init', reserved: true }], ['v5.4', { kind: 'init', reserved: true }],
  ['v5.5', { kind: 'init', reserved: true }], ['v5.6', { kind: 'stale' }],
  ['v7.3', { kind: 'stale' }],
])('struct pages of a block that went offline on %s: %o', (version, content) => {
  const k = online(version, 'online_movable', true);
  const block = at([...k.state.memory_blocks.values()].filter((one) => one.id === 48), 0);
  expect(k.state.memmap.get(FIRST)).toMatchObject({ kind: 'init', reserved: false });
  expect(drive(k.memory_subsys_offline(block))).toBe(0);
  for (const pfn of [FIRST, FIRST + SECTION - 1]) {
    expect(k.state.memmap.get(pfn)).toMatchObject(content);
  }
  expect(drive(k.memory_subsys_online(block, 'online_movable'))).toBe(0);
  expect(k.state.memmap.get(FIRST)).toMatchObject({ kind: 'init', reserved: false });
});

test('while per-cpu lists are switched off a freed page passes them', () => {
  for (const version of ['v6.1', 'v6.12']) {
    const k = online(version, 'online_movable', true);
    const pages = k.state.pages as Pages;
    const zone = zoneOf(k, ZONE_MOVABLE);
    const pfn = Number(drive(k.rmqueue(zone.nid, zone.index, 0, MIGRATE_MOVABLE, 2)));
    drive(k.zone_pcp_disable(zone));
    expect(pages.zonePages(zone).nr_pcp).toBe(0);
    drive(k.free_unref_page(pfn, 0, 2));
    expect(pages.pcpCount(zone, 2)).toBe(0);
    k.zone_pcp_enable(zone);
    expect(zone.pcp.high).toBeGreaterThan(0);
  }
});

/**
 * Blocks of the largest order, and of them half a block, are isolated; then they are not any more.
 *
 * Expect: up to v5.9 they are the next that the allocator gives away, later they are the last.
 */
test.each([['v5.0', true], ['v5.9', true], ['v5.10', false], ['v6.1', false], ['v7.3', false]])(
  'what comes back from isolation is given away first: %s %s', (version, first) => {
    for (const nr_pages of [1024, 512]) {
      const k = online(version, 'online_movable', true);
      const { nid, index } = zoneOf(k, ZONE_MOVABLE);
      const start = FIRST + 8 * 1024;
      drive(k.start_isolate_page_range(start, start + nr_pages, 'Movable'));
      k.undo_isolate_page_range(start, start + nr_pages, 'Movable');
      expect(k.state.pages?.freeOrder(start)).toBe(MAX_PAGE_ORDER);
      const pfn = Number(drive(k.rmqueue(nid, index, MAX_PAGE_ORDER, MIGRATE_MOVABLE, 0)));
      expect([nr_pages, pfn === start]).toEqual([nr_pages, first]);
    }
  });

/**
 * A list of two pages is freed, of two pageblocks, of which the second one is isolated.
 *
 *     before | up to v5.13 it goes to the buddy allocator in its turn, up to v6.9 first of all
 *     late   | behind the reading of types up to v6.9: it goes to a list of the CPU, or not
 */
describe('a page of an isolated pageblock in a list that is freed', () => {
  const rows = [
    ['v5.13', false, true], ['v5.14', true, true], ['v6.9', true, true],
    ['v6.10', false, false], ['v7.3', false, false],
  ] as const;

  function begun(version: string, isolatedLate: boolean) {
    const k = online(version, 'online_movable', true);
    const pages = k.state.pages as Pages;
    const [one, other] = [FIRST, FIRST + 1024];
    const zp = pages.zonePages(zoneOf(k, ZONE_MOVABLE));
    for (const slot of [one, other].map((pfn) => pages.slot(pfn))) {
      pages.lists.carve(zp, pages.lists.blockOf(slot), slot, 0);
      pages.setAllocated(zp, slot, 0, MIGRATE_MOVABLE);
    }
    const isolate = (): void => k.move_freepages_block_isolate(other, 'Isolate');
    if (!isolatedLate) isolate();
    const steps = k.free_unref_page_list([one, other], 0);
    expect(steps.next().value).toBe('free_unref_page_commit');
    return { pages, other, isolate, rest: () => drive(steps) };
  }

  test.each(rows)('%s: free before the other is committed: %s', (version, first) => {
    const { pages, other, rest } = begun(version, false);
    expect(pages.freeOrder(other) >= 0).toBe(first);
    rest();
    expect(pages.freeOrder(other)).toBe(pageblock_order);
  });

  test.each(rows)('%s, isolated meanwhile', (version, _first, onPcp) => {
    const { pages, other, isolate, rest } = begun(version, true);
    isolate();
    rest();
    expect(at(pages.arena.state, pages.slot(other)) === ON_PCP).toBe(onPcp);
  });
});
