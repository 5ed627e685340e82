/** What a per-cpu list that is full gives back: how much, and which blocks, by version. */
import { describe, expect, it } from 'vitest';
import { MIGRATE_MOVABLE, MIGRATE_UNMOVABLE } from '../../src/linux/include/migratetype.js';
import { commitAtOnce } from '../../src/linux/mm/page_alloc/pcp_order.js';
import { freeOne } from '../../src/linux/mm/page_alloc/to_buddy.js';
import { Pages } from '../../src/linux/mm/pages/pages.js';
import { kernelByHand, populate } from './by_hand.js';

const HIGH = 1000;
const BATCH = 7;

/** A list of one CPU; `free` puts a block there and tells which pfns were given back for it. */
function list(version: string, high = HIGH) {
  const k = kernelByHand({ version, nodes: 1 });
  const zone = populate(k, 0, 'Normal', 262144);
  Object.assign(zone.pcp, { high, batch: BATCH, high_min: high, high_max: high });
  const pages = new Pages(k);
  k.state.pages = pages;
  const zp = pages.zonePages(zone);
  const given: number[] = [];
  pages.drained = (slot) => given.push(pages.arena.pfnOf(slot));
  const free = (pfn: number, order: number, type: number): number[] => {
    const slot = pages.slot(pfn);
    pages.prepareFree(zp, slot, order);
    commitAtOnce(k, pages, zp, slot, order, type, 0);
    return given.splice(0);
  };
  const bulk = (count: number): number[] => {
    const [pcp] = zp.pcp;
    if (pcp !== undefined) k.free_pcppages_bulk(zone, count, pcp, 0);
    return given.splice(0);
  };
  return { free, bulk };
}

/** Sizes of the first flushes when single pages are freed, none next to another. */
function flushes(version: string, wanted: number): number[] {
  const { free } = list(version);
  const found: number[] = [];
  for (let page = 0; found.length < wanted; page += 1) {
    const given = free(2 * page, 0, MIGRATE_MOVABLE);
    if (given.length > 0) found.push(given.length);
  }
  return found;
}

/** Its limits leave less than two batches. Expect: as clamp() has it, the upper limit counts. */
it.each(['v5.14', 'v6.1', 'v6.7', 'v7.3'])('a list of less than two batches on %s', (version) => {
  const k = kernelByHand({ version, nodes: 1 });
  const pages = new Pages(k);
  const [pcp] = pages.zonePages(populate(k, 0, 'Normal', 262144)).pcp;
  if (pcp === undefined) throw new Error('no CPU');
  pcp.free_count = 100;
  expect(k.nr_pcp_free(pcp, 63, 70, false)).toBe(7);
});

/** Expect: lists that are made anew know nothing of what was freed, nor of the CPU's cache. */
it('lists that are allocated again begin anew', () => {
  const k = kernelByHand({ version: 'v7.3', nodes: 1 });
  const zone = populate(k, 0, 'Normal', 262144);
  k.state.pages = new Pages(k);
  k.setup_zone_pageset(zone);
  k.setup_pcp_cacheinfo(0);
  const [pcp] = k.state.pages.zonePages(zone).pcp;
  Object.assign(pcp ?? {}, { high: 400, free_count: 63, alloc_factor: 3 });
  k.zone_pcp_reset(zone);
  k.setup_zone_pageset(zone);
  expect(pcp).toMatchObject({ high: 0, free_count: 0, alloc_factor: 0 });
  expect([...zone.free_high_batch]).toEqual([]);
});

/** Two are left there, 8 and then 12. Expect: the last one is freed first, as of an llist. */
it('what frees that must not wait have left is freed from the last one on', () => {
  const k = kernelByHand({ version: 'v7.3', nodes: 1 });
  const pages = new Pages(k);
  k.state.pages = pages;
  const zp = pages.zonePages(populate(k, 0, 'Normal', 262144));
  for (const pfn of [8, 12]) {
    pages.prepareFree(zp, pages.slot(pfn), 0);
    zp.trylock_free_pages.push(pages.slot(pfn));
  }
  pages.prepareFree(zp, pages.slot(2), 0);
  freeOne(k, pages, zp, pages.slot(2), 0);
  const first = pages.lists.first(zp, 0, pages.typeOf(pages.slot(2)));
  const { next } = pages.arena;
  expect([first, next[first], next[next[first] as number]].map((slot) => slot as number))
    .toEqual([2, 8, 12].map((pfn) => pages.slot(pfn)));
});

describe('a list that is full', () => {
  const doubled = [1, 2, 4, 8, 16, 32].map((times) => times * BATCH);

  it.each([['v6.1.104', 32 * BATCH], ['v6.6.44', 32 * BATCH]])(
    'gives back twice as much each time, up to 32 batches: %s', (version, most) => {
      expect(flushes(version, 8)).toEqual([...doubled, most, most]);
    });

  it.each(['v5.14', 'v5.15', 'v6.0', 'v6.1', 'v6.6'])(
    'gives back twice as much each time, until a batch is left: %s', (version) => {
      const most = HIGH - BATCH;
      expect(flushes(version, 9)).toEqual([...doubled, 64 * BATCH, 128 * BATCH, most]);
    });

  it('gives back a batch up to v5.13', () => {
    expect(flushes('v5.13', 3)).toEqual([BATCH, BATCH, BATCH]);
  });
});

describe('a block of order 1 that is freed after a flush', () => {
  it.each([['v5.17', 0], ['v5.18', HIGH + 2 - BATCH]])('%s: %i pages are given back',
    (version, pages) => {
      const { free } = list(version, HIGH);
      for (let page = 0; page < HIGH; page += 1) free(2 * page, 0, MIGRATE_MOVABLE);
      // It is one block of two pages.
      expect(free(4 * HIGH, 1, MIGRATE_MOVABLE)).toHaveLength(Math.max(0, pages - 1));
    });
});

describe('which blocks are given back', () => {
  // Oldest first: pages 0 to 6 are unmovable, 100 to 106 are movable.
  it.each([
    // List by list.
    ['v5.18', [0, 2, 4, 6, 100, 102]],
    // Fifteen lists, beginning with that of movable pages: one, then all as 14 were empty.
    ['v5.17', [100, 0, 2, 4, 6, 102]],
    // Three lists: one, past an empty one two, and again.
    ['v5.10', [100, 0, 2, 102, 4, 6]],
  ])('%s', (version, expected) => {
    const { free, bulk } = list(version);
    for (const page of [0, 2, 4, 6]) free(page, 0, MIGRATE_UNMOVABLE);
    for (const page of [100, 102, 104, 106]) free(page, 0, MIGRATE_MOVABLE);
    expect(bulk(6)).toEqual(expected);
  });
});
