/**
 * Invariants of page-level state, after every event, in time that the event's changes take. The
 * arena tells of each frame before it changes: what it counts for is taken out of the sums then,
 * and put back in as it is after the event, and the sums must be what the modelled kernel itself
 * counts. Nothing here is read from the kernel's counters, so that a wrong counter is found and not
 * copied.
 */
import { hex } from '../base/pfn.js';
import type { Kernel } from '../linux/base/kernel.js';
import { MIGRATE_ISOLATE } from '../linux/include/migratetype.js';
import { pageblock_order } from '../linux/include/mmzone.js';
import {
  ALLOCATED, FREE, IN_FLIGHT, NOTHING, ON_PCP, type FrameLog, type PageArena,
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

/** Frames that something happened to; one array, for it is filled and emptied at every event. */
class Frames {
  frames = new Int32Array(1024);
  count = 0;

  push(frame: number): void {
    if (this.count === this.frames.length) {
      const old = this.frames;
      this.frames = new Int32Array(2 * old.length);
      this.frames.set(old);
    }
    this.frames[this.count] = frame;
    this.count += 1;
  }
}

/** One reading of the invariants: what is wrong, the first that was found. */
export class PageChecks implements FrameLog {
  readonly #pages: Pages;
  readonly #arena: PageArena;
  readonly #strict: boolean;
  /** By zone number. */
  readonly #sums: Int32Array[] = [];
  /** Frames that are not in the sums since the last event, each once. */
  readonly #changed = new Frames();
  /** Frames that got other neighbours on a list since then. */
  readonly #relinked = new Frames();
  /** By frame: it is one of `changed`. */
  #isChanged = new Uint8Array(0);

  /** From now on; what is there already is counted. */
  constructor(k: Kernel, pages: Pages) {
    this.#pages = pages;
    this.#arena = pages.arena;
    // From v6.10 a free block is always on the lists of its pageblock's migratetype.
    this.#strict = !k.config.migratetype_cached;
    this.#arena.log = this;
    for (let frame = 0; frame < this.#arena.state.length; frame += 1) this.#add(frame, 1);
  }

  /** Pages by zone number. */
  get sums(): readonly PageSums[] {
    return this.#sums.map((sums) => ({
      free: sums[FREE] as number, isolated: sums[ISOLATED] as number,
      allocated: sums[ALLOCATED] as number, in_flight: sums[IN_FLIGHT] as number,
      pcp: [...sums.subarray(LISTS)],
    }));
  }

  /** The numbers of this frame are about to change. */
  note(frame: number): void {
    if (frame >= this.#isChanged.length) this.#growFrames();
    if (this.#isChanged[frame] === 1) return;
    this.#isChanged[frame] = 1;
    this.#changed.push(frame);
    this.#add(frame, -1);
  }

  /** What the pages of this frame count for stays as it is. */
  noteLinks(frame: number): void {
    this.#relinked.push(frame);
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

  /** The pages of a block that begins with this frame count, or (sign -1) do not. */
  #add(frame: number, sign: number): void {
    const arena = this.#arena;
    const state = arena.state[frame] as number;
    if (state === NOTHING) return;
    const zone = arena.zone[frame >>> pageblock_order] as number;
    if (zone === 0) return;
    let sum = state;
    if (state === ON_PCP) sum = LISTS + (arena.cpu[frame] as number);
    else if (state === FREE && arena.type[frame] === MIGRATE_ISOLATE) sum = ISOLATED;
    const sums = this.#sums[zone] ?? this.#makeSums(zone);
    sums[sum] = (sums[sum] as number) + sign * (1 << (arena.order[frame] as number));
  }

  /** After an event: what is wrong now, undefined: nothing. */
  after(): string | undefined {
    let wrong: string | undefined;
    const { frames, count } = this.#changed;
    for (let index = 0; index < count; index += 1) {
      const frame = frames[index] as number;
      this.#isChanged[frame] = 0;
      this.#add(frame, 1);
      wrong ??= this.#block(frame);
    }
    for (let index = 0; index < this.#relinked.count; index += 1) {
      wrong ??= this.#torn(this.#relinked.frames[index] as number);
    }
    this.#changed.count = 0;
    this.#relinked.count = 0;
    for (const zp of this.#pages.zones) wrong ??= this.#zoneWrong(zp);
    return wrong;
  }

  /** A block on a list: its place, its neighbours, its list. */
  #block(frame: number): string | undefined {
    const arena = this.#arena;
    const state = arena.state[frame] as number;
    if (state !== FREE && state !== ON_PCP) return undefined;
    const order = arena.order[frame] as number;
    if ((frame & ((1 << order) - 1)) !== 0) {
      return this.#say(frame, `is no block of order ${order}`);
    }
    if (state !== FREE) return this.#torn(frame);
    const type = arena.type[frame] as number;
    const block = arena.blockType[frame >>> pageblock_order] as number;
    const other = this.#strict ? type !== block
      : (type === MIGRATE_ISOLATE) !== (block === MIGRATE_ISOLATE);
    return other ? this.#say(frame, `is on a list of type ${type}, its pageblock is ${block}`)
      : this.#torn(frame);
  }

  #torn(frame: number): string | undefined {
    const { state, next, prev } = this.#arena;
    if (state[frame] !== FREE && state[frame] !== ON_PCP) return undefined;
    if (next[prev[frame] as number] === frame && prev[next[frame] as number] === frame) {
      return undefined;
    }
    return this.#say(frame, 'is on a list that is torn');
  }

  #say(frame: number, what: string): string {
    return `page ${hex(this.#arena.pfnOf(frame))} ${what}`;
  }

  /** What the kernel counts of a zone against what its pages add up to. */
  #zoneWrong(zp: ZonePages): string | undefined {
    const sums = this.#sums[zp.number] ?? this.#makeSums(zp.number);
    const { zone } = zp;
    const free = sums[FREE] as number;
    if (zp.nr_listed !== free) return say(zp, 'free pages on lists', zp.nr_listed, free);
    if (!zp.followed && zone.nr_free_pages !== free) {
      return say(zp, 'NR_FREE_PAGES', zone.nr_free_pages, free);
    }
    const isolated = sums[ISOLATED] as number;
    if (!zp.followed && zone.nr_isolated_pages !== isolated) {
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
