/** Page-level rows of a trace that are about the pool of huge pages. */
import {
  HUGETLB_PAGE_ORDER, UNNAMED, type HugeFolio, type Hstate,
} from '../../linux/include/hugetlb.js';
import type { Kernel, Preempt } from '../../linux/base/kernel.js';
import type { Zone } from '../../linux/include/mmzone.js';
import type { StandIns } from '../../patch/compose.js';
import type { Trace } from '../../trace/trace.js';
import type { HotplugCalls } from '../hotplug_calls.js';
import type { Corrections } from './corrections.js';
import { pageRowsOf } from './events.js';
import { NO_ROW, PageHistory } from './history.js';
import { isPoolAllocation } from './pool_allocation.js';

/** The trace says which pages the pool gets and, but for dissolved ones, loses. */
export function tellsPool(k: Kernel, trace: Trace): boolean {
  return k.state.pages !== undefined && pageRowsOf(trace).hasPool;
}

export class PoolRows {
  readonly #trace: Trace;
  readonly #hotplug: HotplugCalls;
  readonly #corrections: Corrections;
  /** Pages that were allocated for somebody who migrates huge pages, by pfn. */
  readonly #given: number[] = [];
  /** Pages that the model gave back to the buddy allocator before their row came. */
  readonly #released = new Set<number>();
  /** By nid: length of the free list when the size was last written. */
  #lengths: readonly number[] = [];
  /** So many pages the pool is to lose, by what was written last. */
  #due = 0;
  #k: Kernel | undefined;

  constructor(trace: Trace, hotplug: HotplugCalls, corrections: Corrections) {
    this.#trace = trace;
    this.#hotplug = hotplug;
    this.#corrections = corrections;
  }

  booted(k: Kernel): void {
    this.#k = k;
  }

  /** From now on the model's pool gets its pages, and gives them back, by itself. */
  end(): void {
    this.#k = undefined;
  }

  get #tells(): boolean {
    return this.#k !== undefined && tellsPool(this.#k, this.#trace);
  }

  readonly standIns: StandIns = {
    only_alloc_fresh_hugetlb_folio: (k, call) => (...args) => this.#fresh(k, () => call(...args)),
    resize_hugetlb_pool: (k, call) => (count, ...rest) => {
      if (this.#tells) this.#due = k.persistent_huge_pages() - count;
      return this.#resize(k, () => call(count, ...rest));
    },
    update_and_free_hugetlb_folio: (_k, call) => (folio, ...rest) => {
      if (this.#tells && folio.pfn !== UNNAMED) this.#released.add(folio.pfn);
      return call(folio, ...rest);
    },
  };

  /** What was allocated for this call. */
  * #fresh(
    k: Kernel, call: () => Preempt<HugeFolio | undefined>,
  ): Preempt<HugeFolio | undefined> {
    if (!this.#tells) return yield* call();
    const pfn = this.#given.shift();
    const zone = pfn === undefined ? undefined : k.page_zone(pfn);
    return pfn === undefined || zone === undefined ? undefined : this.#init(k, pfn, zone);
  }

  /** Rows tell of the pages of its memmap that are freed, and not that they are managed then. */
  #init(k: Kernel, pfn: number, zone: Zone): HugeFolio {
    const folio = k.init_new_hugetlb_folio(pfn, zone);
    const freed = k.vmemmap_of_boot(folio);
    if (freed !== undefined) k.adjust_managed_page_count(freed.zone, freed.pages);
    return folio;
  }

  /** The rows of its pages come later. */
  * #resize(k: Kernel, call: () => Preempt<void>): Preempt<void> {
    if (this.#tells) this.#lengths = k.state.hugetlb.hugepage_freelists.map((one) => one.length);
    else yield* call();
  }

  /** Where all come at once, the one that came first in a call is the first of the list. */
  #putBehind({ hugepage_freelists }: Hstate, nid: number): void {
    const list = hugepage_freelists[nid];
    const folio = list?.pop();
    if (folio !== undefined) list?.splice(this.#lengths[nid] ?? 0, 0, folio);
  }

  /** The page is a huge one of the pool. */
  has(pfn: number): boolean {
    const pool = this.#k?.state.hugetlb.by_pfn;
    return pool !== undefined && pool.size > 0 && pool.has(pfn);
  }

  /**
   * The row has allocated a block of a huge page's order. One for the pool is in it from now on,
   * unless a task that migrates huge pages has asked for it.
   */
  allocated(row: number, pfn: number): void {
    const k = this.#k;
    if (k === undefined || !this.#tells) return;
    const zone = isPoolAllocation(this.#trace, row) ? k.page_zone(pfn) : undefined;
    if (zone === undefined) return;
    this.#corrections.notePool(pfn);
    if (this.#hotplug.offlines(this.#trace.task(row))) this.#given.push(pfn);
    else {
      k.prep_and_add_allocated_folios([this.#init(k, pfn, zone)]);
      if (k.config.hugetlb_added_in_bulk) this.#putBehind(k.state.hugetlb, zone.nid);
      k.state.hugetlb.max_huge_pages = k.persistent_huge_pages();
    }
  }

  /**
   * The row frees the block; true: the model has done so before. One that is in the pool still
   * leaves it.
   */
  freed(pfn: number, order: number, row: number): boolean {
    const k = this.#k;
    const h = k?.state.hugetlb;
    if (k === undefined || h === undefined ||
      (h.by_pfn.size === 0 && this.#released.size === 0 && this.#due <= 0)) return false;
    if (this.#released.delete(pfn)) return true;
    const folio = h.by_pfn.get(pfn) ??
      (order === HUGETLB_PAGE_ORDER && this.#due > 0 ? this.#fromBoot(k, pfn, row) : undefined);
    if (folio === undefined) return false;
    // One that was there at boot has its name by this row.
    h.vmemmap_moved.add(pfn);
    this.#due -= 1;
    this.#corrections.notePool(pfn);
    const surplus = (h.surplus_huge_pages_node[folio.nid] ?? 0) > 0 && !folio.freed;
    k.remove_hugetlb_folio(folio, surplus && !folio.temporary);
    return false;
  }

  /**
   * The pool gives back a page that it has had since before the recording began; where the boot had
   * placed it nobody saw. It is one of those that the model placed, on this node, by itself.
   */
  #fromBoot(k: Kernel, pfn: number, row: number): HugeFolio | undefined {
    const history = PageHistory.of(this.#trace);
    if (history.around(pfn, row - 1).before !== NO_ROW) return undefined;
    const list = k.state.hugetlb.hugepage_freelists[k.page_zone(pfn)?.nid ?? -1] ?? [];
    return list.find((one) =>
      one.pfn === UNNAMED || history.around(one.pfn, -1).after === NO_ROW);
  }
}
