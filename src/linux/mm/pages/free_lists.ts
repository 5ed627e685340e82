/**
 * The buddy allocator on a PageArena: free blocks by order and migratetype. Slots, not pfns.
 */
import {
  MIGRATE_ISOLATE, MIGRATE_PCPTYPES, MIGRATE_TYPES, MIGRATE_MOVABLE, MIGRATE_RECLAIMABLE,
  MIGRATE_UNMOVABLE,
} from '../../include/migratetype.js';
import { MAX_PAGE_ORDER, pageblock_nr_pages, pageblock_order } from '../../include/mmzone.js';
import { FREE, NOTHING, PageArena } from './arena.js';
import type { ZonePages } from './zone_pages.js';

const PAGEBLOCK_MASK = pageblock_nr_pages - 1;

/** Migratetypes to fall back to, in order. */
const fallbacks: readonly (readonly number[])[] = [
  [MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE],
  [MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE],
  [MIGRATE_UNMOVABLE, MIGRATE_MOVABLE],
];

export class FreeLists {
  readonly arena: PageArena;
  /** From v6.10 a block that merges takes over the pageblock of its buddy. */
  readonly #retypes: boolean;

  constructor(arena: PageArena, retypes: boolean) {
    this.arena = arena;
    this.#retypes = retypes;
  }

  /** Counts pages that enter (or, below 0, leave) the lists of a migratetype. */
  account(zp: ZonePages, pages: number, type: number): void {
    if (type === MIGRATE_ISOLATE) zp.zone.nr_isolated_pages += pages;
    else {
      zp.zone.nr_free_pages += pages;
      zp.nr_listed += pages;
    }
  }

  #put(zp: ZonePages, slot: number, order: number, type: number, tail: boolean): void {
    const { arena } = this;
    arena.note(slot);
    arena.state[slot] = FREE;
    arena.order[slot] = order;
    arena.type[slot] = type;
    const head = zp.heads + order * MIGRATE_TYPES + type;
    if (tail) arena.linkTail(slot, head);
    else arena.link(slot, head);
  }

  #take(slot: number): void {
    this.arena.unlink(slot);
    this.arena.state[slot] = NOTHING;
  }

  /** Two blocks of a pageblock or more merge only when both can be mixed with others. */
  #mayMerge(slot: number, buddy: number, type: number): boolean {
    const { blockType } = this.arena;
    const other = blockType[buddy >>> pageblock_order] as number;
    if (other === type) return true;
    if (type >= MIGRATE_PCPTYPES || other >= MIGRATE_PCPTYPES) return false;
    if (this.#retypes) blockType[buddy >>> pageblock_order] = type;
    return slot !== buddy;
  }

  /** The pair above is likely to become whole soon: better not to hand this block out. */
  #mergeLikely(slot: number, order: number): boolean {
    if (order >= MAX_PAGE_ORDER - 1) return false;
    const { state, order: orders } = this.arena;
    const higher = (slot & ~(1 << order)) ^ (1 << (order + 1));
    return state[higher] === FREE && orders[higher] === order + 1;
  }

  /**
   * __free_one_page(): the block merges with its buddies and goes on a list of `type`.
   * Returns the slot of the merged block.
   */
  free(zp: ZonePages, freed: number, freedOrder: number, type: number, toTail: boolean): number {
    const { state, order: orders, zone } = this.arena;
    let slot = freed;
    let order = freedOrder;
    this.account(zp, 1 << order, type);
    while (order < MAX_PAGE_ORDER) {
      const buddy = slot ^ (1 << order);
      if (state[buddy] !== FREE || orders[buddy] !== order) break;
      if (order >= pageblock_order) {
        if (zone[buddy >>> pageblock_order] !== zp.number) break;
        if (!this.#mayMerge(slot, buddy, type)) break;
      }
      this.#take(buddy);
      slot &= buddy;
      order += 1;
    }
    this.arena.note(freed);
    state[freed] = NOTHING;
    this.#put(zp, slot, order, type, toTail || this.#mergeLikely(slot, order));
    return slot;
  }

  /** First slot of the free block that has this slot, -1 when it is not free. */
  blockOf(slot: number): number {
    const { state, order: orders } = this.arena;
    for (let order = 0; order <= MAX_PAGE_ORDER; order += 1) {
      const first = slot & ~((1 << order) - 1);
      if (state[first] === FREE && (orders[first] as number) >= order) return first;
    }
    return -1;
  }

  /** Puts the parts of [first, first + 2^high) that [wanted, wanted + 2^low) leaves on lists. */
  #expand(
    zp: ZonePages, first: number, high: number, wanted: number, low: number, type: number,
  ): void {
    let slot = first;
    for (let order = high - 1; order >= low; order -= 1) {
      const upper = slot + (1 << order);
      if (wanted >= upper) {
        this.#put(zp, slot, order, type, false);
        slot = upper;
      } else {
        this.#put(zp, upper, order, type, false);
      }
    }
  }

  /** Takes exactly these pages out of the free block `first` that has them. */
  carve(zp: ZonePages, first: number, wanted: number, order: number): void {
    const { order: orders, type: types } = this.arena;
    const high = orders[first] as number;
    const type = types[first] as number;
    this.#take(first);
    this.#expand(zp, first, high, wanted, order, type);
    this.account(zp, -(1 << order), type);
  }

  /** __rmqueue_smallest(): a block of the order, -1 when the lists of the type have none. */
  smallest(zp: ZonePages, order: number, type: number): number {
    const { next, order: orders } = this.arena;
    for (let high = order; high <= MAX_PAGE_ORDER; high += 1) {
      const head = zp.heads + high * MIGRATE_TYPES + type;
      const slot = next[head] as number;
      if (slot === head) continue;
      this.carve(zp, slot, slot, order);
      this.arena.note(slot);
      orders[slot] = order;
      return slot;
    }
    return -1;
  }

  /** A block from the lists of another migratetype, claimed for this one when it is large. */
  fallback(zp: ZonePages, order: number, type: number): number {
    const { next } = this.arena;
    for (let high = MAX_PAGE_ORDER; high >= order; high -= 1) {
      for (const other of fallbacks[type] ?? []) {
        const head = zp.heads + high * MIGRATE_TYPES + other;
        const slot = next[head] as number;
        if (slot === head) continue;
        const claims = high >= Math.floor(pageblock_order / 2) || type !== MIGRATE_MOVABLE;
        if (!claims) return this.smallest(zp, order, other);
        this.#claim(zp, slot, high, type);
        return this.smallest(zp, order, type);
      }
    }
    return -1;
  }

  /** The block's pageblocks are of `type` from now on, free pages included. */
  #claim(zp: ZonePages, slot: number, order: number, type: number): void {
    const first = slot & ~PAGEBLOCK_MASK;
    const end = order > pageblock_order ? slot + (1 << order) : first + pageblock_nr_pages;
    let free = 0;
    for (let block = first; block < end; block += pageblock_nr_pages) {
      free += this.move(zp, block, type);
    }
    if (order < pageblock_order && free < pageblock_nr_pages / 2) return;
    this.arena.blockType.fill(type, first >>> pageblock_order, end >>> pageblock_order);
  }

  /** Cuts a free block that reaches over the pageblock into pageblocks. */
  #splitAround(zp: ZonePages, block: number): void {
    const { order: orders, type: types } = this.arena;
    const first = this.blockOf(block);
    if (first < 0 || (orders[first] as number) <= pageblock_order) return;
    const order = orders[first] as number;
    const type = types[first] as number;
    this.#take(first);
    for (let slot = first; slot < first + (1 << order); slot += pageblock_nr_pages) {
      this.#put(zp, slot, pageblock_order, type, false);
    }
  }

  /** Free pages of the pageblock go to the lists of `type`; returns how many there were. */
  move(zp: ZonePages, block: number, type: number): number {
    const { state, order: orders, type: types } = this.arena;
    // Up to v6.9 a block of two pageblocks is moved whole, with the first of them.
    if (this.#retypes) this.#splitAround(zp, block);
    const whole = this.blockOf(block);
    if (whole >= 0 && whole !== block) return 0;
    let moved = 0;
    for (let slot = block; slot < block + pageblock_nr_pages;) {
      if (state[slot] !== FREE) {
        slot += 1;
        continue;
      }
      const order = orders[slot] as number;
      this.account(zp, -(1 << order), types[slot] as number);
      this.#take(slot);
      this.#put(zp, slot, order, type, true);
      this.account(zp, 1 << order, type);
      moved += 1 << order;
      slot += 1 << order;
    }
    return moved;
  }

  /** Takes a whole free block off its list, by its first slot. */
  remove(zp: ZonePages, slot: number): number {
    const { order: orders, type: types } = this.arena;
    const order = orders[slot] as number;
    this.#take(slot);
    this.account(zp, -(1 << order), types[slot] as number);
    return order;
  }
}
