/**
 * What a trace says of blocks that go from the per-cpu lists to the buddy allocator. In a zone that
 * had pages before the recording began it is followed; in all others it only says when something
 * happened that no row of the trace explains, and the model says to which pages.
 */
import type { Kernel } from '../../../linux/base/kernel.js';
import { ALLOCATED, ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import type { HotplugCalls } from '../../hotplug_calls.js';
import type { Corrections } from '../corrections.js';
import type { PageCounts } from '../counts.js';
import { PCPU_DRAIN, isPageEvent } from '../events.js';
import { overflow, vmstat } from './sunken_lists.js';

export class RecordedDrains {
  readonly #trace: Trace;
  readonly #counts: PageCounts;
  readonly #hotplug: HotplugCalls;
  readonly #corrections: Corrections;
  /** By CPU: which task's free to a per-cpu list of which zone came last; no zone: no free. */
  readonly #freeTask: number[] = [];
  readonly #freeZone: number[] = [];
  #k: Kernel | undefined;
  #pages: Pages | undefined;

  constructor(
    trace: Trace, counts: PageCounts, hotplug: HotplugCalls, corrections: Corrections,
  ) {
    this.#trace = trace;
    this.#counts = counts;
    this.#hotplug = hotplug;
    this.#corrections = corrections;
  }

  booted(k: Kernel, pages: Pages): void {
    this.#k = k;
    this.#pages = pages;
  }

  /** A block was allocated or freed on this CPU; `zone` has the list that a free went to. */
  note(cpu: number, task: number, zone: number): void {
    this.#freeTask[cpu] = task;
    this.#freeZone[cpu] = zone;
  }

  drain(zp: ZonePages, slot: number, row: number, cpu: number): void {
    this.#counts.recordedDrains += 1;
    const pages = this.#pages as Pages;
    if (zp.partial) this.#corrections.followDrain(zp, slot, this.#orderOf(row), cpu);
    else if (pages.arena.state[slot] === ALLOCATED) this.#freeUnseen(zp, slot, row);
    else if (pages.arena.state[slot] !== ON_PCP) return;
    else if (this.#isWorker(slot, row, cpu)) this.#k?.drain_local_pages_wq(cpu);
    else if (this.#overflows(zp, row, cpu)) this.#overflow(zp, slot, row, cpu);
    else if (!this.#offlines(row)) this.#takeDrain(zp, slot, row);
  }

  #orderOf(row: number): number {
    return this.#trace.columns.order.get(row);
  }

  /** It was freed and nothing told of it: it was taken to be allocated unseen. */
  #freeUnseen(zp: ZonePages, slot: number, row: number): void {
    const order = this.#orderOf(row);
    if (this.#pages?.arena.order[slot] === order) this.#corrections.freeUnseen(zp, slot, order);
  }

  /** A drain waits for the worker of this CPU, which empties its list now. */
  #isWorker(slot: number, row: number, cpu: number): boolean {
    if (this.#k?.state.drain_work?.cpus.includes(cpu) !== true) return false;
    if (this.#pages?.arena.cpu[slot] !== cpu) return false;
    const { task } = this.#trace.columns;
    return (this.#trace.strings[task.get(row)] as string).startsWith(`kworker/${cpu}:`);
  }

  /** A free of the same task to the same zone's list came right before. */
  #overflows(zp: ZonePages, row: number, cpu: number): boolean {
    return this.#freeZone[cpu] === zp.number &&
      this.#freeTask[cpu] === this.#trace.columns.task.get(row);
  }

  /** The list is too full in the machine, and not in the model. */
  #overflow(zp: ZonePages, slot: number, row: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const pcp = zp.pcp[cpu] as PcpLists;
    const freed = this.#freedBefore(row, cpu);
    const isSunk = pages.arena.cpu[slot] === cpu && freed >= 0 && overflow(
      this.#k as Kernel, this.#corrections, zp, pcp, this.#drainedTogether(zp, cpu, row),
      pages.listOf(freed));
    // The model gives back others.
    if (!isSunk || pages.arena.state[slot] === ON_PCP) this.#corrections.drainMissed(zp, slot);
  }

  /** The block that was freed last on this CPU; -1: it is on no list. */
  #freedBefore(row: number, cpu: number): number {
    const { event, cpu: cpus, pfn } = this.#trace.columns;
    const { arena } = this.#pages as Pages;
    let at = row - 1;
    while (at >= 0 && (isPageEvent[event.get(at)] !== 1 || cpus.get(at) !== cpu)) at -= 1;
    const slot = at < 0 ? -1 : arena.slotOf(pfn.get(at));
    return slot >= 0 && arena.state[slot] === ON_PCP ? slot : -1;
  }

  /** The task takes memory offline: its drains are the model's. */
  #offlines(row: number): boolean {
    const task = this.#trace.columns.task.get(row);
    return this.#hotplug.offlines(this.#trace.strings[task] as string);
  }

  /**
   * Somebody else drains, as vmstat or reclaim does. How many pages is taken from the trace; which
   * ones the model says: the oldest, list by list.
   */
  #takeDrain(zp: ZonePages, slot: number, row: number): void {
    const pages = this.#pages as Pages;
    const from = pages.arena.cpu[slot] as number;
    const pcp = zp.pcp[from] as PcpLists;
    if (this.#isVmstat(row, from) && vmstat(this.#k as Kernel, this.#corrections, pages.zones, from,
      (one) => this.#drainedTogether(one, from, row))) return;
    this.#corrections.drainTo(zp, pcp, pcp.count - this.#drainedTogether(zp, from, row));
  }

  /** A worker drains lists of the CPU that it runs on. */
  #isVmstat(row: number, from: number): boolean {
    const { cpu, task } = this.#trace.columns;
    return cpu.get(row) === from &&
      (this.#trace.strings[task.get(row)] as string).startsWith(`kworker/${from}:`);
  }

  /** Pages of this CPU's list that the task drains from this row on without doing anything else. */
  #drainedTogether(zp: ZonePages, from: number, row: number): number {
    const { event, cpu, task, pfn, order } = this.#trace.columns;
    const { arena } = this.#pages as Pages;
    let found = 0;
    for (let at = row; at < this.#trace.length; at += 1) {
      const code = event.get(at);
      const isOwn = task.get(at) === task.get(row);
      // The next call of the task drains anew what came to the list meanwhile.
      if (code !== PCPU_DRAIN && isOwn) break;
      if (isPageEvent[code] !== 1 || cpu.get(at) !== cpu.get(row)) continue;
      if (!isOwn) break;
      const slot = arena.slotOf(pfn.get(at));
      if (slot < 0 || arena.state[slot] !== ON_PCP || arena.cpu[slot] !== from) continue;
      if (this.#pages?.zoneOf(slot) === zp) found += 1 << order.get(at);
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
      const slot = arena.slotOf(pfn.get(at));
      if (slot < 0 || seen.has(slot)) continue;
      seen.add(slot);
      if (!other || this.#pages?.zoneOf(slot) !== zp) continue;
      this.#corrections.takeUnseen('unseen_before_drain', zp, slot);
    }
  }
}
