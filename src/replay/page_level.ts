/**
 * Replay of page-level events. The trace says which page was allocated or freed, by which CPU; the
 * model says where the page was and where it goes: which list, when a list overflows, by which
 * migratetype a page enters the buddy allocator. Where the page was somewhere else in the model,
 * the model follows the trace and counts it.
 */
import type { Kernel } from '../mm/kernel.js';
import type { Zone } from '../mm/mmzone.js';
import { MIGRATE_ISOLATE, MIGRATE_PCPTYPES, MIGRATE_MOVABLE } from '../mm/migratetype.js';
import { ALLOCATED, IN_FLIGHT, NOTHING, ON_PCP } from '../mm/page_arena.js';
import { Pages } from '../mm/pages.js';
import { atOnce } from '../mm/wait.js';
import type { PcpLists, ZonePages } from '../mm/zone_pages.js';
import type { Patch } from '../patch/define.js';
import type { Trace } from '../trace/trace.js';
import { changesFreePath } from './free_path.js';
import { HotplugCalls } from './hotplug_calls.js';
import { LostPages } from './lost_pages.js';
import { freeDifference, noCounts, type Drain, type FreeDifference } from './page_counts.js';
import { PageHolds } from './page_holds.js';
import {
  ALLOC, BATCHED, EXTFRAG, FREE_ROW, PCPU_DRAIN, ZONE_LOCKED, isPageEvent, pageRowsOf,
} from './page_events.js';
import { ZoneWalk } from './zone_walk.js';
import { absorbAllocated, gatherPages, retypeBlocks, splitAllocated } from './page_fixes.js';

const EMPTY = -1;

export class PageLevel {
  readonly counts = noCounts();
  readonly drains: Drain[] = [];
  readonly differences: FreeDifference[] = [];
  /** Most that a zone's pages ever failed to add up to its managed pages, and where. */
  worstImbalance = { pages: 0, row: -1 };
  readonly #trace: Trace;
  readonly #deferred: Uint8Array;
  readonly #throughTable: boolean;
  readonly #walk: ZoneWalk;
  /** By args text: the block is for a per-cpu list. */
  readonly #forList: (boolean | undefined)[] = [];
  readonly #hotplug = new HotplugCalls();
  readonly #lost: LostPages;
  /** By CPU: who allocated or freed there last, and whether it was a free. */
  readonly #lastTask: number[] = [];
  readonly #lastWasFree: boolean[] = [];
  readonly holds: PageHolds;
  /** Where run() stopped last. */
  #stopped = EMPTY;
  #k: Kernel | undefined;
  #pages: Pages | undefined;
  #row = -1;

  /** Undefined for a trace without page-level events. */
  static of(trace: Trace, series: readonly Patch[]): PageLevel | undefined {
    return pageRowsOf(trace).has ? new PageLevel(trace, series) : undefined;
  }

  /** For any trace; `deferred` when it is the begin of another one: see PageRows. */
  static always(trace: Trace, series: readonly Patch[], deferred?: Uint8Array): PageLevel {
    return new PageLevel(trace, series, deferred);
  }

  private constructor(trace: Trace, series: readonly Patch[], deferred?: Uint8Array) {
    this.#trace = trace;
    this.#deferred = deferred ?? pageRowsOf(trace).deferred;
    this.#throughTable = changesFreePath(series);
    this.#walk = new ZoneWalk(trace);
    this.#lost = new LostPages(trace);
    this.holds = new PageHolds(trace);
  }

  /** The machine has booted: from here on pages are told apart. */
  booted(k: Kernel): void {
    const pages = new Pages(k);
    this.#k = k;
    this.#pages = pages;
    this.holds.kernel = k;
    k.state.pages = pages;
    pages.traced = true;
    for (const pgdat of k.state.nodes) {
      for (const zone of pgdat.node_zones) {
        if (zone.managed_pages > 0) this.#follow(pages, zone);
      }
    }
    this.#walk.booted(k);
    pages.drained = (frame, order, migratetype, cpu) => {
      this.counts.modelDrains += 1;
      this.drains.push({ row: this.#row, pfn: pages.arena.pfnOf(frame), order, migratetype, cpu });
    };
  }

  /** Events were lost: nobody knows where a page is now. */
  #forget(row: number): void {
    this.#lost.pass(row);
    this.holds.forget();
    if (this.#k !== undefined) this.booted(this.#k);
  }

  #follow(pages: Pages, zone: Zone): void {
    const zp = pages.zonePages(zone);
    zp.followed = true;
    zp.nr_unknown = zone.managed_pages - zone.nr_free_pages - zone.nr_isolated_pages;
  }

  /**
   * Replays up to `most` page-level rows from `row` on; the row to go on with. It stops before a
   * row in which a task that takes memory offline drains a page that the model has on a list: that
   * task is to drain first. Asked again, it goes on.
   */
  run(row: number, most = Infinity): number {
    const { event } = this.#trace.columns;
    const end = Math.min(this.#trace.length, row + most);
    let next = row;
    while (next < end) {
      const code = event.get(next);
      if (isPageEvent[code] !== 1) break;
      if (code === PCPU_DRAIN && this.#stopsAt(next)) break;
      this.#event(code, next);
      next += 1;
    }
    return next;
  }

  #stopsAt(row: number): boolean {
    if (this.#stopped === row || this.#lost.inside) return false;
    const { task, pfn } = this.#trace.columns;
    if (!this.#hotplug.offlines(this.#trace.strings[task.get(row)] as string)) return false;
    if (this.#pages?.isOnPcp(pfn.get(row)) !== true) return false;
    this.#stopped = row;
    return true;
  }

  #event(code: number, row: number): void {
    if (row >= this.#lost.next) this.#forget(row);
    const { pfn: pfns, order: orders, cpu: cpus } = this.#trace.columns;
    const pages = this.#pages;
    const pfn = pfns.get(row);
    if (pages === undefined || pfn !== pfn || this.#lost.inside) return;
    this.#row = row;
    if (row === this.holds.releaseRow) {
      this.holds.letGo(row);
      this.#note(this.#trace.cpu(row), row, true);
    }
    this.counts.events += 1;
    const frame = pages.frame(pfn);
    const zp = pages.zoneOf(frame);
    if (zp === undefined) return;
    const cpu = cpus.get(row);
    if (code === ALLOC) this.#allocate(zp, frame, orders.get(row), row, cpu);
    else if (code === FREE_ROW) this.#free(zp, frame, pfn, orders.get(row), row, cpu);
    else if (code === BATCHED) this.#commitLate(zp, frame, pfn, cpu);
    else if (code === PCPU_DRAIN) this.#recordedDrain(pages, zp, frame, row, cpu);
    else if (code === ZONE_LOCKED) {
      this.#recordedRefill(pages, zp, frame, orders.get(row), row, cpu);
    } else if (code === EXTFRAG) retypeBlocks(pages, zp, frame, this.#trace, row);
    const imbalance = zp.imbalance();
    if (imbalance !== 0 && Math.abs(imbalance) > Math.abs(this.worstImbalance.pages)) {
      this.worstImbalance = { pages: imbalance, row };
    }
  }

  #free(
    zp: ZonePages, frame: number, pfn: number, order: number, row: number, cpu: number,
  ): void {
    const pages = this.#pages as Pages;
    const { arena } = pages;
    if (this.#hotplug.onlines(this.#trace, row, pfn)) return;
    this.counts.frees += 1;
    this.#note(cpu, row, true);
    if (arena.state[frame] !== ALLOCATED || arena.order[frame] !== order) {
      this.#makeAllocated(pages, zp, frame, order);
    }
    const hold = this.holds.any ? this.holds.of(pfn) : undefined;
    if (hold !== undefined) {
      this.holds.begin(hold, row, (k) => k.free_unref_page(pfn, order, hold.cpu));
      return;
    }
    const deferred = ((this.#deferred[row >>> 3] as number) >> (row & 7)) & 1;
    pages.prepareFree(zp, frame, order);
    if (!pages.pcpOrder(order)) {
      if (this.#throughTable) this.#k?.free_one_page(pfn, order);
      else pages.freeToBuddy(zp, frame, order);
      return;
    }
    const type = pages.typeOf(frame);
    // Kept for the commit, which comes with a later row.
    arena.type[frame] = type;
    if (deferred === 1) return;
    this.#commit(pages, zp, frame, pfn, order, type, cpu);
  }

  #commit(
    pages: Pages, zp: ZonePages, frame: number, pfn: number, order: number, type: number,
    cpu: number,
  ): void {
    const k = this.#throughTable ? this.#k : undefined;
    if (k !== undefined) atOnce(k.free_unref_page_commit(pfn, order, type, cpu));
    else if (type === MIGRATE_ISOLATE) pages.freeToBuddy(zp, frame, order);
    else pages.commit(zp, frame, order, type, cpu);
  }

  #commitLate(zp: ZonePages, frame: number, pfn: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const { state, order, type } = pages.arena;
    if (state[frame] !== IN_FLIGHT || this.holds.of(pfn)?.task !== undefined) return;
    this.#commit(pages, zp, frame, pfn, order[frame] as number, type[frame] as number, cpu);
  }

  /** Makes the model hold exactly this block as allocated, before it is freed. */
  #makeAllocated(pages: Pages, zp: ZonePages, frame: number, order: number): void {
    const { state, order: orders, type: types } = pages.arena;
    for (let high = 0; high <= 10; high += 1) {
      const first = frame & ~((1 << high) - 1);
      const begun = state[first] as number;
      if (begun === NOTHING || (orders[first] as number) < high) continue;
      if (begun !== ALLOCATED) {
        // Bulk allocations have no event: the page was allocated, unseen.
        this.counts.freesNotAllocated += 1;
        gatherPages(pages, zp, frame, order);
        pages.setAllocated(zp, frame, order, MIGRATE_MOVABLE);
        return;
      }
      if ((orders[first] as number) > order) splitAllocated(pages, first, frame, order);
      else absorbAllocated(pages, zp, frame, order, types[first] as number);
      return;
    }
    if (order > 0 && absorbAllocated(pages, zp, frame, order, MIGRATE_MOVABLE)) return;
    this.counts.freesFromBefore += 1;
  }

  #allocate(zp: ZonePages, frame: number, order: number, row: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const { arena } = pages;
    const type = Math.min(this.#trace.columns.migratetype.get(row), MIGRATE_PCPTYPES - 1);
    this.counts.allocs += 1;
    this.#note(cpu, row, false);
    if (this.#walk.differs(zp, order, row, cpu)) this.counts.otherZone += 1;
    // In a trace written by hand: isolated, the allocation would have got another page.
    if (!pages.traced && pages.isIsolatedFree(frame)) {
      this.counts.allocsImpossible += 1;
      return;
    }
    const hold = this.holds.any ? this.holds.of(arena.pfnOf(frame)) : undefined;
    if (hold !== undefined) {
      const { nid, index } = zp.zone;
      this.holds.begin(hold, row, (k) => k.rmqueue(nid, index, order, type, hold.cpu));
      return;
    }
    const pcp = zp.pcp[cpu];
    const listed = pcp !== undefined && pages.pcpOrder(order);
    if (listed) pages.noteAllocation(pcp);
    if (arena.state[frame] === ON_PCP && arena.order[frame] === order) {
      if (listed && arena.cpu[frame] === cpu) this.counts.allocsFromList += 1;
      else this.counts.allocsFromElsewhere += 1;
      pages.takeFromPcp(zp, frame);
    } else {
      this.#takeElsewhere(pages, zp, listed ? pcp : undefined, frame, order, type);
    }
    pages.setAllocated(zp, frame, order, type);
  }

  #takeElsewhere(
    pages: Pages, zp: ZonePages, pcp: PcpLists | undefined, frame: number, order: number,
    type: number,
  ): void {
    const { arena } = pages;
    const block = pages.lists.blockOf(frame);
    if (block < 0) {
      this.#takeUnlisted(pages, zp, frame, order);
      return;
    }
    if (1 << (arena.order[block] as number) < 1 << order) {
      this.counts.allocsNotFree += 1;
      gatherPages(pages, zp, frame, order);
      return;
    }
    if (pcp === undefined) {
      pages.lists.carve(zp, block, frame, order);
      return;
    }
    const head = pcp.heads + pages.pindex(order, type);
    if (arena.next[head] === head) this.#fillList(pages, zp, pcp, order, type);
    if (arena.state[frame] === ON_PCP && arena.order[frame] === order) {
      this.counts.allocsFromList += 1;
      pages.takeFromPcp(zp, frame);
      return;
    }
    // The kernel's list had this page where ours has another: they change places.
    this.counts.allocsFromElsewhere += 1;
    const listed = arena.next[head] as number;
    pages.lists.carve(zp, pages.lists.blockOf(frame), frame, order);
    if (listed === head) return;
    pages.takeFromPcp(zp, listed);
    pages.lists.free(zp, listed, order, pages.typeOf(listed), false);
  }

  #fillList(
    pages: Pages, zp: ZonePages, pcp: PcpLists, order: number, type: number,
  ): void {
    const count = pages.refillCount(zp, pcp, order);
    this.counts.modelRefills += count;
    pages.refill(zp, pcp, order, type, count);
  }

  /** The page was free before the recording began, or it is not free at all. */
  #takeUnlisted(pages: Pages, zp: ZonePages, frame: number, order: number): void {
    const { arena } = pages;
    if (arena.state[frame] !== NOTHING || arena.isKnown(frame)) {
      this.counts.allocsNotFree += 1;
      gatherPages(pages, zp, frame, order);
      return;
    }
    this.counts.allocsFromBefore += 1;
    zp.nr_unknown -= 1 << order;
  }

  #note(cpu: number, row: number, free: boolean): void {
    this.#lastTask[cpu] = this.#trace.columns.task.get(row);
    this.#lastWasFree[cpu] = free;
  }

  #recordedDrain(pages: Pages, zp: ZonePages, frame: number, row: number, cpu: number): void {
    this.counts.recordedDrains += 1;
    const { state } = pages.arena;
    if (zp.followed) {
      if (state[frame] === ON_PCP) pages.drainBlock(zp, frame);
      else if (state[frame] === NOTHING && pages.lists.blockOf(frame) < 0) {
        const order = this.#trace.columns.order.get(row);
        zp.nr_unknown -= 1 << order;
        pages.lists.free(zp, frame, order, pages.typeOf(frame), false);
      }
      return;
    }
    const task = this.#trace.columns.task.get(row);
    // A free that overflows its list, and a drain of the task that offlines, are the model's.
    if (this.#lastTask[cpu] === task && this.#lastWasFree[cpu] === true) return;
    if (this.#hotplug.offlines(this.#trace.strings[task] as string)) return;
    if (state[frame] !== ON_PCP) return;
    this.counts.takenDrains += 1;
    pages.drainBlock(zp, frame);
    pages.decayHigh(zp, cpu);
  }

  /** A block left the buddy allocator for a CPU's list, or for the caller. */
  #recordedRefill(
    pages: Pages, zp: ZonePages, frame: number, order: number, row: number, cpu: number,
  ): void {
    this.counts.recordedRefills += 1;
    const { arena } = pages;
    if (!zp.followed) {
      this.#modelRefill(pages, zp, order, row, cpu);
      return;
    }
    const block = pages.lists.blockOf(frame);
    if (block >= 0 && (arena.order[block] as number) >= order) {
      pages.lists.carve(zp, block, frame, order);
    } else if (block < 0 && arena.state[frame] === NOTHING) {
      zp.zone.nr_free_pages -= 1 << order;
    } else {
      return;
    }
    const pcp = zp.pcp[cpu];
    const type = this.#trace.columns.migratetype.get(row);
    if (pcp !== undefined && pages.pcpOrder(order) && type < MIGRATE_PCPTYPES) {
      pages.putOnPcp(zp, pcp, frame, order, type);
    } else {
      zp.nr_unknown += 1 << order;
    }
  }

  /** A refill begins here: of which pages, the model says. */
  #modelRefill(pages: Pages, zp: ZonePages, order: number, row: number, cpu: number): void {
    const { args, migratetype } = this.#trace.columns;
    const text = args.get(row);
    const forList = this.#forList[text] ??= this.#trace.strings[text] === 'percpu_refill=1';
    const type = migratetype.get(row);
    const pcp = zp.pcp[cpu];
    if (!forList || pcp === undefined || type >= MIGRATE_PCPTYPES) return;
    const head = pcp.heads + pages.pindex(order, type);
    if (pages.arena.next[head] !== head) return;
    this.#fillList(pages, zp, pcp, order, type);
  }

  /** A row that is no page-level event is replayed next. */
  beforeRow(row: number): void {
    const trace = this.#trace;
    const event = trace.event(row);
    if (row >= this.#lost.next) this.#forget(row);
    this.#row = row;
    this.holds.beforeRow(row, event);
    this.#hotplug.row(trace, row);
    this.differences.push(...freeDifference(this.#k, trace, row));
  }
}
