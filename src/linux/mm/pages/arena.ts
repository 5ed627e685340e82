/**
 * What is known of each page, in number arrays. Sections get a place in the arrays when the first
 * of their pages is touched, so that an idle machine of any size costs nothing.
 *
 * A page is named by its `slot`: the index into the arrays. Slots of a section lie side by side
 * and begin at a multiple of the section's size, so that the slot of a buddy is found by one bit.
 * Lists are circular and doubly linked through the same arrays; a list's head is a slot that no
 * page has.
 */
import { PAGES_PER_SECTION } from '../../include/mmzone.js';

/** No page, or not the first page of anything. */
export const NOTHING = 0;
/** First page of a free block on a list of the buddy allocator. */
export const FREE = 1;
/** First page of a block on a per-cpu list. */
export const ON_PCP = 2;
/** First page of an allocated block. */
export const ALLOCATED = 3;
/** First page of a block that is being freed and is on no list yet. */
export const IN_FLIGHT = 4;

/** Type of a huge page of the pool that cannot be moved now; its state is ALLOCATED. */
export const HUGETLB = 7;
/** The page is on no LRU list: somebody isolated it, or has not put it there yet. */
export const OFF_LRU = 8;
/** Movable, but somebody holds a reference: migration fails. */
export const PINNED = 9;
/** Its memory failed: memory_failure() took it off its LRU list and holds on to it. */
export const POISONED = 10;
/** A single page of the slab allocator's, which from v6.14 on nobody holds a reference of. */
export const SLAB = 11;
/** Left of a block whose first page was freed alone: nobody holds a reference, or has them. */
export const UNREFERENCED = 12;

const SECTION_SHIFT = 15;
const SECTION_MASK = PAGES_PER_SECTION - 1;
const PAGEBLOCK_SHIFT = 9;
const BLOCKS_SHIFT = SECTION_SHIFT - PAGEBLOCK_SHIFT;

function wider<T extends Int32Array | Uint8Array | Uint16Array>(old: T, made: T): T {
  made.set(old);
  return made;
}

/** Told of each slot before its numbers change. */
export interface SlotLog {
  note(slot: number): void;
  /** Only its neighbours on a list do. */
  noteLinks(slot: number): void;
}

/** A slot comes on a list or leaves it. */
function noteNeighbours(log: SlotLog, slot: number, one: number, other: number): void {
  log.note(slot);
  log.noteLinks(one);
  log.noteLinks(other);
}

/** Of a pageblock that zones share: nodes end where they like. */
export const MIXED = 255;

export class PageArena {
  /** Section number to its place; -1: not touched. */
  #places = new Int32Array(64).fill(-1);
  /** Place to section number; list heads have -1. */
  readonly #sections: number[] = [];
  /** Slots left in the place that list heads are taken from. */
  #headSlot = 0;
  #headEnd = 0;
  /** Of somebody who wants to go back, or to count anew what changes. */
  log: SlotLog | undefined;
  next = new Int32Array(0);
  prev = new Int32Array(0);
  /** NOTHING, FREE, ... */
  state = new Uint8Array(0);
  order = new Uint8Array(0);
  /**
   * Of a free or per-cpu page its list's migratetype, of an allocated one that of the request, or
   * HUGETLB, OFF_LRU, PINNED, POISONED, SLAB, UNREFERENCED.
   */
  type = new Uint8Array(0);
  /** The CPU whose list has the page. */
  cpu = new Uint16Array(0);
  /** By pageblock (slot >>> 9): its zone's number, 0: none, MIXED: each page has its own. */
  zone = new Uint8Array(0);
  /** Zones' numbers of the pages of such pageblocks. */
  readonly mixedZones = new Map<number, Uint8Array>();
  /** By pageblock: its migratetype. */
  blockType = new Uint8Array(0);
  /** By place: 1 when all of its pages are accounted for; 0: some nobody can name. */
  known = new Uint8Array(0);

  #grow(places: number): void {
    const slots = places * PAGES_PER_SECTION;
    const blocks = slots >>> PAGEBLOCK_SHIFT;
    this.next = wider(this.next, new Int32Array(slots));
    this.prev = wider(this.prev, new Int32Array(slots));
    this.state = wider(this.state, new Uint8Array(slots));
    this.order = wider(this.order, new Uint8Array(slots));
    this.type = wider(this.type, new Uint8Array(slots));
    this.cpu = wider(this.cpu, new Uint16Array(slots));
    this.zone = wider(this.zone, new Uint8Array(blocks));
    this.blockType = wider(this.blockType, new Uint8Array(blocks));
    this.known = wider(this.known, new Uint8Array(places));
  }

  #place(section: number): number {
    const place = this.#sections.push(section) - 1;
    const room = this.known.length;
    if (place >= room) this.#grow(room < 4 ? 4 : 2 * room);
    return place;
  }

  /** Place of the section, -1 when it was not touched. */
  placeOf(section: number): number {
    return section < this.#places.length ? this.#places[section] as number : -1;
  }

  /** Gives the section a place. */
  touch(section: number): number {
    if (section >= this.#places.length) {
      const longer = new Int32Array(section * 2).fill(-1);
      longer.set(this.#places);
      this.#places = longer;
    }
    const place = this.#place(section);
    this.#places[section] = place;
    return place;
  }

  /** Slot of a pfn whose section was touched, -1 otherwise. */
  slotOf(pfn: number): number {
    const section = Math.floor(pfn / PAGES_PER_SECTION);
    const place = section < this.#places.length ? this.#places[section] as number : -1;
    return place < 0 ? -1 : place * PAGES_PER_SECTION + (pfn - section * PAGES_PER_SECTION);
  }

  /** Number of the page's zone; 0: none. */
  zoneAt(slot: number): number {
    const block = slot >>> PAGEBLOCK_SHIFT;
    const zone = this.zone[block] as number;
    if (zone !== MIXED) return zone;
    return this.mixedZones.get(block)?.[slot & ((1 << PAGEBLOCK_SHIFT) - 1)] ?? 0;
  }

  pfnOf(slot: number): number {
    const section = this.#sections[slot >>> SECTION_SHIFT] as number;
    return section * PAGES_PER_SECTION + (slot & SECTION_MASK);
  }

  isKnown(slot: number): boolean {
    return this.known[slot >>> SECTION_SHIFT] === 1;
  }

  /** First pageblock index of a place. */
  blocksOf(place: number): number {
    return place << BLOCKS_SHIFT;
  }

  /** `count` empty lists side by side: the slot of the first one's head. */
  makeLists(count: number): number {
    if (this.#headSlot + count > this.#headEnd) {
      this.#headSlot = this.#place(-1) * PAGES_PER_SECTION;
      this.#headEnd = this.#headSlot + PAGES_PER_SECTION;
    }
    const first = this.#headSlot;
    this.#headSlot += count;
    for (let head = first; head < first + count; head += 1) {
      this.next[head] = head;
      this.prev[head] = head;
    }
    return first;
  }

  /** The numbers of this slot are about to change. */
  note(slot: number): void {
    if (this.log !== undefined) this.log.note(slot);
  }

  /** Puts a page at the head of a list. */
  link(slot: number, head: number): void {
    const first = this.next[head] as number;
    if (this.log !== undefined) noteNeighbours(this.log, slot, head, first);
    this.next[slot] = first;
    this.prev[slot] = head;
    this.prev[first] = slot;
    this.next[head] = slot;
  }

  /** Puts a page at the tail of a list. */
  linkTail(slot: number, head: number): void {
    const last = this.prev[head] as number;
    if (this.log !== undefined) noteNeighbours(this.log, slot, head, last);
    this.prev[slot] = last;
    this.next[slot] = head;
    this.next[last] = slot;
    this.prev[head] = slot;
  }

  /** Takes a page off its list. */
  unlink(slot: number): void {
    const after = this.next[slot] as number;
    const before = this.prev[slot] as number;
    if (this.log !== undefined) noteNeighbours(this.log, slot, after, before);
    this.next[before] = after;
    this.prev[after] = before;
  }

  /** Bytes of the arrays. */
  byteLength(): number {
    return this.next.byteLength * 2 + this.state.byteLength * 3 + this.cpu.byteLength +
      this.zone.byteLength * 2;
  }
}
