/**
 * Page-level state of the modelled kernel: who has each page. Numbers are in PageArena, the buddy
 * allocator is FreeLists, the per-cpu lists are PcpPages; here is what hotplug asks of ranges.
 */
import { MIGRATE_ISOLATE, MIGRATE_MOVABLE, MIGRATE_UNMOVABLE } from '../../include/migratetype.js';
import {
  MAX_PAGE_ORDER, PAGES_PER_SECTION, pageblock_nr_pages, pageblock_order, type Zone,
} from '../../include/mmzone.js';
import {
  ALLOCATED, FREE, HUGETLB, IN_FLIGHT, NOTHING, OFF_LRU, ON_PCP, PINNED, POISONED, SLAB,
  UNREFERENCED,
} from './arena.js';
import type { OutsidePages } from './outside.js';
import { PcpPages } from './pcp_pages.js';
import type { ZonePages } from './zone_pages.js';

/** Where the section of a page ends, or the range. */
const endOfSection = (pfn: number, end: number): number =>
  Math.min(end, (Math.floor(pfn / PAGES_PER_SECTION) + 1) * PAGES_PER_SECTION);

export class Pages extends PcpPages {
  #outside: OutsidePages | undefined;

  /** Zones that have pages now have some that nobody can name, but for what `outside` knows. */
  setOutside(outside: OutsidePages, zones: readonly Zone[]): void {
    this.#outside = outside;
    for (const zone of zones) {
      if (zone.managed_pages === 0) continue;
      const zp = this.zonePages(zone);
      zp.partial = true;
      zp.nr_unknown = zone.managed_pages - zone.nr_free_pages - zone.nr_isolated_pages;
    }
  }

  /** Migratetype of a page's pageblock; undefined when nothing of its section was touched. */
  typeOfPage(pfn: number): number | undefined {
    const slot = this.arena.slotOf(pfn);
    return slot < 0 ? undefined : this.typeOf(slot);
  }

  /** Somebody is between taking and giving back the lists of a zone on this CPU. */
  isCpuBusy(cpu: number): boolean {
    this.touched?.('pcp', cpu, cpu);
    return this.zones.some((zp) => zp.pcp[cpu]?.locked === true);
  }

  /** Somebody has the lists of this zone, or of any zone. */
  isPcpBusy(zone: Zone | undefined, cpu: number): boolean {
    if (zone === undefined) return this.isCpuBusy(cpu);
    this.touched?.('pcp', cpu, cpu);
    return this.zonePages(zone).pcp[cpu]?.locked === true;
  }

  lockPcp(zone: Zone, cpu: number, locked: boolean): void {
    const pcp = this.zonePages(zone).pcp[cpu];
    if (pcp !== undefined) pcp.locked = locked;
    this.touched?.('pcp', cpu, cpu);
  }

  setTypes(start_pfn: number, end_pfn: number, type: number): void {
    const { arena } = this;
    for (let pfn = start_pfn; pfn < end_pfn; pfn += pageblock_nr_pages) {
      const slot = arena.slotOf(pfn);
      if (slot >= 0) arena.blockType[slot >>> pageblock_order] = type;
    }
  }

  /** Zones of the pageblocks of a chunk that nobody had before are found out. */
  takeIn(pfn: number, order: number): number {
    const slot = this.slot(pfn);
    for (let at = 0; at < 1 << order; at += pageblock_nr_pages) {
      this.setZone((slot + at) >>> pageblock_order, pfn + at);
    }
    return slot;
  }

  /** Free pages of a pageblock that we cannot name. */
  unnamedFree(pfn: number): number {
    const slot = this.arena.slotOf(pfn);
    if (slot >= 0 && this.arena.isKnown(slot)) return 0;
    const end = pfn + pageblock_nr_pages;
    const unnamed = slot < 0 ? pageblock_nr_pages : this.#unnamed(slot, pageblock_nr_pages);
    return Math.max(0, unnamed - (this.#outside?.used(pfn, end) ?? 0));
  }

  /** Pages from a slot on that are in no block that we can name. */
  #unnamed(first: number, count: number): number {
    const { state, order: orders } = this.arena;
    let found = 0;
    for (let slot = first; slot < first + count;) {
      const named = state[slot] !== NOTHING;
      if (!named) found += 1;
      slot += named ? 1 << (orders[slot] as number) : 1;
    }
    return found;
  }

  /** First pfn of the free block that has this page; -1: it is not free, or not known. */
  freeBlockWith(pfn: number): number {
    const slot = this.arena.slotOf(pfn);
    const first = slot < 0 ? -1 : this.lists.blockOf(slot);
    return first < 0 ? -1 : this.arena.pfnOf(first);
  }

  /** Order of the free block that begins here, -1 when none does. */
  freeOrder(pfn: number): number {
    const slot = this.arena.slotOf(pfn);
    if (slot < 0 || this.arena.state[slot] !== FREE) return -1;
    return this.arena.order[slot] as number;
  }

  /**
   * The first pfn from `start` on whose page is not free, else `end`. Pages that nobody can name
   * count as free; so do, with `poisoned`, those in use whose memory failed, and those of no list
   * that `isLeft`: a driver had them and has let go of them.
   */
  firstNotFree(
    start: number, end: number, poisoned = false, isLeft?: (pfn: number) => boolean,
  ): number {
    this.touched?.('pages', start, end);
    const { state, order: orders } = this.arena;
    let pfn = start;
    while (pfn < end) {
      const behind = endOfSection(pfn, end);
      const ahead = this.arena.slotOf(pfn) - pfn;
      if (ahead + pfn < 0) pfn = behind;
      const isKnown = pfn < behind && this.arena.isKnown(pfn + ahead);
      while (pfn < behind) {
        const slot = pfn + ahead;
        if (state[slot] === FREE || (poisoned && this.#isOfType(slot, POISONED))) {
          pfn += 1 << (orders[slot] as number);
        } else if (state[slot] === NOTHING && (!isKnown || isLeft?.(pfn))) {
          pfn += 1;
        } else {
          return pfn;
        }
      }
    }
    return end;
  }

  /**
   * Tells each block that we can name and that begins in the range; false from `see` ends the walk.
   */
  #named(start: number, end: number, see: (slot: number, pfn: number) => boolean): void {
    const { state, order: orders } = this.arena;
    for (let pfn = start; pfn < end;) {
      const behind = endOfSection(pfn, end);
      // Slots of a section lie side by side.
      const ahead = this.arena.slotOf(pfn) - pfn;
      if (ahead + pfn < 0) pfn = behind;
      while (pfn < behind) {
        const slot = pfn + ahead;
        if (state[slot] !== NOTHING && !see(slot, pfn)) return;
        pfn += state[slot] === NOTHING ? 1 : 1 << (orders[slot] as number);
      }
    }
  }

  /** The first allocated page of the range that can be moved, -1: none. */
  findMovable(start: number, end: number): number {
    this.touched?.('pages', start, end);
    let found = -1;
    this.#named(start, end, (slot, pfn) => {
      if (this.#isAllocated(slot, true)) found = pfn;
      return found < 0;
    });
    return found;
  }

  /** The first allocated page of the range that cannot be moved; `slab`: also one of slab's. */
  findUnmovable(start: number, end: number, slab = true): number | undefined {
    this.touched?.('pages', start, end);
    let found: number | undefined;
    this.#named(start, end, (slot, pfn) => {
      const isOther = (slab || !this.#isOfType(slot, SLAB)) && !this.#isOfType(slot, UNREFERENCED);
      if (isOther && this.#isAllocated(slot, false)) found = pfn;
      return found === undefined;
    });
    return found;
  }

  #isOfType(slot: number, type: number): boolean {
    return slot >= 0 && this.arena.state[slot] === ALLOCATED && this.arena.type[slot] === type;
  }

  /** The first page of the range that somebody uses and that is on no LRU list, -1: none. */
  findOffLru(start: number, end: number): number {
    this.touched?.('pages', start, end);
    let found = -1;
    this.#named(start, end, (slot, pfn) => {
      if (this.#isOfType(slot, OFF_LRU) || this.#isOfType(slot, POISONED)) found = pfn;
      return found < 0;
    });
    return found;
  }

  #isAllocated(slot: number, movable: boolean): boolean {
    if (this.arena.state[slot] !== ALLOCATED) return false;
    const type = this.arena.type[slot];
    if (type === HUGETLB || type === POISONED) return false;
    return (type === MIGRATE_MOVABLE || type === PINNED) === movable;
  }

  /**
   * The movable page that begins here is as `to` says from now on, when it was as `from` says.
   */
  #mark(pfn: number, from: number, to: number): void {
    const slot = this.arena.slotOf(pfn);
    if (slot < 0 || this.arena.state[slot] !== ALLOCATED || this.arena.type[slot] !== from) return;
    this.touched?.('pages', pfn, pfn + 1);
    this.arena.note(slot);
    this.arena.type[slot] = to;
  }

  /** The page leaves its LRU list, or comes back. */
  setOnLru(pfn: number, on: boolean): void {
    if (on) this.#mark(pfn, OFF_LRU, MIGRATE_MOVABLE);
    else this.#mark(pfn, MIGRATE_MOVABLE, OFF_LRU);
  }

  /** Somebody holds on to the page, or lets go of it. */
  setPinned(pfn: number, pinned: boolean): void {
    if (pinned) this.#mark(pfn, MIGRATE_MOVABLE, PINNED);
    else this.#mark(pfn, PINNED, MIGRATE_MOVABLE);
  }

  isPinned(pfn: number): boolean {
    return this.#isOfType(this.arena.slotOf(pfn), PINNED);
  }

  /** Of the block that begins here nobody has a reference of any page but the first one. */
  setUnreferenced(slot: number): void {
    if (this.arena.state[slot] !== ALLOCATED) return;
    this.arena.note(slot);
    this.arena.type[slot] = UNREFERENCED;
  }

  /** The memory of a page in use failed: it is not moved any more, and never free again. */
  setPoisoned(pfn: number): void {
    this.#mark(pfn, MIGRATE_MOVABLE, POISONED);
  }

  /**
   * The allocated block is a huge page. It is in nobody's way; `migratable`: who looks for pages to
   * move finds it.
   */
  setHugetlb(pfn: number, migratable: boolean): void {
    const slot = this.slot(pfn);
    this.touched?.('pages', pfn, pfn + pageblock_nr_pages);
    this.arena.note(slot);
    this.arena.type[slot] = migratable ? MIGRATE_MOVABLE : HUGETLB;
  }

  /** All of the range is free, and is one huge page from now on; false: it is as it was. */
  takeHuge(zone: Zone, start: number, end: number): boolean {
    for (let pfn = start; pfn < end; pfn += 2 ** MAX_PAGE_ORDER) this.takeIn(pfn, MAX_PAGE_ORDER);
    const zp = this.zonePages(zone);
    const blocks: (readonly [slot: number, order: number])[] = [];
    for (let pfn = start; pfn < end;) {
      const order = this.freeOrder(pfn);
      if (order < 0 || pfn + 2 ** order > end) return false;
      blocks.push([this.arena.slotOf(pfn), order]);
      pfn += 2 ** order;
    }
    for (const [slot, order] of blocks) {
      this.lists.remove(zp, slot);
      this.setAllocated(zp, slot, order, HUGETLB);
    }
    this.touched?.('pages', start, end);
    return true;
  }

  /** The block in use that has this page; undefined: it is free, or nobody can name it. */
  allocatedWith(pfn: number): { pfn: number; nr_pages: number; movable: boolean } | undefined {
    const slot = this.arena.slotOf(pfn);
    for (let order = 0; slot >= 0 && order <= MAX_PAGE_ORDER; order += 1) {
      const first = slot & ~((1 << order) - 1);
      if (this.arena.state[first] !== ALLOCATED) continue;
      const size = 1 << (this.arena.order[first] as number);
      if (first + size <= slot) continue;
      return { pfn: pfn - (slot - first), nr_pages: size,
        movable: this.arena.type[first] === MIGRATE_MOVABLE };
    }
    return undefined;
  }

  allocatedOrder(pfn: number): number {
    return this.arena.order[this.slot(pfn)] as number;
  }

  /**
   * Free blocks of the range leave their lists; returns the first pfn that is not free, else the
   * end of the last block, which can reach over the range.
   */
  takeOffline(
    start: number, end: number, poisoned = false, isLeft?: (pfn: number) => boolean,
  ): number | undefined {
    const first = this.arena.slotOf(start);
    if (first < 0 || !this.arena.isKnown(first)) return undefined;
    const stop = this.firstNotFree(start, end, poisoned, isLeft);
    if (stop < end) return stop;
    let pfn = start;
    while (pfn < end) {
      const slot = this.arena.slotOf(pfn);
      const zp = this.zoneOf(slot);
      if (slot >= 0 && this.arena.state[slot] === NOTHING && isLeft?.(pfn) === true) {
        pfn += 1;
        continue;
      }
      if (zp !== undefined && this.#isOfType(slot, POISONED)) {
        pfn += 1 << this.allocatedOrder(pfn);
        this.takeBlock(zp, slot);
        continue;
      }
      pfn += 1 << (zp === undefined ? MAX_PAGE_ORDER : this.lists.remove(zp, slot));
    }
    return pfn;
  }

  /**
   * Sections go offline: from now on it is known of all of their pages where they are. Returns how
   * many of them nobody could name.
   */
  forgetOffline(start: number, end: number): number {
    let unnamed = 0;
    for (let pfn = start; pfn < end; pfn += PAGES_PER_SECTION) {
      const first = this.slot(pfn);
      unnamed += this.#unnamed(first, PAGES_PER_SECTION);
      this.#named(pfn, pfn + PAGES_PER_SECTION, (slot) => {
        const zp = this.zoneOf(slot);
        if (zp !== undefined) this.takeBlock(zp, slot);
        return true;
      });
      this.arena.known[this.arena.placeOf(Math.floor(pfn / PAGES_PER_SECTION))] = 1;
    }
    return unnamed;
  }

  /** Takes one block out of its list and count, wherever it is. */
  takeBlock(zp: ZonePages, first: number): void {
    const { state, order: orders } = this.arena;
    const begun = state[first] as number;
    const size = 1 << (orders[first] as number);
    if (begun === FREE) this.lists.remove(zp, first);
    else if (begun === ON_PCP) this.takeFromPcp(zp, first);
    else if (begun === ALLOCATED) zp.nr_allocated -= size;
    else zp.nr_in_flight -= size;
    this.arena.note(first);
    state[first] = NOTHING;
  }

  /** Pages in use that nobody could name have gone from the zone. */
  leaveUnnamed(zone: Zone, nr_pages: number): void {
    this.zonePages(zone).nr_unknown -= nr_pages;
  }

  /** Pages that have just left the buddy allocator are one caller's, page by page. */
  allocateRange(start: number, end: number): void {
    for (let pfn = start; pfn < end; pfn += 1) {
      const slot = this.slot(pfn);
      const zp = this.zoneOf(slot);
      if (zp !== undefined) this.setAllocated(zp, slot, 0, MIGRATE_UNMOVABLE);
    }
  }

  /** The page is free where no allocation can get it. */
  isIsolatedFree(slot: number): boolean {
    return this.typeOf(slot) === MIGRATE_ISOLATE && this.lists.blockOf(slot) >= 0;
  }

  isOnPcp(pfn: number): boolean {
    const slot = this.arena.slotOf(pfn);
    return slot >= 0 && this.arena.state[slot] === ON_PCP;
  }

  #inUse(slot: number): string {
    const type = this.arena.type[slot];
    if (type === OFF_LRU) return 'allocated, on no LRU list';
    if (type === POISONED) return 'allocated, its memory failed';
    return type === PINNED ? 'allocated, and somebody holds on to it' : 'allocated';
  }

  /** Who has the page, in words. */
  whereIs(pfn: number): string {
    const slot = this.arena.slotOf(pfn);
    if (slot < 0) return 'not looked at';
    switch (this.arena.state[slot]) {
      case FREE: return 'free';
      case ON_PCP: return `on the per-cpu list of CPU ${this.arena.cpu[slot]}`;
      case ALLOCATED: return this.#inUse(slot);
      case IN_FLIGHT: return 'being freed';
      default: return this.lists.blockOf(slot) >= 0 ? 'free' : 'not given to the page allocator';
    }
  }
}
