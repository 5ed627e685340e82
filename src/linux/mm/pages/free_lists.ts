/**
 * Free blocks on a PageArena, on lists by order and migratetype. What is put where, and when, is
 * said by page_alloc/buddy.ts and fallback.ts. A block is named by the slot of its first page.
 */
import { MIGRATE_ISOLATE, MIGRATE_TYPES } from '../../include/migratetype.js';
import { MAX_PAGE_ORDER } from '../../include/mmzone.js';
import { NO_BLOCK } from '../../include/page_alloc.js';
import { FREE, NOTHING, ON_PCP, type PageArena } from './arena.js';
import type { ZonePages } from './zone_pages.js';

export class FreeLists {
  readonly arena: PageArena;

  constructor(arena: PageArena) {
    this.arena = arena;
  }

  /** account_freepages(): pages enter (or, below 0, leave) the lists of a migratetype. */
  account(zp: ZonePages, pages: number, type: number): void {
    if (type === MIGRATE_ISOLATE) zp.zone.nr_isolated_pages += pages;
    else {
      zp.zone.nr_free_pages += pages;
      zp.nr_listed += pages;
    }
  }

  /** __add_to_free_list(): not counted. */
  put(zp: ZonePages, slot: number, order: number, type: number, tail: boolean): void {
    const { arena } = this;
    arena.note(slot);
    arena.state[slot] = FREE;
    arena.order[slot] = order;
    arena.type[slot] = type;
    const head = zp.heads + order * MIGRATE_TYPES + type;
    if (tail) arena.linkTail(slot, head);
    else arena.link(slot, head);
  }

  /** __del_page_from_free_list(): not counted. */
  take(slot: number): void {
    this.arena.unlink(slot);
    this.arena.state[slot] = NOTHING;
  }

  /** get_page_from_free_area(): the first block of a list, NO_BLOCK when it is empty. */
  first(zp: ZonePages, order: number, type: number): number {
    const head = zp.heads + order * MIGRATE_TYPES + type;
    const slot = this.arena.next[head] as number;
    return slot === head ? NO_BLOCK : slot;
  }

  /** The free block that has this page, NO_BLOCK when it is not free. */
  blockOf(slot: number): number {
    const { state, order: orders } = this.arena;
    for (let order = 0; order <= MAX_PAGE_ORDER; order += 1) {
      const first = slot & ~((1 << order) - 1);
      if (state[first] === FREE && (orders[first] as number) >= order) return first;
    }
    return NO_BLOCK;
  }

  /** The page is in a block on a list, of the zone or of a CPU: it is free already. */
  isListed(slot: number): boolean {
    const { state, order: orders } = this.arena;
    for (let order = 0; order <= MAX_PAGE_ORDER; order += 1) {
      const first = slot & ~((1 << order) - 1);
      const isOn = state[first] === FREE || state[first] === ON_PCP;
      if (isOn && (orders[first] as number) >= order) return true;
    }
    return false;
  }

  /** Takes exactly these pages out of the free block `first` that has them. */
  carve(zp: ZonePages, first: number, wanted: number, order: number): void {
    const { order: orders, type: types } = this.arena;
    const type = types[first] as number;
    let high = orders[first] as number;
    let slot = first;
    this.take(first);
    while (high > order) {
      high -= 1;
      const upper = slot + (1 << high);
      if (wanted >= upper) {
        this.put(zp, slot, high, type, false);
        slot = upper;
      } else {
        this.put(zp, upper, high, type, false);
      }
    }
    this.account(zp, -(1 << order), type);
  }

  /** Takes a whole free block off its list and out of the counts; its order. */
  remove(zp: ZonePages, slot: number): number {
    const { order: orders, type: types } = this.arena;
    const order = orders[slot] as number;
    this.take(slot);
    this.account(zp, -(1 << order), types[slot] as number);
    return order;
  }
}
