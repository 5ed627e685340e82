/** Everything that an explored window can change, so that the kernel can be set back. */
import { copyOfPool, isUnused } from '../linux/include/hugetlb.js';
import type { Kernel } from '../linux/base/kernel.js';
import { PAGES_PER_SECTION } from '../linux/include/mmzone.js';
import { PageArenaLog } from '../linux/mm/pages/log.js';
import type { Pages } from '../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../linux/mm/pages/zone_pages.js';
import { pagesOf } from './page_step.js';
import type { Window } from './window.js';
import { pfn_to_section_nr } from '../linux/include/sections.js';

/** Taken now: while code of a policy runs, nothing of the host can be had. */
const copied = structuredClone;

/** What the kernel was at some moment. */
export interface Mark {
  readonly zones: readonly (() => void)[];
  readonly rest: () => void;
  readonly logged: number;
  readonly blockTypes: Uint8Array;
  readonly pageblocks: readonly Uint8Array[];
}

type Fields = Record<string, unknown>;

/** Read-only fields: assigning them is useless, and their values are the same ever after. */
const fixed: ReadonlySet<string> = new Set(['nid', 'index', 'name']);

/** Fields of an object that are numbers, booleans or texts. */
function plainFields(from: object): string[] {
  return Object.entries(from)
    .filter(([key, value]) =>
      typeof value !== 'object' && typeof value !== 'function' && !fixed.has(key))
    .map(([key]) => key);
}

function keepFields(of: object, keys: readonly string[]): () => void {
  const fields = of as Fields;
  const values = keys.map((key) => fields[key]);
  return () => {
    for (let i = 0; i < keys.length; i += 1) fields[keys[i] as string] = values[i];
  };
}

/** All that can change of them: a field that is added there is missed here by the compiler. */
type KeptLists = Omit<PcpLists, 'cpu' | 'heads'>;

function keepPcp(lists: readonly PcpLists[]): () => void {
  const kept = lists.map(({
    count, unnamed, untold, free_factor, free_count, alloc_factor, high, prev_free_high_order,
    uncounted, locked, expire,
  }): KeptLists => ({
    count, unnamed, untold, free_factor, free_count, alloc_factor, high, prev_free_high_order,
    uncounted, locked, expire,
  }));
  return () => {
    for (let i = 0; i < lists.length; i += 1) {
      const pcp = lists[i] as PcpLists;
      const was = kept[i] as KeptLists;
      pcp.count = was.count;
      pcp.unnamed = was.unnamed;
      pcp.untold = was.untold;
      pcp.free_factor = was.free_factor;
      pcp.free_count = was.free_count;
      pcp.alloc_factor = was.alloc_factor;
      pcp.high = was.high;
      pcp.prev_free_high_order = was.prev_free_high_order;
      pcp.uncounted = was.uncounted;
      pcp.locked = was.locked;
      pcp.expire = was.expire;
    }
  };
}

function keepZonePages(zp: ZonePages): () => void {
  const { nr_pcp, nr_allocated, nr_in_flight, nr_unknown, nr_listed, nr_leaving } = zp;
  const parked = [...zp.trylock_free_pages];
  const pcp = keepPcp(zp.pcp);
  return () => {
    zp.trylock_free_pages.splice(0, Infinity, ...parked);
    zp.nr_pcp = nr_pcp;
    zp.nr_allocated = nr_allocated;
    zp.nr_in_flight = nr_in_flight;
    zp.nr_unknown = nr_unknown;
    zp.nr_listed = nr_listed;
    zp.nr_leaving = nr_leaving;
    pcp();
  };
}

/** One zone's part of a mark, made again and again. */
function zoneKeeper(zp: ZonePages): () => () => void {
  const { zone } = zp;
  const parts: readonly (readonly [object, readonly string[]])[] =
    [zone, zone.watermark, zone.pcp].map((part) => [part, plainFields(part)]);
  return () => {
    const fields = parts.map(([part, keys]) => keepFields(part, keys));
    const reserve = keepFields(zone.lowmem_reserve, Object.keys(zone.lowmem_reserve));
    const pages = keepZonePages(zp);
    return () => {
      for (const back of fields) back();
      reserve();
      pages();
    };
  };
}

/** Locks that tasks hold, signals that they have, pages that they took out of use. */
function keepLocks({ state }: Kernel): () => void {
  const { mem_hotplug_lock, mem_hotplug_readers, drain_work } = state;
  const { percpu_pagelist_high_fraction, lru_disable_count } = state;
  const signalled = [...state.signalled];
  const hwpoison = [...state.hwpoison];
  const failing = [...state.failing].map(([fn, { nth, ret }]) => [fn, { nth, ret }] as const);
  const locks = Object.values(state.locks);
  const kept = locks.map(({ held, readers }) => ({ held, readers }));
  return () => {
    state.mem_hotplug_lock = mem_hotplug_lock;
    state.mem_hotplug_readers = mem_hotplug_readers;
    state.drain_work = drain_work;
    state.percpu_pagelist_high_fraction = percpu_pagelist_high_fraction;
    state.lru_disable_count = lru_disable_count;
    state.signalled.clear();
    for (const [task, signal] of signalled) state.signalled.set(task, signal);
    state.hwpoison.clear();
    for (const pfn of hwpoison) state.hwpoison.add(pfn);
    state.failing.clear();
    for (const [fn, { nth, ret }] of failing) state.failing.set(fn, { nth, ret });
    for (const [index, lock] of locks.entries()) Object.assign(lock, kept[index]);
  };
}

/** Lists that grow, counters, and what policies brought along. */
function keepLists(k: Kernel): () => void {
  const { log, faults, isolation_tests, costs, added } = k.state;
  const lengths = [log.length, faults.length, isolation_tests.length] as const;
  const cost = { ...costs };
  const states = [...added].map(([id, state]) => [id, copied(state)] as const);
  const locks = keepLocks(k);
  const pool = copyOfPool(k.state.hugetlb);
  return () => {
    if (!isUnused(pool) || !isUnused(k.state.hugetlb)) k.state.hugetlb = copyOfPool(pool);
    [log.length, faults.length, isolation_tests.length] = lengths;
    Object.assign(costs, cost);
    for (const [id, state] of states) added.set(id, copied(state));
    locks();
  };
}

/** Sections whose pages somebody in the window has. */
function sectionsOf(window: Window): number[] {
  const sections = new Set<number>();
  const { start_pfn, nr_pages } = window;
  for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += PAGES_PER_SECTION) {
    sections.add(pfn_to_section_nr(pfn));
  }
  for (const step of window.tasks.flatMap(({ steps }) => steps)) {
    for (const pfn of step.pfns.flatMap((first) => [first, first + pagesOf(step) - 1])) {
      sections.add(pfn_to_section_nr(pfn));
    }
  }
  return [...sections];
}

export class SavedState {
  readonly #k: Kernel;
  readonly #pages: Pages;
  readonly #log: PageArenaLog;
  readonly #zones: readonly (() => () => void)[];
  readonly #types: readonly Uint8Array[];

  constructor(k: Kernel, pages: Pages, window: Window) {
    this.#k = k;
    this.#pages = pages;
    this.#zones = pages.zones.map(zoneKeeper);
    this.#types = sectionsOf(window).map((section) => k.state.pageblocks.ofSection(section));
    this.#log = new PageArenaLog(pages.arena);
    pages.arena.log = this.#log;
  }

  /** A step begins: what it changes can be taken back. */
  step(): void {
    this.#log.begin();
  }

  mark(): Mark {
    this.#log.begin();
    return {
      zones: this.#zones.map((keep) => keep()),
      rest: keepLists(this.#k),
      logged: this.#log.length,
      blockTypes: this.#pages.arena.blockType.slice(),
      pageblocks: this.#types.map((types) => types.slice()),
    };
  }

  /** Back to a mark that lies before. */
  back(mark: Mark): void {
    this.#log.back(mark.logged);
    for (const back of mark.zones) back();
    mark.rest();
    this.#pages.arena.blockType.set(mark.blockTypes);
    for (const [index, types] of this.#types.entries()) {
      types.set(mark.pageblocks[index] as Uint8Array);
    }
  }
}
