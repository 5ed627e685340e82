/** Rows of a trace that free pages: where each goes is said by the model. */
import type { Kernel } from '../../linux/base/kernel.js';
import { pagesFrom } from '../../linux/base/page_ranges.js';
import { atOnce } from '../../linux/base/wait.js';
import { MIGRATE_ISOLATE } from '../../linux/include/migratetype.js';
import { freeOne } from '../../linux/mm/page_alloc/to_buddy.js';
import { canBeInterrupted, commitAtOnce } from '../../linux/mm/page_alloc/pcp_order.js';
import { ALLOCATED, IN_FLIGHT } from '../../linux/mm/pages/arena.js';
import { staysPoisoned } from '../../linux/mm/pages/poisoned.js';
import type { Pages } from '../../linux/mm/pages/pages.js';
import type { ZonePages } from '../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../trace/trace.js';
import type { HotplugCalls } from '../hotplug_calls.js';
import { ContigFrees } from './inference/contig_frees.js';
import type { Corrections } from './corrections.js';
import type { PageCounts } from './counts.js';
import { INSIDE, LATE, LOCKED, SEEN } from './free_ways.js';
import type { PageHolds } from './holds.js';
import type { PoolRows } from './pool_rows.js';

/** What a page-level replay is made of, as far as frees need it. */
export interface FreeParts {
  readonly trace: Trace;
  /** By row: see free_ways.ts. */
  readonly ways: Uint8Array;
  readonly throughTable: boolean;
  readonly counts: PageCounts;
  readonly corrections: Corrections;
  readonly hotplug: HotplugCalls;
  readonly pool: PoolRows;
  readonly holds: PageHolds;
  /** A block was freed on this CPU, to its list of the zone if it went there. */
  note(cpu: number, zp?: ZonePages): void;
}

export class PageFrees {
  readonly #parts: FreeParts;
  readonly #contig: ContigFrees;
  #k: Kernel | undefined;
  #pages: Pages | undefined;
  #joins = false;
  #interrupts = false;
  /** First page and order of blocks that the model has onlined and no row has told of. */
  readonly #fresh = new Map<number, number>();
  readonly #ways: Uint8Array;
  /** By CPU: number of the zone whose lists the batch that is under way there was put on last. */
  readonly #batch: number[] = [];

  constructor(parts: FreeParts) {
    this.#parts = parts;
    this.#ways = parts.ways;
    this.#contig = new ContigFrees(parts.trace, (row) => this.#isDeferred(row));
  }

  booted(k: Kernel, pages: Pages): void {
    this.#k = k;
    this.#pages = pages;
    this.#joins = k.config.contig_frees_blocks;
    this.#interrupts = canBeInterrupted(k);
    this.#batch.length = 0;
    this.#fresh.clear();
    pages.fresh = (pfn, order) => {
      this.#parts.corrections.takeFresh(pfn, order);
      // All others go past the lists anyway.
      if (pages.pcpOrder(order)) this.#fresh.set(pfn, order);
    };
  }

  #isDeferred(row: number): boolean {
    return ((this.#ways[row] as number) & LATE) !== 0;
  }

  #isFresh(pfn: number, order: number): boolean {
    return this.#fresh.get(pfn) === order && this.#fresh.delete(pfn);
  }

  /** mm_page_free. */
  free(
    zp: ZonePages, slot: number, pfn: number, order: number, row: number, cpu: number,
  ): void {
    const parts = this.#parts;
    const pages = this.#pages as Pages;
    const { arena } = pages;
    const known = arena.state[slot] === ALLOCATED;
    if (!known && parts.hotplug.onlines(parts.trace, row, pfn)) return;
    // A driver has onlined it: past the lists, by the model.
    if (this.#fresh.size > 0 && this.#isFresh(pfn, order) && !known) return;
    if (parts.pool.freed(pfn, order, row)) return;
    parts.counts.frees += 1;
    if (!known || arena.order[slot] !== order) {
      if (order === 0 && this.#joins) this.#beginRun(row, cpu, pfn, known ? slot : -1);
      // Huge pages of a memmap: v6.18 to v7.0 free them by the order of a compound page.
      if (known && order === 0 && parts.hotplug.freesMemmap(parts.trace.task(row))) {
        pages.setUnreferenced(slot);
      }
      parts.corrections.allocateBeforeFree(zp, slot, order);
    }
    if (order === 0 && staysPoisoned(this.#k as Kernel, pfn, parts.hotplug.poisons(pfn))) {
      pages.setPoisoned(pfn);
      return;
    }
    const hold = parts.holds.any ? parts.holds.of(pfn) : undefined;
    if (hold !== undefined) {
      parts.holds.begin(hold, row, (k) => k.free_unref_page(pfn, order, cpu));
      return;
    }
    pages.prepareFree(zp, slot, order);
    if (this.#contig.any) {
      const run = this.#contig.end(cpu, pfn);
      if (run === 'goes on') return;
      if (run !== undefined) {
        pages.joinInFlight(run.first, run.order);
        this.#put(zp, pages.slot(run.first), run.first, run.order, row, cpu);
        return;
      }
    }
    this.#put(zp, slot, pfn, order, row, cpu);
  }

  /** Single pages that may be freed together; `slot`: of a block that is allocated, or -1. */
  #beginRun(row: number, cpu: number, pfn: number, slot: number): void {
    const { arena } = this.#pages as Pages;
    if (slot >= 0) this.#contig.begin(row, cpu, pfn, arena.order[slot] as number);
    else {
      const taken = pagesFrom(this.#k?.state.withheld_allocated ?? [], pfn);
      if (taken > 0) this.#contig.beginTaken(row, cpu, pfn, taken);
    }
  }

  /** The block is on no list any more. */
  #put(
    zp: ZonePages, slot: number, pfn: number, order: number, row: number, cpu: number,
  ): void {
    const pages = this.#pages as Pages;
    if (!pages.pcpOrder(order)) {
      this.#parts.note(cpu);
      this.#k?.free_one_page(pfn, order);
      return;
    }
    const type = pages.typeOf(slot);
    // Kept for the commit, which comes with a later row.
    pages.arena.type[slot] = type;
    const way = this.#ways[row] as number;
    if ((way & LATE) !== 0) {
      this.#batch[cpu] = 0;
      this.#parts.note(cpu, zp);
    } else if (way !== 0 && this.#passes(way)) {
      this.#parts.note(cpu);
      this.#parts.corrections.passList(zp, slot, order, cpu);
    } else if (way !== 0 && this.#isInterrupt(zp, way, cpu)) {
      this.#parts.note(cpu);
      this.#k?.free_one_page(pfn, order);
    } else {
      this.#parts.note(cpu, zp);
      this.#commit(pages, zp, slot, pfn, order, type, cpu);
    }
  }

  /** The recorded kernel did not get the list's lock; one that does not wait for it goes on so. */
  #passes(way: number): boolean {
    if (this.#interrupts && (way & LOCKED) !== 0) return true;
    return (this.#interrupts || this.#k?.config.drain_remotely === true) && (way & SEEN) !== 0;
  }

  /** An interrupt frees while the task that it stopped has the zone's lists of this CPU. */
  #isInterrupt(zp: ZonePages, way: number, cpu: number): boolean {
    return this.#batch[cpu] === zp.number && this.#interrupts && (way & INSIDE) !== 0;
  }

  #commit(
    pages: Pages, zp: ZonePages, slot: number, pfn: number, order: number, type: number,
    cpu: number,
  ): void {
    const k = this.#k as Kernel;
    if (this.#parts.throughTable) atOnce(k.free_unref_page_commit(pfn, order, type, cpu));
    else if (type === MIGRATE_ISOLATE) {
      if (k.direct.page_allocator) freeOne(k, pages, zp, slot, order);
      else k.free_one_page(pfn, order);
    }
    else commitAtOnce(k, pages, zp, slot, order, type, cpu);
  }

  /** mm_page_free_batched. */
  commitLate(zp: ZonePages, slot: number, pfn: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const { state, order, type } = pages.arena;
    this.#batch[cpu] = zp.number;
    if (state[slot] !== IN_FLIGHT || this.#parts.holds.of(pfn)?.task !== undefined) return;
    this.#commit(pages, zp, slot, pfn, order[slot] as number, type[slot] as number, cpu);
  }
}
