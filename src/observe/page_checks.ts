/**
 * Invariants of page-level state, after every event, in time that the event's changes take. The
 * arena says which frames changed; what each of them counts for is taken out of the sums and put
 * back in as it is now, and the sums must be what the modelled kernel itself counts. Nothing here
 * is read from the kernel's counters, so that a wrong counter is found and not copied.
 */
import { hex } from '../base/pfn.js';
import type { Kernel } from '../mm/kernel.js';
import { MIGRATE_ISOLATE } from '../mm/migratetype.js';
import { pageblock_order } from '../mm/mmzone.js';
import {
  ALLOCATED, FREE, IN_FLIGHT, NOTHING, ON_PCP, type FrameLog, type PageArena,
} from '../mm/page_arena.js';
import type { Pages } from '../mm/pages.js';
import type { ZonePages } from '../mm/zone_pages.js';
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

export function noSums(cpus: number): PageSums {
  return {
    free: 0, isolated: 0, allocated: 0, in_flight: 0, pcp: Array.from({ length: cpus }, () => 0),
  };
}

type Bytes = Uint8Array<ArrayBuffer>;

function wider(old: Bytes, length: number): Bytes {
  const made = new Uint8Array(length);
  made.set(old);
  return made;
}

/** Frames that changed since it was emptied, each once. */
class ChangedFrames implements FrameLog {
  readonly frames: number[] = [];
  #noted: Bytes = new Uint8Array(0);

  grow(length: number): void {
    this.#noted = wider(this.#noted, length);
  }

  note(frame: number): void {
    if (this.#noted[frame] === 1) return;
    this.#noted[frame] = 1;
    this.frames.push(frame);
  }

  empty(): void {
    for (const frame of this.frames) this.#noted[frame] = 0;
    this.frames.length = 0;
  }
}

/** One reading of the invariants: what is wrong, the first that was found. */
export class PageChecks {
  readonly sums: PageSums[] = [];
  readonly #pages: Pages;
  readonly #arena: PageArena;
  readonly #strict: boolean;
  readonly #changed = new ChangedFrames();
  /** By frame: as it was when it was last counted. `cpu` is that of a list, cut to 8 bits. */
  #state = new Uint8Array(0);
  #order = new Uint8Array(0);
  #type = new Uint8Array(0);
  #cpu = new Uint8Array(0);
  #zone = new Uint8Array(0);

  /** From now on; what is there already is counted. */
  constructor(k: Kernel, pages: Pages) {
    this.#pages = pages;
    this.#arena = pages.arena;
    // From v6.10 a free block is always on the lists of its pageblock's migratetype.
    this.#strict = !k.config.migratetype_cached;
    this.#arena.log = this.#changed;
    this.#grow();
    for (let frame = 0; frame < this.#arena.state.length; frame += 1) this.#count(frame);
  }

  #grow(): void {
    const { length } = this.#arena.state;
    this.#state = wider(this.#state, length);
    this.#order = wider(this.#order, length);
    this.#type = wider(this.#type, length);
    this.#cpu = wider(this.#cpu, length);
    this.#zone = wider(this.#zone, length);
    this.#changed.grow(length);
  }

  #sumsOf(zone: number): PageSums {
    return this.sums[zone] ??= noSums(this.#pages.zones[zone - 1]?.pcp.length ?? 0);
  }

  #add(
    zone: number, state: number, order: number, type: number, cpu: number, sign: number,
  ): void {
    if (zone === 0) return;
    const sums = this.#sumsOf(zone);
    const size = sign * (1 << order);
    if (state === FREE) {
      if (type === MIGRATE_ISOLATE) sums.isolated += size;
      else sums.free += size;
    } else if (state === ON_PCP) sums.pcp[cpu] = (sums.pcp[cpu] as number) + size;
    else if (state === ALLOCATED) sums.allocated += size;
    else if (state === IN_FLIGHT) sums.in_flight += size;
  }

  /** What the frame was counted for is replaced by what it is. */
  #count(frame: number): void {
    const arena = this.#arena;
    const old = this.#state[frame] as number;
    if (old !== NOTHING) {
      this.#add(this.#zone[frame] as number, old, this.#order[frame] as number,
        this.#type[frame] as number, this.#cpu[frame] as number, -1);
    }
    const state = arena.state[frame] as number;
    this.#state[frame] = state;
    if (state === NOTHING) return;
    const zone = arena.zone[frame >>> pageblock_order] as number;
    const order = arena.order[frame] as number;
    const type = arena.type[frame] as number;
    const cpu = arena.cpu[frame] as number;
    this.#order[frame] = order;
    this.#type[frame] = type;
    this.#cpu[frame] = cpu;
    this.#zone[frame] = zone;
    this.#add(zone, state, order, type, cpu, 1);
  }

  /** After an event: what is wrong now, undefined: nothing. */
  after(): string | undefined {
    const { frames } = this.#changed;
    if (this.#state.length < this.#arena.state.length) this.#grow();
    let wrong: string | undefined;
    for (let index = 0; index < frames.length; index += 1) {
      const frame = frames[index] as number;
      this.#count(frame);
      wrong ??= this.#block(frame);
    }
    this.#changed.empty();
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
    const { next, prev } = arena;
    if (next[prev[frame] as number] !== frame || prev[next[frame] as number] !== frame) {
      return this.#say(frame, 'is on a list that is torn');
    }
    if (state !== FREE) return undefined;
    const type = arena.type[frame] as number;
    const block = arena.blockType[frame >>> pageblock_order] as number;
    const other = this.#strict ? type !== block
      : (type === MIGRATE_ISOLATE) !== (block === MIGRATE_ISOLATE);
    return other ? this.#say(frame, `is on a list of type ${type}, its pageblock is ${block}`)
      : undefined;
  }

  #say(frame: number, what: string): string {
    return `page ${hex(this.#arena.pfnOf(frame))} ${what}`;
  }

  /** What the kernel counts of a zone against what its pages add up to. */
  #zoneWrong(zp: ZonePages): string | undefined {
    const sums = this.#sumsOf(zp.number);
    const { zone } = zp;
    if (zp.nr_listed !== sums.free) return say(zp, 'free pages on lists', zp.nr_listed, sums.free);
    if (!zp.followed && zone.nr_free_pages !== sums.free) {
      return say(zp, 'NR_FREE_PAGES', zone.nr_free_pages, sums.free);
    }
    if (!zp.followed && zone.nr_isolated_pages !== sums.isolated) {
      return say(zp, 'isolated free pages', zone.nr_isolated_pages, sums.isolated);
    }
    if (zp.nr_allocated !== sums.allocated) {
      return say(zp, 'allocated pages', zp.nr_allocated, sums.allocated);
    }
    if (zp.nr_in_flight !== sums.in_flight) {
      return say(zp, 'pages being freed', zp.nr_in_flight, sums.in_flight);
    }
    let lists = 0;
    for (const pcp of zp.pcp) {
      const named = sums.pcp[pcp.cpu] as number;
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
