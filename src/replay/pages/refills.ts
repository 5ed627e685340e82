/**
 * Rows of blocks that go from the buddy allocator to the per-cpu lists. In a zone that had pages
 * before the recording began the model follows them; in all others it says itself which blocks a
 * refill brings, and is set right where the machine took others.
 */
import type { Kernel } from '../../linux/base/kernel.js';
import { MIGRATE_PCPTYPES } from '../../linux/include/migratetype.js';
import type { Zone } from '../../linux/include/mmzone.js';
import type { Pages } from '../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../linux/mm/pages/zone_pages.js';
import type { StandIns } from '../../patch/compose.js';
import type { Trace } from '../../trace/trace.js';
import type { Corrections } from './corrections.js';
import type { PageCounts } from './counts.js';
import { RecordedClaims } from './inference/claims.js';
import {
  broughtOther, broughtTooMuch, leftOnList, nextOf, type Refill,
} from './inference/refill_order.js';
import { drainedNext } from './inference/uncounted_refills.js';
import type { RowWindow } from './row_window.js';

const NO_SLOT = -1;

export class RecordedRefills {
  readonly #trace: Trace;
  readonly #window: RowWindow;
  readonly #counts: PageCounts;
  readonly #corrections: Corrections;
  /** By args text: the block is for a per-cpu list. */
  readonly #forList: (boolean | undefined)[] = [];
  /** By CPU: the refill that goes on there. */
  readonly #refills: (Refill | undefined)[] = [];
  /** By CPU: the block that mm_page_alloc_zone_locked told of last. */
  readonly #locked: number[] = [];
  readonly #claims: RecordedClaims;
  readonly #row: () => number;
  #k: Kernel | undefined;
  #pages: Pages | undefined;
  /** mm_page_alloc_extfrag is printed when the block has been taken (from v6.10). */
  #stealTakes = false;

  /** `row` is asked for the row that is being replayed. */
  constructor(
    trace: Trace, window: RowWindow, counts: PageCounts, corrections: Corrections,
    row: () => number,
  ) {
    this.#row = row;
    this.#trace = trace;
    this.#window = window;
    this.#counts = counts;
    this.#corrections = corrections;
    this.#claims = new RecordedClaims(trace);
  }

  booted(k: Kernel, pages: Pages): void {
    this.#k = k;
    this.#pages = pages;
    this.#stealTakes = !k.config.migratetype_cached;
  }

  /** A block was allocated or freed on this CPU. */
  note(cpu: number): void {
    if (this.#refills[cpu] !== undefined) this.#endRefill(cpu);
  }

  /** An empty list is refilled. */
  fill(zp: ZonePages, pcp: PcpLists, order: number, type: number): void {
    const k = this.#k as Kernel;
    const count = k.nr_pcp_alloc(pcp, zp.zone, order);
    this.#counts.modelRefills += count;
    pcp.count += k.rmqueue_bulk(zp.zone, order, count, pcp, type) << order;
  }

  /** A block left the buddy allocator for a CPU's list, or for the caller; `at`: see RowWindow. */
  refill(zp: ZonePages, slot: number, order: number, at: number, cpu: number): void {
    this.#counts.recordedRefills += 1;
    this.#locked[cpu] = slot;
    if (zp.partial) this.#follow(zp, slot, order, at, cpu);
    else if (this.#isForList(at)) this.#refillModel(zp, slot, order, at, cpu);
    this.#claim(zp, cpu);
  }

  /**
   * A block of another migratetype was taken. From v6.10 nothing else tells of it, unless the
   * whole pageblock was claimed and the block then taken as any other. Up to v6.9 the row that
   * tells of the block is the next one of this CPU.
   */
  steal(
    zp: ZonePages, slot: number, order: number, at: number, cpu: number, row: number,
  ): void {
    this.#claims.told(slot, cpu, row);
    if (!this.#stealTakes && !zp.partial) return;
    if (this.#stealTakes) this.#stealTaken(zp, slot, order, at, cpu);
    this.#claim(zp, cpu);
  }

  #stealTaken(zp: ZonePages, slot: number, order: number, at: number, cpu: number): void {
    const told = this.#locked[cpu] === slot;
    this.#locked[cpu] = NO_SLOT;
    if (told) return;
    this.#counts.recordedRefills += 1;
    if (zp.partial) this.#follow(zp, slot, order, at, cpu);
    else this.#refillModel(zp, slot, order, at, cpu);
  }

  #follow(zp: ZonePages, slot: number, order: number, at: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const type = this.#window.rows.migratetype[at] as number;
    const listed = pages.pcpOrder(order) && type < MIGRATE_PCPTYPES;
    this.#corrections.followRefill(zp, slot, order, listed ? zp.pcp[cpu] : undefined, type);
  }

  #isForList(at: number): boolean {
    const text = this.#window.rows.args[at] as number;
    return this.#forList[text] ??= this.#trace.strings[text] === 'percpu_refill=1';
  }

  /**
   * A block of a refill. Which blocks it brings the model says when it begins; where the machine
   * took another one, the model's last one goes back for it.
   */
  #refillModel(zp: ZonePages, slot: number, order: number, at: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const type = this.#window.rows.migratetype[at] as number;
    const pcp = zp.pcp[cpu];
    if (pcp === undefined || type >= MIGRATE_PCPTYPES || !pages.pcpOrder(order)) return;
    const head = pcp.heads + pages.pindex(order, type);
    let refill = this.#refills[cpu];
    if (refill?.head !== head || refill.type !== type) {
      this.#endRefill(cpu);
      refill = this.#beginRefill(zp, pcp, head, order, type);
      this.#refills[cpu] = refill;
    }
    if (nextOf(pages, refill) === slot) refill.next = pages.arena.next[slot] as number;
    else this.#corrections.refillOther(zp, pcp, broughtOther(pages, refill, slot, order));
  }

  #beginRefill(
    zp: ZonePages, pcp: PcpLists, head: number, order: number, type: number,
  ): Refill {
    const pages = this.#pages as Pages;
    this.#corrections.takeUnseen('unseen_allocation', zp, leftOnList(pages, head));
    const wasEmpty = pcp.count === 0;
    this.fill(zp, pcp, order, type);
    return { zp, pcp, head, type, wasEmpty, next: pages.arena.next[head] as number };
  }

  /** Who drains sees the lists as they were counted when it looked at them. */
  readonly standIns: StandIns = {
    cpus_with_pcps: (k, call) => (zone, force) => {
      const found = force || zone === undefined ? [] : this.#uncounted(k, zone);
      for (const { pcp } of found) [pcp.count, pcp.uncounted] = [0, pcp.count];
      const cpus = call(zone, force);
      for (const { zp, pcp } of found) {
        [pcp.count, pcp.uncounted] = [pcp.uncounted, 0];
        this.#corrections.passUncounted(zp, pcp);
      }
      return cpus;
    },
  };

  /** Refills of the zone, of lists that were empty, which the drain of this task passes over. */
  #uncounted(k: Kernel, zone: Zone): readonly Refill[] {
    const pages = this.#pages as Pages;
    const open = this.#refills.filter((refill): refill is Refill =>
      refill?.zp.zone === zone && refill.wasEmpty);
    if (open.length === 0) return [];
    const drained = drainedNext(this.#trace, pages, this.#row(), k.state.current);
    return open.filter(({ head }) => leftOnList(pages, head).every((slot) => !drained.has(slot)));
  }

  /** Something else happens on this CPU. */
  #endRefill(cpu: number): void {
    const refill = this.#refills[cpu];
    if (refill === undefined) return;
    this.#refills[cpu] = undefined;
    this.#corrections.putBack(refill.zp, broughtTooMuch(this.#pages as Pages, refill));
  }

  /** A block was taken on this CPU: so was the pageblock that had been claimed for it. */
  #claim(zp: ZonePages, cpu: number): void {
    const claim = this.#claims.taken(cpu);
    if (claim !== undefined) this.#corrections.retype(zp, claim);
  }
}
