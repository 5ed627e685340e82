/** The invariants P*: each holds while blocks come and go, and is seen when it is broken. */
import { describe, expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import { offlineRow, raceSetup } from '../../src/explore/race.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../../src/linux/include/migratetype.js';
import { ZONE_MOVABLE, type NotifierArg, type Zone } from '../../src/linux/include/mmzone.js';
import type { Pages } from '../../src/linux/mm/pages/pages.js';
import type { ZonePages } from '../../src/linux/mm/pages/zone_pages.js';
import { freeBlocks, pcpBlocks } from '../../src/observe/free_blocks.js';
import { loadInvariants, type Check, type Invariant } from '../../src/observe/invariant.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { traceOf } from '../../src/trace/build.js';

const all = (await loadInvariants()).filter((one) => one.id.startsWith('P'));

interface Seen {
  readonly k: Kernel;
  readonly check: Check;
  readonly pages: Pages;
  readonly zone: Zone;
  readonly zp: ZonePages;
}

/** A block has gone offline, CPU 1 has pages of others on its lists. */
function seen(invariant: Invariant, version: string): Seen {
  const rows = [
    ...raceSetup(2, () => undefined), offlineRow(3e9),
    ...Array.from({ length: 5 }, (_none, index) => ({
      time_ns: 4e9, cpu: 1, task: 'late', event: 'mm_page_free' as const,
      pfn: 0x248000 + 63 + index, order: 0,
    })),
  ];
  const trace = traceOf(rows, { kernel: `${version.slice(1)}.0`, cpus: 2 });
  let check: Check | undefined;
  const k = replay(trace, {
    version, series: [], pageLevel: PageLevel.always(trace, []),
    observers: [{
      functions: new Set(invariant.functions ?? []),
      composed: (kernel) => {
        check = invariant.begin(kernel);
      },
      enter: (fn, args) => check?.entered?.(fn, args),
      leave: (fn, result) => check?.left?.(fn, result),
    }],
  });
  const pages = at([k.state.pages], 0) as Pages;
  const zone = at(at(k.state.nodes, 0).node_zones, ZONE_MOVABLE);
  return { k, check: at([check], 0) as Check, pages, zone, zp: pages.zonePages(zone) };
}

/** A page on the list of CPU 1. */
function listedSlot({ k, zp }: Seen): number {
  return at([...pcpBlocks(k, at(zp.pcp, 1))], 0);
}

function isolate({ pages, zone }: Seen, slot: number): void {
  pages.arena.blockType[slot >>> 9] = MIGRATE_ISOLATE;
  zone.nr_isolate_pageblock += 1;
}

const arg: NotifierArg = {
  start_pfn: 0x248000, nr_pages: 32768, status_change_nid: -1, status_change_nid_normal: -1,
};

const breaks: Readonly<Record<string, (all: Seen) => void>> = {
  P1: ({ zp }) => { zp.nr_pcp += 1; },
  P2: ({ zp }) => { at(zp.pcp, 1).count -= 1; },
  P3: ({ zone }) => { zone.nr_free_pages += 512; },
  P4: (state) => {
    const { slot } = at([...freeBlocks(state.k, state.zp)], 0);
    isolate(state, slot);
  },
  P5: ({ zone }) => { zone.nr_isolate_pageblock += 1; },
  P6: (state) => {
    const slot = listedSlot(state);
    isolate(state, slot);
    const pfn = state.pages.arena.pfnOf(slot);
    state.check.entered?.('test_pages_isolated', [pfn, pfn + 1]);
  },
  P7: ({ zone }) => { Object.assign(zone.pcp, { high: 0, batch: 1 }); },
  P8: ({ k }) => { k.state.faults.push({ kind: 'hang', fn: 'offline_pages', text: 'again' }); },
  P9: ({ zone, check }) => {
    check.entered?.('__zone_set_pageset_high_and_batch', [zone, 0, 0, 1]);
  },
  P10: (state) => {
    const pfn = state.pages.arena.pfnOf(listedSlot(state));
    state.check.entered?.('__offline_isolated_pages', [pfn, pfn + 1]);
  },
  P11: ({ check, zone }) => {
    check.entered?.('offline_pages', [0x248000, 32768, zone]);
    check.entered?.('memory_notify', ['MEM_GOING_OFFLINE', arg]);
    check.left?.('offline_pages', -16);
  },
  P12: ({ check }) => { check.left?.('offline_pages', -5); },
  P13: ({ k }) => { k.state.lru_disable_count += 1; },
};

describe('every invariant of the page allocator', () => {
  test('has a state that breaks it', () => {
    expect(all.map((one) => one.id).sort()).toEqual(Object.keys(breaks).sort());
  });

  const cases = all.flatMap(
    (one) => ['v5.8', 'v6.12'].map((version) => [one.id, version, one] as const));
  test.each(cases)(
    '%s holds on %s, and is seen when it is broken', (id, version, invariant) => {
      const state = seen(invariant, version);
      expect([...state.check.violations()]).toEqual([]);
      breaks[id]?.(state);
      const found = [...state.check.violations()];
      expect(found.length).toBeGreaterThan(0);
      for (const text of found) expect(text).toMatch(/^[\x20-\x7e]+$/);
    });
});

const byId = (id: string): Invariant => at(all.filter((one) => one.id === id), 0);

test('P7 waits for the drain that empties the lists', () => {
  const state = seen(byId('P7'), 'v6.12');
  breaks['P7']?.(state);
  state.k.state.locks.pcpu_drain_mutex.held = true;
  expect([...state.check.violations()]).toEqual([]);
});

test('P9 wants the sizes back that the zone remembers', () => {
  const { check, zone } = seen(byId('P9'), 'v6.12');
  const { pageset_high_min, pageset_high_max, pageset_batch } = zone;
  check.entered?.('__zone_set_pageset_high_and_batch',
    [zone, pageset_high_min, pageset_high_max, pageset_batch]);
  expect([...check.violations()]).toEqual([]);
  check.entered?.('__zone_set_pageset_high_and_batch', [zone, 7, 7, 1]);
  expect([...check.violations()].length).toBe(1);
});

test('P11 finds pageblocks that stay isolated, and a cancelled announcement that was none', () => {
  const { k, check, zone } = seen(byId('P11'), 'v6.12');
  check.entered?.('offline_pages', [0x248000, 32768, zone]);
  k.state.pageblocks.set(0x248200, 0x248400, MIGRATE_ISOLATE);
  check.entered?.('memory_notify', ['MEM_CANCEL_OFFLINE', arg]);
  check.left?.('offline_pages', -16);
  expect([...check.violations()].length).toBe(2);
});

/**
 * `offliner` begins, `contig` isolates the pageblock at 0x248200, `offliner` fails because of it.
 *
 * Expect: what `contig` isolated is not what `offliner` leaves behind.
 */
test('P11 leaves alone what another task isolated', () => {
  const { k, check, zone } = seen(byId('P11'), 'v6.12');
  k.state.current = 'offliner';
  check.entered?.('offline_pages', [0x248000, 32768, zone]);
  k.state.current = 'contig';
  check.entered?.('set_migratetype_isolate', [0x248200, 0x248200, 0x248400]);
  k.state.pageblocks.set(0x248200, 0x248400, MIGRATE_ISOLATE);
  k.state.current = 'offliner';
  check.entered?.('memory_notify', ['MEM_GOING_OFFLINE', arg]);
  check.entered?.('memory_notify', ['MEM_CANCEL_OFFLINE', arg]);
  check.left?.('offline_pages', -16);
  expect([...check.violations()]).toEqual([]);
});

test('P12 lets the error of a notifier through', () => {
  const { check } = seen(byId('P12'), 'v6.12');
  check.left?.('memory_notify', -1);
  check.left?.('offline_pages', -1);
  expect([...check.violations()]).toEqual([]);
});

// Expect: a page that its driver withheld, and has let go of, is free enough to go offline.
test('P10 lets pages go that a driver has let go of', () => {
  const state = seen(byId('P10'), 'v6.12');
  const { k, check, pages, zp } = state;
  const slot = listedSlot(state);
  const pfn = pages.arena.pfnOf(slot);
  pages.takeBlock(zp, slot);
  check.entered?.('__offline_isolated_pages', [pfn, pfn + 1]);
  expect([...check.violations()].length).toBe(1);
  k.state.withheld_unreferenced.push({ start_pfn: pfn, nr_pages: 1 });
  check.entered?.('__offline_isolated_pages', [pfn, pfn + 1]);
  expect([...check.violations()]).toEqual([]);
});
