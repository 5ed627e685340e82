/**
 * What a trace says of blocks that go from the buddy allocator to the per-cpu lists. In a zone that
 * had pages before the recording began it is followed; in all others the model says which blocks a
 * refill brings, and follows where the machine took others.
 */
import type { Kernel } from '../../../linux/base/kernel.js';
import { MIGRATE_PCPTYPES } from '../../../linux/include/migratetype.js';
import { ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import type { Corrections } from '../corrections.js';
import type { PageCounts } from '../counts.js';
import type { RowWindow } from '../row_window.js';
import { RecordedClaims } from './claims.js';

/** A refill of a list: the rows of a CPU that follow each other. */
interface Refill {
  readonly zp: ZonePages;
  readonly pcp: PcpLists;
  readonly head: number;
  readonly type: number;
  /** The first block on the list that the model brought and no row has named yet. */
  next: number;
}

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
  #k: Kernel | undefined;
  #pages: Pages | undefined;
  /** mm_page_alloc_extfrag is printed when the block has been taken (from v6.10). */
  #stealTakes = false;

  constructor(
    trace: Trace, window: RowWindow, counts: PageCounts, corrections: Corrections,
  ) {
    this.#trace = trace;
    this.#window = window;
    this.#counts = counts;
    this.#corrections = corrections;
    this.#claims = new RecordedClaims(trace, corrections);
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
    this.#claims.taken(zp, cpu);
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
    this.#claims.taken(zp, cpu);
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
    const type = this.#window.migratetype[at] as number;
    const listed = pages.pcpOrder(order) && type < MIGRATE_PCPTYPES;
    this.#corrections.followRefill(zp, slot, order, listed ? zp.pcp[cpu] : undefined, type);
  }

  #isForList(at: number): boolean {
    const text = this.#window.args[at] as number;
    return this.#forList[text] ??= this.#trace.strings[text] === 'percpu_refill=1';
  }

  /**
   * A block of a refill. Which blocks it brings the model says when it begins; where the machine
   * took another one, the model's last one goes back for it.
   */
  #refillModel(zp: ZonePages, slot: number, order: number, at: number, cpu: number): void {
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
    if (this.#nextOf(refill) === slot) refill.next = pages.arena.next[slot] as number;
    else this.#bringOther(refill, slot, order);
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
    for (let slot = next[head] as number; slot !== head; slot = next[head] as number) {
      this.#corrections.takeUnseen('unseen_allocation', zp, slot);
    }
    this.fill(zp, pcp, order, type);
    return { zp, pcp, head, type, next: next[head] as number };
  }

  /** The machine brought this block, the model had another one there, which goes back. */
  #bringOther(refill: Refill, slot: number, order: number): void {
    const { arena } = this.#pages as Pages;
    const { zp, pcp, head, type } = refill;
    const isListed = arena.state[slot] === ON_PCP && arena.order[slot] === order;
    const back = isListed || refill.next === head ? undefined : this.#last(refill);
    this.#corrections.refillOther(zp, pcp, { slot, order, type, next: refill.next, back });
  }

  /** The last block that the model brought, which no row has named: it is to go back. */
  #last(refill: Refill): number {
    const { arena } = this.#pages as Pages;
    const slot = arena.prev[refill.head] as number;
    if (refill.next === slot) refill.next = arena.next[slot] as number;
    return slot;
  }

  /** Something else happens on this CPU. */
  #endRefill(cpu: number): void {
    const refill = this.#refills[cpu];
    if (refill === undefined) return;
    this.#refills[cpu] = undefined;
    while (this.#nextOf(refill) !== refill.head) {
      this.#corrections.putBack(refill.zp, this.#last(refill));
    }
  }
}
