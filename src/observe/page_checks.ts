/**
 * Invariants of page-level state, after every event, in time that the event's changes take. The
 * arena tells of each slot before it changes: what it counts for is taken out of the sums then,
 * and put back in as it is after the event, and the sums must be what the modelled kernel itself
 * counts. Nothing here is read from the kernel's counters, so that a wrong counter is found and not
 * copied.
 */
import { hex } from '../base/pfn.js';
import type { Kernel } from '../linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../linux/include/migratetype.js';
import { pageblock_order } from '../linux/include/mmzone.js';
import {
  ALLOCATED, FREE, IN_FLIGHT, NOTHING, ON_PCP, type SlotLog, type PageArena,
} from '../linux/mm/pages/arena.js';
import type { Pages } from '../linux/mm/pages/pages.js';
import type { ZonePages } from '../linux/mm/pages/zone_pages.js';
import { zoneLabel } from './zones.js';

/** Pages of one zone by what they are. */
export interface PageSums {
  free: number;
  isolated: number;
  allocated: number;
  in_flight: number;
  /** By CPU. */
  readonly pcp: number[];
}

/** Sums of a zone in one array: by a page's state, isolated ones apart, on lists by CPU. */
const ISOLATED = IN_FLIGHT + 1;
const LISTS = ISOLATED + 1;

/** Slots that something happened to; one array, for it is filled and emptied at every event. */
class Slots {
  slots = new Int32Array(1024);
  count = 0;

  push(slot: number): void {
    if (this.count === this.slots.length) {
      const old = this.slots;
      this.slots = new Int32Array(2 * old.length);
      this.slots.set(old);
    }
    this.slots[this.count] = slot;
    this.count += 1;
  }
}

/** One reading of the invariants: what is wrong, the first that was found. */
export class PageChecks implements SlotLog {
  readonly #pages: Pages;
  readonly #arena: PageArena;
  readonly #strict: boolean;
  /** By zone number. */
  readonly #sums: Int32Array[] = [];
  /** Slots that are not in the sums since the last event, each once. */
  readonly #changed = new Slots();
  /** Slots that got other neighbours on a list since then. */
  readonly #relinked = new Slots();
  /** By slot: it is one of `changed`. */
  #isChanged = new Uint8Array(0);

  /** From now on; what is there already is counted. */
  constructor(k: Kernel, pages: Pages) {
    this.#pages = pages;
    this.#arena = pages.arena;
    // From v6.10 a free block is always on the lists of its pageblock's migratetype.
    this.#strict = !k.config.migratetype_cached;
    this.#arena.log = this;
    for (let slot = 0; slot < this.#arena.state.length; slot += 1) this.#add(slot, 1);
  }

  /** Pages by zone number. */
  get sums(): readonly PageSums[] {
    return this.#sums.map((sums) => ({
      free: sums[FREE] as number, isolated: sums[ISOLATED] as number,
      allocated: sums[ALLOCATED] as number, in_flight: sums[IN_FLIGHT] as number,
      pcp: [...sums.subarray(LISTS)],
    }));
  }

  /** The numbers of this slot are about to change. */
  note(slot: number): void {
    if (slot >= this.#isChanged.length) this.#growFrames();
    if (this.#isChanged[slot] === 1) return;
    this.#isChanged[slot] = 1;
    this.#changed.push(slot);
    this.#add(slot, -1);
  }

  /** What the pages of this slot count for stays as it is. */
  noteLinks(slot: number): void {
    this.#relinked.push(slot);
  }

  #growFrames(): void {
    const old = this.#isChanged;
    this.#isChanged = new Uint8Array(this.#arena.state.length);
    this.#isChanged.set(old);
  }

  #makeSums(zone: number): Int32Array {
    const lists = this.#pages.zones[zone - 1]?.pcp.length ?? 0;
    return this.#sums[zone] = new Int32Array(LISTS + lists);
  }

  /** The pages of a block that begins with this slot count, or (sign -1) do not. */
  #add(slot: number, sign: number): void {
    const arena = this.#arena;
    const state = arena.state[slot] as number;
    if (state === NOTHING) return;
    const zone = arena.zoneAt(slot);
    if (zone === 0) return;
    let sum = state;
    if (state === ON_PCP) sum = LISTS + (arena.cpu[slot] as number);
    else if (state === FREE && arena.type[slot] === MIGRATE_ISOLATE) sum = ISOLATED;
    const sums = this.#sums[zone] ?? this.#makeSums(zone);
    sums[sum] = (sums[sum] as number) + sign * (1 << (arena.order[slot] as number));
  }

  /** After an event: what is wrong now, undefined: nothing. */
  after(): string | undefined {
    let wrong: string | undefined;
    const { slots, count } = this.#changed;
    for (let index = 0; index < count; index += 1) {
      const slot = slots[index] as number;
      this.#isChanged[slot] = 0;
      this.#add(slot, 1);
      wrong ??= this.#block(slot);
    }
    for (let index = 0; index < this.#relinked.count; index += 1) {
      wrong ??= this.#torn(this.#relinked.slots[index] as number);
    }
    this.#changed.count = 0;
    this.#relinked.count = 0;
    for (const zp of this.#pages.zones) wrong ??= this.#zoneWrong(zp);
    return wrong;
  }

  /** A block on a list: its place, its neighbours, its list. */
  #block(slot: number): string | undefined {
    const arena = this.#arena;
    const state = arena.state[slot] as number;
    if (state !== FREE && state !== ON_PCP) return undefined;
    const order = arena.order[slot] as number;
    if ((slot & ((1 << order) - 1)) !== 0) {
      return this.#say(slot, `is no block of order ${order}`);
    }
    if (state !== FREE) return this.#torn(slot);
    const type = arena.type[slot] as number;
    const block = arena.blockType[slot >>> pageblock_order] as number;
    const other = this.#strict ? type !== block
      : (type === MIGRATE_ISOLATE) !== (block === MIGRATE_ISOLATE);
    return other ? this.#say(slot, `is on a list of type ${type}, its pageblock is ${block}`)
      : this.#torn(slot);
  }

  #torn(slot: number): string | undefined {
    const { state, next, prev } = this.#arena;
    if (state[slot] !== FREE && state[slot] !== ON_PCP) return undefined;
    if (next[prev[slot] as number] === slot && prev[next[slot] as number] === slot) {
      return undefined;
    }
    return this.#say(slot, 'is on a list that is torn');
  }

  #say(slot: number, what: string): string {
    return `page ${hex(this.#arena.pfnOf(slot))} ${what}`;
  }

  /** What the kernel counts of a zone against what its pages add up to. */
  #zoneWrong(zp: ZonePages): string | undefined {
    const sums = this.#sums[zp.number] ?? this.#makeSums(zp.number);
    const { zone } = zp;
    const free = sums[FREE] as number;
    if (zp.nr_listed !== free) return say(zp, 'free pages on lists', zp.nr_listed, free);
    if (!zp.partial && zone.nr_free_pages !== free) {
      return say(zp, 'NR_FREE_PAGES', zone.nr_free_pages, free);
    }
    const isolated = sums[ISOLATED] as number;
    if (!zp.partial && zone.nr_isolated_pages !== isolated) {
      return say(zp, 'isolated free pages', zone.nr_isolated_pages, isolated);
    }
    const allocated = sums[ALLOCATED] as number;
    if (zp.nr_allocated !== allocated) {
      return say(zp, 'allocated pages', zp.nr_allocated, allocated);
    }
    const inFlight = sums[IN_FLIGHT] as number;
    if (zp.nr_in_flight !== inFlight) {
      return say(zp, 'pages being freed', zp.nr_in_flight, inFlight);
    }
    let lists = 0;
    for (const pcp of zp.pcp) {
      const named = sums[LISTS + pcp.cpu] as number;
      if (pcp.count - pcp.unnamed !== named) {
        return say(zp, `pages on lists of CPU ${pcp.cpu}`, pcp.count - pcp.unnamed, named);
      }
      lists += pcp.count;
    }
    if (zp.nr_pcp !== lists) return say(zp, 'pages on per-cpu lists', zp.nr_pcp, lists);
    const off = zp.imbalance();
    return off === 0 ? undefined : `${zoneLabel(zone)}: ${off} pages too many`;
  }
}

function say(zp: ZonePages, what: string, counted: number, found: number): string {
  return `${zoneLabel(zp.zone)}: ${what} are counted as ${counted}, there are ${found}`;
}
