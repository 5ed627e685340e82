/**
 * What is known of each page, in number arrays. Sections get a place in the arrays when the first
 * of their pages is touched, so that an idle machine of any size costs nothing.
 *
 * A page is named by its `frame`: the index into the arrays. Frames of a section lie side by side
 * and begin at a multiple of the section's size, so that the frame of a buddy is found by one bit.
 * Lists are circular and doubly linked through the same arrays; a list's head is a frame that no
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

const SECTION_SHIFT = 15;
const SECTION_MASK = PAGES_PER_SECTION - 1;
const PAGEBLOCK_SHIFT = 9;
const BLOCKS_SHIFT = SECTION_SHIFT - PAGEBLOCK_SHIFT;

function wider<T extends Int32Array | Uint8Array | Uint16Array>(old: T, made: T): T {
  made.set(old);
  return made;
}

/** Told of each frame before its numbers change. */
export interface FrameLog {
  note(frame: number): void;
  /** Only its neighbours on a list do. */
  noteLinks(frame: number): void;
}

/** A frame comes on a list or leaves it. */
function noteNeighbours(log: FrameLog, frame: number, one: number, other: number): void {
  log.note(frame);
  log.noteLinks(one);
  log.noteLinks(other);
}

export class PageArena {
  /** Section number to its place; -1: not touched. */
  #places = new Int32Array(64).fill(-1);
  /** Place to section number; list heads have -1. */
  readonly #sections: number[] = [];
  /** Frames left in the place that list heads are taken from. */
  #headFrame = 0;
  #headEnd = 0;
  /** Of somebody who wants to go back, or to count anew what changes. */
  log: FrameLog | undefined;
  next = new Int32Array(0);
  prev = new Int32Array(0);
  /** NOTHING, FREE, ... */
  state = new Uint8Array(0);
  order = new Uint8Array(0);
  /**
   * Of a free or per-cpu page its list's migratetype, of an allocated one that of the request, or
   * HUGETLB.
   */
  type = new Uint8Array(0);
  /** The CPU whose list has the page. */
  cpu = new Uint16Array(0);
  /** By pageblock (frame >>> 9): its zone's number, 0: none. */
  zone = new Uint8Array(0);
  /** By pageblock: its migratetype. */
  blockType = new Uint8Array(0);
  /** By place: 1 when all of its pages are accounted for; 0: it had pages before we looked. */
  known = new Uint8Array(0);

  #grow(places: number): void {
    const frames = places * PAGES_PER_SECTION;
    const blocks = frames >>> PAGEBLOCK_SHIFT;
    this.next = wider(this.next, new Int32Array(frames));
    this.prev = wider(this.prev, new Int32Array(frames));
    this.state = wider(this.state, new Uint8Array(frames));
    this.order = wider(this.order, new Uint8Array(frames));
    this.type = wider(this.type, new Uint8Array(frames));
    this.cpu = wider(this.cpu, new Uint16Array(frames));
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

  /** Frame of a pfn whose section was touched, -1 otherwise. */
  frameOf(pfn: number): number {
    const section = Math.floor(pfn / PAGES_PER_SECTION);
    const place = section < this.#places.length ? this.#places[section] as number : -1;
    return place < 0 ? -1 : place * PAGES_PER_SECTION + (pfn - section * PAGES_PER_SECTION);
  }

  pfnOf(frame: number): number {
    const section = this.#sections[frame >>> SECTION_SHIFT] as number;
    return section * PAGES_PER_SECTION + (frame & SECTION_MASK);
  }

  isKnown(frame: number): boolean {
    return this.known[frame >>> SECTION_SHIFT] === 1;
  }

  /** First pageblock index of a place. */
  blocksOf(place: number): number {
    return place << BLOCKS_SHIFT;
  }

  /** `count` empty lists side by side: the frame of the first one's head. */
  makeLists(count: number): number {
    if (this.#headFrame + count > this.#headEnd) {
      this.#headFrame = this.#place(-1) * PAGES_PER_SECTION;
      this.#headEnd = this.#headFrame + PAGES_PER_SECTION;
    }
    const first = this.#headFrame;
    this.#headFrame += count;
    for (let head = first; head < first + count; head += 1) {
      this.next[head] = head;
      this.prev[head] = head;
    }
    return first;
  }

  /** The numbers of this frame are about to change. */
  note(frame: number): void {
    if (this.log !== undefined) this.log.note(frame);
  }


  /** Puts a page at the head of a list. */
  link(frame: number, head: number): void {
    const first = this.next[head] as number;
    if (this.log !== undefined) noteNeighbours(this.log, frame, head, first);
    this.next[frame] = first;
    this.prev[frame] = head;
    this.prev[first] = frame;
    this.next[head] = frame;
  }

  linkTail(frame: number, head: number): void {
    const last = this.prev[head] as number;
    if (this.log !== undefined) noteNeighbours(this.log, frame, head, last);
    this.prev[frame] = last;
    this.next[frame] = head;
    this.next[last] = frame;
    this.prev[head] = frame;
  }

  unlink(frame: number): void {
    const after = this.next[frame] as number;
    const before = this.prev[frame] as number;
    if (this.log !== undefined) noteNeighbours(this.log, frame, after, before);
    this.next[before] = after;
    this.prev[after] = before;
  }

  /** Bytes of the arrays. */
  byteLength(): number {
    return this.next.byteLength * 2 + this.state.byteLength * 3 + this.cpu.byteLength +
      this.zone.byteLength * 2;
  }
}
