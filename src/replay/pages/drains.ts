/**
 * What a trace says of blocks that go from the per-cpu lists to the buddy allocator. In a zone that
 * had pages before the recording began it is followed; in all others it only says when something
 * happened that no row of the trace explains, and the model says to which pages. What can have
 * happened is asked of one kind of evidence after the other.
 */
import type { Kernel } from '../../linux/base/kernel.js';
import { ALLOCATED, ON_PCP } from '../../linux/mm/pages/arena.js';
import type { Pages } from '../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../trace/trace.js';
import type { HotplugCalls } from '../hotplug_calls.js';
import type { Corrections } from './corrections.js';
import type { PageCounts } from './counts.js';
import { drainedTogether } from './inference/drained_together.js';
import { OverflowDrains } from './inference/overflow_drains.js';
import { vmstatRounds } from './inference/vmstat_drains.js';
import { isAwaited, isWorker } from './inference/worker_drains.js';

export class RecordedDrains {
  readonly #trace: Trace;
  readonly #counts: PageCounts;
  readonly #hotplug: HotplugCalls;
  readonly #corrections: Corrections;
  readonly #overflows: OverflowDrains;
  #k: Kernel | undefined;
  #pages: Pages | undefined;

  constructor(
    trace: Trace, counts: PageCounts, hotplug: HotplugCalls, corrections: Corrections,
  ) {
    this.#trace = trace;
    this.#counts = counts;
    this.#hotplug = hotplug;
    this.#corrections = corrections;
    this.#overflows = new OverflowDrains(trace);
  }

  booted(k: Kernel, pages: Pages): void {
    this.#k = k;
    this.#pages = pages;
  }

  /** A block was allocated or freed on this CPU; `zone` has the list that a free went to. */
  note(cpu: number, task: number, zone: number): void {
    this.#overflows.note(cpu, task, zone);
  }

  drain(zp: ZonePages, slot: number, row: number, cpu: number): void {
    this.#counts.recordedDrains += 1;
    const [k, pages] = [this.#k as Kernel, this.#pages as Pages];
    if (zp.partial) this.#corrections.followDrain(zp, slot, this.#orderOf(row), cpu);
    else if (pages.arena.state[slot] === ALLOCATED) this.#freeUnseen(zp, slot, row);
    else if (pages.arena.state[slot] !== ON_PCP) return;
    else if (isAwaited(this.#trace, k, pages, slot, row, cpu)) k.drain_local_pages_wq(cpu);
    else if (this.#overflows.isOne(zp, row, cpu)) this.#overflow(k, pages, zp, slot, row, cpu);
    else if (!this.#offlines(row)) this.#takeDrain(k, pages, zp, slot, row);
  }

  #orderOf(row: number): number {
    return this.#trace.columns.order.get(row);
  }

  /** It was freed and nothing told of it: it was taken to be allocated unseen. */
  #freeUnseen(zp: ZonePages, slot: number, row: number): void {
    const order = this.#orderOf(row);
    if (this.#pages?.arena.order[slot] === order) this.#corrections.freeUnseen(zp, slot, order);
  }

  /** The list is too full in the machine, and not in the model. */
  #overflow(
    k: Kernel, pages: Pages, zp: ZonePages, slot: number, row: number, cpu: number,
  ): void {
    const found = this.#overflows.explain(k, pages, zp, slot, row, cpu);
    // A worker that has freed something can be vmstat's as well, some time later.
    if (found === undefined && this.#isVmstat(k, pages, slot, row)) return;
    if (found !== undefined) this.#corrections.overflow(zp, found);
    // The model gives back others.
    if (found === undefined || pages.arena.state[slot] === ON_PCP) {
      this.#corrections.drainMissed(zp, slot);
    }
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
  #takeDrain(k: Kernel, pages: Pages, zp: ZonePages, slot: number, row: number): void {
    if (this.#isVmstat(k, pages, slot, row)) return;
    const from = pages.arena.cpu[slot] as number;
    const pcp = zp.pcp[from] as PcpLists;
    const drained = drainedTogether(this.#trace, pages, zp, from, row);
    this.#corrections.drainTo(zp, pcp, pcp.count - drained.pages);
  }

  /** vmstat comes by on the CPU of the list, when its round can drain what is drained here. */
  #isVmstat(k: Kernel, pages: Pages, slot: number, row: number): boolean {
    const trace = this.#trace;
    const from = pages.arena.cpu[slot] as number;
    if (trace.columns.cpu.get(row) !== from || !isWorker(trace, row, from)) return false;
    const rounds = vmstatRounds(k, pages.zones, from,
      (zp) => drainedTogether(trace, pages, zp, from, row));
    if (rounds !== undefined) this.#corrections.vmstat(from, rounds);
    return rounds !== undefined;
  }
}
