/**
 * What a trace says of blocks that move between the buddy allocator and the per-cpu lists. In a
 * zone that had pages before the recording began it is followed; in all others it only says when
 * something happened that no row of the trace explains, and the model says to which pages.
 */
import type { Kernel } from '../mm/kernel.js';
import { MIGRATE_PCPTYPES } from '../mm/migratetype.js';
import { ALLOCATED, ON_PCP } from '../mm/page_arena.js';
import type { Pages } from '../mm/pages.js';
import { flushedUnseen, unseenFlushes } from '../mm/pcp_unseen.js';
import type { PcpLists, ZonePages } from '../mm/zone_pages.js';
import type { Trace } from '../trace/trace.js';
import type { HotplugCalls } from './hotplug_calls.js';
import type { PageCounts } from './page_counts.js';
import { PCPU_DRAIN, isPageEvent } from './page_events.js';
import { blockWith, gatherFree, gatherPages } from './page_fixes.js';
import type { RowWindow } from './row_window.js';

/** A refill of a list: the rows of a CPU that follow each other. */
interface Refill {
  readonly zp: ZonePages;
  readonly pcp: PcpLists;
  readonly head: number;
  readonly type: number;
  /** The first block on the list that the model brought and no row has named yet. */
  next: number;
}

const NO_FRAME = -1;

export class RecordedLists {
  readonly #trace: Trace;
  readonly #window: RowWindow;
  readonly #counts: PageCounts;
  readonly #hotplug: HotplugCalls;
  /** By args text: the block is for a per-cpu list. */
  readonly #forList: (boolean | undefined)[] = [];
  /** By CPU: which task's free to a per-cpu list of which zone came last; no zone: no free. */
  readonly #freeTask: number[] = [];
  readonly #freeZone: number[] = [];
  readonly #freeList: number[] = [];
  /** By CPU: the refill that goes on there. */
  readonly #refills: (Refill | undefined)[] = [];
  /** By CPU: the block that mm_page_alloc_zone_locked told of last. */
  readonly #locked: number[] = [];
  #k: Kernel | undefined;
  #pages: Pages | undefined;
  /** mm_page_alloc_extfrag is printed when the block has been taken (from v6.10). */
  #stealTakes = false;

  constructor(trace: Trace, window: RowWindow, counts: PageCounts, hotplug: HotplugCalls) {
    this.#trace = trace;
    this.#window = window;
    this.#counts = counts;
    this.#hotplug = hotplug;
  }

  booted(k: Kernel, pages: Pages): void {
    this.#k = k;
    this.#pages = pages;
    this.#stealTakes = !k.config.migratetype_cached;
  }

  /** A block was allocated or freed on this CPU; `zone` has the list that a free went to. */
  note(cpu: number, task: number, zone: number, list: number): void {
    this.#freeTask[cpu] = task;
    this.#freeZone[cpu] = zone;
    this.#freeList[cpu] = list;
    if (this.#refills[cpu] !== undefined) this.#endRefill(cpu);
  }

  /** An empty list is refilled. */
  fill(zp: ZonePages, pcp: PcpLists, order: number, type: number): void {
    const pages = this.#pages as Pages;
    const count = pages.refillCount(zp, pcp, order);
    this.#counts.modelRefills += count;
    pages.refill(zp, pcp, order, type, count);
  }

  /** A page that we cannot name leaves the per-cpu lists: this CPU's, when it has such pages. */
  takeUnnamed(zp: ZonePages, order: number, cpu: number): void {
    const size = 1 << order;
    const own = zp.pcp[cpu];
    const from = own !== undefined && own.unnamed >= size ? own
      : zp.pcp.find((one) => one.unnamed >= size);
    if (from === undefined) {
      zp.nr_unknown -= size;
      return;
    }
    from.unnamed -= size;
    from.count -= size;
    zp.nr_pcp -= size;
  }

  // ---- drains -------------------------------------------------------------------------------

  drain(zp: ZonePages, frame: number, row: number, cpu: number): void {
    this.#counts.recordedDrains += 1;
    const pages = this.#pages as Pages;
    if (zp.followed) this.#followDrain(zp, frame, row, cpu);
    else if (pages.arena.state[frame] === ALLOCATED) this.#freeUnseen(zp, frame, row);
    else if (pages.arena.state[frame] !== ON_PCP) return;
    else if (this.#isWorker(frame, row, cpu)) this.#k?.drain_local_pages_wq(cpu);
    else if (this.#overflows(zp, row, cpu)) this.#overflow(zp, frame, row, cpu);
    else if (!this.#offlines(row)) this.#takeDrain(zp, frame, row);
  }

  #followDrain(zp: ZonePages, frame: number, row: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const { state } = pages.arena;
    const block = blockWith(pages, frame);
    if (state[frame] === ON_PCP) pages.drainBlock(zp, frame);
    else if (block < 0 || state[block] === ON_PCP) {
      const order = this.#trace.columns.order.get(row);
      if (block < 0) this.takeUnnamed(zp, order, cpu);
      else gatherPages(pages, zp, frame, order);
      pages.lists.free(zp, frame, order, pages.typeOf(frame), false);
    }
  }

  /** It was freed and nothing told of it: it was taken to be allocated unseen. */
  #freeUnseen(zp: ZonePages, frame: number, row: number): void {
    const pages = this.#pages as Pages;
    const order = this.#trace.columns.order.get(row);
    if (pages.arena.order[frame] !== order) return;
    pages.prepareFree(zp, frame, order);
    pages.freeToBuddy(zp, frame, order);
  }

  /** A drain waits for the worker of this CPU, which empties its list now. */
  #isWorker(frame: number, row: number, cpu: number): boolean {
    if (this.#k?.state.drain_work?.cpus.includes(cpu) !== true) return false;
    if (this.#pages?.arena.cpu[frame] !== cpu) return false;
    const { task } = this.#trace.columns;
    return (this.#trace.strings[task.get(row)] as string).startsWith(`kworker/${cpu}:`);
  }

  /** A free of the same task to the same zone's list came right before. */
  #overflows(zp: ZonePages, row: number, cpu: number): boolean {
    return this.#freeZone[cpu] === zp.number &&
      this.#freeTask[cpu] === this.#trace.columns.task.get(row);
  }

  /** The task takes memory offline: its drains are the model's. */
  #offlines(row: number): boolean {
    const task = this.#trace.columns.task.get(row);
    return this.#hotplug.offlines(this.#trace.strings[task] as string);
  }

  /**
   * The list overflowed, in the model it did not. What the trace has no word of (pcp_unseen.ts)
   * can be the cause when as many pages went as then do. Else the model was wrong; it goes on as
   * the machine did.
   */
  #overflow(zp: ZonePages, frame: number, row: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const pcp = zp.pcp[cpu];
    const gone = this.#drainedTogether(zp, cpu, row);
    const flush = this.#k === undefined || pcp === undefined ? undefined
      : unseenFlushes(this.#k, pages, zp, pcp).find((one) => one.pages === gone);
    if (pcp !== undefined && flush !== undefined) {
      flushedUnseen(pages, zp, pcp, flush);
      this.#counts.takenDrains += gone;
      pages.bulk(zp, pcp, gone, this.#freeList[cpu] as number);
      return;
    }
    const { drained } = pages;
    pages.drained = undefined;
    pages.drainBlock(zp, frame);
    pages.drained = drained;
  }

  /**
   * Somebody else drains, as vmstat or reclaim does. How many pages is taken from the trace; which
   * ones the model says: the oldest, list by list.
   */
  #takeDrain(zp: ZonePages, frame: number, row: number): void {
    const pages = this.#pages as Pages;
    const from = pages.arena.cpu[frame] as number;
    const pcp = zp.pcp[from] as PcpLists;
    const left = pcp.count - this.#drainedTogether(zp, from, row);
    while (pcp.count > left) {
      const before = pcp.count;
      pages.bulk(zp, pcp, Math.min(before - left, zp.zone.pcp.batch), 0);
      this.#counts.takenDrains += before - pcp.count;
    }
    pages.decayHigh(zp, from);
  }

  /** Pages of this CPU's list that the task drains from this row on without doing anything else. */
  #drainedTogether(zp: ZonePages, from: number, row: number): number {
    const { event, cpu, task, pfn, order } = this.#trace.columns;
    const { arena } = this.#pages as Pages;
    let found = 0;
    for (let at = row; at < this.#trace.length; at += 1) {
      if (cpu.get(at) !== cpu.get(row)) continue;
      const code = event.get(at);
      if (code !== PCPU_DRAIN && isPageEvent[code] === 1) break;
      if (code !== PCPU_DRAIN) continue;
      if (task.get(at) !== task.get(row)) break;
      const frame = arena.frameOf(pfn.get(at));
      if (frame < 0 || arena.state[frame] !== ON_PCP || arena.cpu[frame] !== from) continue;
      if (this.#pages?.zoneOf(frame) === zp) found += 1 << order.get(at);
    }
    return found;
  }

  /**
   * A task that takes memory offline is to drain. A page of its zone whose next event comes before
   * the task does something else, and is no drain, was gone from the list already: allocated, with
   * the event still to come, or in bulk, of which there are none.
   */
  beforeOfflineDrain(zp: ZonePages, row: number): void {
    const { event, task, pfn } = this.#trace.columns;
    const { arena } = this.#pages as Pages;
    const seen = new Set<number>();
    for (let at = row; at < this.#trace.length; at += 1) {
      const code = event.get(at);
      const other = code !== PCPU_DRAIN;
      if (other && task.get(at) === task.get(row)) return;
      if (isPageEvent[code] !== 1) continue;
      const frame = arena.frameOf(pfn.get(at));
      if (frame < 0 || seen.has(frame)) continue;
      seen.add(frame);
      if (other && this.#pages?.zoneOf(frame) === zp) this.#takeUnseen(zp, frame);
    }
  }

  /** The page is on no list any more. */
  #takeUnseen(zp: ZonePages, frame: number): void {
    const pages = this.#pages as Pages;
    const { state, order, type } = pages.arena;
    if (state[frame] !== ON_PCP) return;
    const [size, list] = [order[frame] as number, type[frame] as number];
    this.#counts.allocsUnseen += 1;
    pages.takeFromPcp(zp, frame);
    pages.setAllocated(zp, frame, size, list);
  }

  // ---- refills ------------------------------------------------------------------------------

  /** A block left the buddy allocator for a CPU's list, or for the caller; `at`: see RowWindow. */
  refill(zp: ZonePages, frame: number, order: number, at: number, cpu: number): void {
    this.#counts.recordedRefills += 1;
    this.#locked[cpu] = frame;
    if (zp.followed) this.#follow(zp, frame, order, at, cpu);
    else if (this.#isForList(at)) this.#refillModel(zp, frame, order, at, cpu);
  }

  /**
   * A block of another migratetype was taken. From v6.10 nothing else tells of it, unless the
   * whole pageblock was claimed and the block then taken as any other.
   */
  steal(zp: ZonePages, frame: number, order: number, at: number, cpu: number): void {
    if (!this.#stealTakes) return;
    const told = this.#locked[cpu] === frame;
    this.#locked[cpu] = NO_FRAME;
    if (told) return;
    this.#counts.recordedRefills += 1;
    if (zp.followed) this.#follow(zp, frame, order, at, cpu);
    else this.#refillModel(zp, frame, order, at, cpu);
  }

  #follow(zp: ZonePages, frame: number, order: number, at: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const { arena } = pages;
    const block = pages.lists.blockOf(frame);
    if (block >= 0 && (arena.order[block] as number) >= order) {
      pages.lists.carve(zp, block, frame, order);
    } else {
      gatherFree(pages, zp, frame, order);
    }
    const pcp = zp.pcp[cpu];
    const type = this.#window.migratetype[at] as number;
    if (pcp !== undefined && pages.pcpOrder(order) && type < MIGRATE_PCPTYPES) {
      pages.putOnPcp(zp, pcp, frame, order, type);
    } else {
      zp.nr_unknown += 1 << order;
    }
  }

  #isForList(at: number): boolean {
    const text = this.#window.args[at] as number;
    return this.#forList[text] ??= this.#trace.strings[text] === 'percpu_refill=1';
  }

  /**
   * A block of a refill. Which blocks it brings the model says when it begins; where the machine
   * took another one, the model's last one goes back for it.
   */
  #refillModel(zp: ZonePages, frame: number, order: number, at: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const type = this.#window.migratetype[at] as number;
    const pcp = zp.pcp[cpu];
    if (pcp === undefined || type >= MIGRATE_PCPTYPES || !pages.pcpOrder(order)) return;
    const head = pcp.heads + pages.pindex(order, type);
    let refill = this.#refills[cpu];
    if (refill?.head !== head || refill.type !== type) {
      this.#endRefill(cpu);
      refill = this.#beginRefill(zp, pcp, head, order, type);
      this.#refills[cpu] = refill;
    }
    if (this.#nextOf(refill) === frame) refill.next = pages.arena.next[frame] as number;
    else this.#bringOther(refill, frame, order);
  }

  /** A drain may have taken the rest meanwhile. */
  #nextOf(refill: Refill): number {
    const pages = this.#pages as Pages;
    const { state, cpu } = pages.arena;
    const { next, head, pcp } = refill;
    const isThere = next !== head && state[next] === ON_PCP && cpu[next] === pcp.cpu &&
      pcp.heads + pages.listOf(next) === head;
    if (!isThere) refill.next = head;
    return refill.next;
  }

  /**
   * A refill begins when the list is empty. What the model still has there was allocated: in bulk,
   * of which there are no events, or by a task whose event is still to come.
   */
  #beginRefill(
    zp: ZonePages, pcp: PcpLists, head: number, order: number, type: number,
  ): Refill {
    const pages = this.#pages as Pages;
    const { next } = pages.arena;
    for (let frame = next[head] as number; frame !== head; frame = next[head] as number) {
      this.#takeUnseen(zp, frame);
    }
    this.fill(zp, pcp, order, type);
    return { zp, pcp, head, type, next: next[head] as number };
  }

  /** The machine brought this block, the model had another one there. */
  #bringOther(refill: Refill, frame: number, order: number): void {
    const pages = this.#pages as Pages;
    const { arena } = pages;
    const { zp, pcp, head, type } = refill;
    this.#counts.refillsElsewhere += 1;
    if (arena.state[frame] === ON_PCP && arena.order[frame] === order) {
      pages.takeFromPcp(zp, frame);
    } else {
      if (refill.next !== head) this.#putBack(refill, arena.prev[head] as number);
      const block = pages.lists.blockOf(frame);
      if (block < 0 || (arena.order[block] as number) < order) return;
      pages.lists.carve(zp, block, frame, order);
    }
    pages.putOnPcp(zp, pcp, frame, order, type, refill.next);
  }

  /** A block that the refill did not bring is free again. */
  #putBack(refill: Refill, frame: number): void {
    const pages = this.#pages as Pages;
    const order = pages.arena.order[frame] as number;
    if (refill.next === frame) refill.next = pages.arena.next[frame] as number;
    pages.takeFromPcp(refill.zp, frame);
    pages.lists.free(refill.zp, frame, order, pages.typeOf(frame), false);
  }

  /** Something else happens on this CPU. */
  #endRefill(cpu: number): void {
    const refill = this.#refills[cpu];
    if (refill === undefined) return;
    this.#refills[cpu] = undefined;
    while (this.#nextOf(refill) !== refill.head) {
      this.#counts.refillsElsewhere += 1;
      this.#putBack(refill, this.#pages?.arena.prev[refill.head] ?? refill.head);
    }
  }
}
