/**
 * A list overflows: a free of the same task to the same zone's list came right before the drain.
 * That it did, and how much it gave back, says how low the list had sunk.
 */
import type { Kernel } from '../../../linux/base/kernel.js';
import { ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import {
  PAGE_ALLOC_COSTLY_ORDER, PCP_BATCH_SCALE_MAX,
} from '../../../linux/include/page_alloc.js';
import type { Trace } from '../../../trace/trace.js';
import { BATCHED, PCPU_DRAIN, isPageEvent } from '../events.js';
import { blockWith } from '../fixes.js';
import { type Drained, drainedTogether, givesBlocks } from './drained_together.js';
import { nextOverflows } from './next_overflows.js';
import { sunk } from './sunken_lists.js';

/** A list overflowed where the model has it not full. */
export interface Overflow {
  readonly pcp: PcpLists;
  /** So low it had sunk. */
  readonly high: number;
  /** List of the block that was freed. */
  readonly pindex: number;
  /** The zone was below its high watermark, and each free gives back: from so many pages on. */
  readonly below?: number;
  /** Blocks of order 1 to 3 were freed in a row after so many others that all of it goes. */
  readonly all?: boolean;
  /** So many pages are given back beside those that the model gave; so many had been freed. */
  readonly more?: number;
  readonly freed?: number;
}

/** Lists of this zone float, and nothing but vmstat makes them sink. */
function floats(k: Kernel, { zone, belowHigh }: ZonePages): boolean {
  const { high_min, high_max } = zone.pcp;
  return k.config.pcp_free === 'free_count' && high_min !== high_max && !belowHigh;
}

/**
 * The zone has so few free pages that it may be below its high watermark: what CPUs keep back of
 * the count (vm_stat_diff) is not in what the kernel compares.
 */
function mayBeBelow(k: Kernel, { zone }: ZonePages): boolean {
  const kept = k.state.cpu_to_node.size * k.calculate_normal_threshold(zone);
  return zone.nr_free_pages <= zone.watermark.high + kept;
}

/** So many pages were given back as by a list of a zone that is below its high watermark. */
function givesBelow(
  k: Kernel, zp: ZonePages, pcp: PcpLists, drained: Drained,
): number | undefined {
  if (!floats(k, zp) || !mayBeBelow(k, zp)) return undefined;
  const level = Math.max(pcp.count, zp.zone.pcp.high_min);
  return pcp.count >= level && givesFrom(k, zp, pcp, drained, level) ? level : undefined;
}

/** All goes that is on the list, with a block of order 1 to 3 that came last. */
function givesAll(k: Kernel, zp: ZonePages, pcp: PcpLists, order: number, all: Drained): boolean {
  const { batch } = zp.zone.pcp;
  const most = Math.min(pcp.count, batch << PCP_BATCH_SCALE_MAX);
  return floats(k, zp) && order > 0 && order <= PAGE_ALLOC_COSTLY_ORDER
    && givesBlocks(all, pcp.count, most, k.config.pcp_frees_in_batches ? batch : undefined);
}

/** So high, and too full, the list gives so many pages back. */
function gives(
  k: Kernel, zp: ZonePages, pcp: PcpLists, drained: Drained, high: number,
): boolean {
  const { high_min } = zp.zone.pcp;
  if (!floats(k, zp) || high < high_min || high >= pcp.high) return false;
  return high <= pcp.count && givesFrom(k, zp, pcp, drained, high);
}

/** From so many pages on the list gives these back. */
function givesFrom(
  k: Kernel, { zone }: ZonePages, pcp: PcpLists, drained: Drained, level: number,
): boolean {
  const { batch } = zone.pcp;
  const wanted = k.nr_pcp_free(pcp, batch, level, false);
  const most = k.config.pcp_frees_in_batches ? batch : undefined;
  return givesBlocks(drained, pcp.count, wanted, most);
}

/** The list overflowed on a free and gave so many pages back: how low it was; -1: not known. */
function sunkBefore(k: Kernel, zp: ZonePages, pcp: PcpLists, drained: Drained): number {
  for (let high = sunk(zp, pcp, pcp.high), last = pcp.high; high < last;) {
    if (gives(k, zp, pcp, drained, high)) return high;
    last = high;
    high = sunk(zp, pcp, high);
  }
  return -1;
}

export class OverflowDrains {
  readonly #trace: Trace;
  /** By CPU: which task's free to a per-cpu list of which zone came last; no zone: no free. */
  readonly #freeTask: number[] = [];
  readonly #freeZone: number[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** A block was allocated or freed on this CPU; `zone` has the list that a free went to. */
  note(cpu: number, task: number, zone: number): void {
    this.#freeTask[cpu] = task;
    this.#freeZone[cpu] = zone;
  }

  /** A free of the same task to the same zone's list came right before the drain of this row. */
  isOne(zp: ZonePages, row: number, cpu: number): boolean {
    return this.#freeZone[cpu] === zp.number &&
      this.#freeTask[cpu] === this.#trace.columns.task.get(row);
  }

  /** The list is too full in the machine, and not in the model; undefined: nothing explains it. */
  explain(
    k: Kernel, pages: Pages, zp: ZonePages, slot: number, row: number, cpu: number,
  ): Overflow | undefined {
    const pcp = zp.pcp[cpu] as PcpLists;
    const freed = this.#freedBefore(pages, row, cpu);
    if (pages.arena.cpu[slot] !== cpu) return undefined;
    if (freed < 0) return this.#goesOn(pages, zp, slot, row);
    const drained = drainedTogether(this.#trace, pages, zp, cpu, row);
    const pindex = pages.listOf(freed);
    const below = givesBelow(k, zp, pcp, drained);
    if (below !== undefined) {
      const { high_min, batch } = zp.zone.pcp;
      const sunkBy = Math.max(pcp.free_count, batch);
      return { pcp, high: Math.max(pcp.high - sunkBy, high_min), pindex, below };
    }
    if (givesAll(k, zp, pcp, pages.arena.order[freed] as number, drained)) {
      const { high_min, batch } = zp.zone.pcp;
      const high = Math.max(pcp.high - (batch << PCP_BATCH_SCALE_MAX), high_min);
      return { pcp, high, pindex, all: true };
    }
    if (this.#isJustFull(pages, zp, row, cpu) && gives(k, zp, pcp, drained, pcp.count)) {
      return { pcp, high: pcp.count, pindex };
    }
    const high = sunkBefore(k, zp, pcp, drained);
    if (high < 0) return undefined;
    // vmstat came by when there was another number of pages on the list, if that made it so low.
    const { least, most } = nextOverflows(this.#trace, pages, zp, pcp, row);
    const ahead = least > high && least <= pcp.high ? least : Math.min(high, most);
    const known = Math.max(ahead, zp.zone.pcp.high_min);
    return { pcp, high: known, pindex };
  }

  /**
   * The list gives back more than the model's did on the same free: more pages had been freed in a
   * row (free_count), of which an allocation halves the number.
   */
  #goesOn(pages: Pages, zp: ZonePages, slot: number, row: number): Overflow | undefined {
    const { arena } = pages;
    const cpu = arena.cpu[slot] as number;
    const pcp = zp.pcp[cpu] as PcpLists;
    const given = this.#drainedUpTo(pages, zp, row, cpu);
    if (given === 0) return undefined;
    const more = drainedTogether(this.#trace, pages, zp, cpu, row).pages;
    return { pcp, high: pcp.high, pindex: pages.listOf(slot), more, freed: given + more };
  }

  /**
   * So many pages of the zone the task has drained on this CPU right before the row. What it
   * drained of another zone is of another list: a worker goes from zone to zone.
   */
  #drainedUpTo(pages: Pages, zp: ZonePages, row: number, cpu: number): number {
    const { event, order, pfn, task } = this.#trace.columns;
    let found = 0;
    for (let at = this.#rowBefore(row, cpu); at >= 0; at = this.#rowBefore(at, cpu)) {
      if (event.get(at) !== PCPU_DRAIN || task.get(at) !== task.get(row)) break;
      if (pages.zoneOf(pages.slot(pfn.get(at))) !== zp) break;
      found += 1 << order.get(at);
    }
    return found;
  }

  /**
   * The list was not full one page ago, and nobody can have lowered it since: both pages are of one
   * batch (free_unref_folios()), which keeps the lists locked from one to the next.
   */
  #isJustFull(pages: Pages, zp: ZonePages, row: number, cpu: number): boolean {
    const { event, pfn, task } = this.#trace.columns;
    const last = this.#rowBefore(row, cpu);
    const first = last < 0 ? -1 : this.#rowBefore(last, cpu);
    return first >= 0 && [first, last].every((at) => {
      const slot = pages.arena.slotOf(pfn.get(at));
      return event.get(at) === BATCHED && task.get(at) === task.get(row) &&
        slot >= 0 && pages.zoneOf(slot) === zp && pages.arena.order[slot] === 0;
    });
  }

  /** The CPU's page-level row before this one; -1: none. */
  #rowBefore(row: number, cpu: number): number {
    const { event, cpu: cpus } = this.#trace.columns;
    let at = row - 1;
    while (at >= 0 && (isPageEvent[event.get(at)] !== 1 || cpus.get(at) !== cpu)) at -= 1;
    return at;
  }

  /**
   * The block that was freed last on this CPU; -1: it is on no list. Pages that are freed together
   * have a row each and are one block: the last one's is that of them all.
   */
  #freedBefore(pages: Pages, row: number, cpu: number): number {
    const { arena } = pages;
    const at = this.#rowBefore(row, cpu);
    const page = at < 0 ? -1 : arena.slotOf(this.#trace.columns.pfn.get(at));
    const slot = page < 0 ? -1 : blockWith(pages, page);
    return slot >= 0 && arena.state[slot] === ON_PCP ? slot : -1;
  }
}
