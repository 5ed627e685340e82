/** Page-level rows of a trace that are about the pool of huge pages. */
import { HUGETLB_PAGE_ORDER, type Hstate } from '../../linux/include/hugetlb.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Trace } from '../../trace/trace.js';
import type { HotplugCalls } from '../hotplug_calls.js';
import type { Corrections } from './corrections.js';
import { pageRowsOf } from './events.js';
import { isPoolAllocation } from './pool_allocation.js';

/** Where all come at once, the one that came first in a call is the first of the list. */
function putBehind({ hugepage_freelists, lengths }: Hstate, nid: number): void {
  const list = hugepage_freelists[nid];
  const folio = list?.pop();
  if (folio !== undefined) list?.splice(lengths[nid] ?? 0, 0, folio);
}

export class PoolRows {
  readonly #trace: Trace;
  readonly #hotplug: HotplugCalls;
  readonly #corrections: Corrections;
  #k: Kernel | undefined;

  constructor(trace: Trace, hotplug: HotplugCalls, corrections: Corrections) {
    this.#trace = trace;
    this.#hotplug = hotplug;
    this.#corrections = corrections;
  }

  booted(k: Kernel): void {
    this.#k = k;
    k.state.hugetlb.told = pageRowsOf(this.#trace).hasPool;
  }

  /** The page is a huge one of the pool. */
  has(pfn: number): boolean {
    return this.#k?.state.hugetlb.by_pfn.has(pfn) === true;
  }

  /**
   * The row has allocated a block. One for the pool is in it from now on, unless a task that
   * migrates huge pages has asked for it.
   */
  allocated(row: number, order: number, pfn: number): void {
    const k = this.#k;
    if (order !== HUGETLB_PAGE_ORDER || k?.state.hugetlb.told !== true) return;
    const zone = isPoolAllocation(this.#trace, row) ? k.page_zone(pfn) : undefined;
    if (zone === undefined) return;
    this.#corrections.notePool(pfn);
    if (this.#hotplug.offlines(this.#trace.task(row))) k.state.hugetlb.given.push(pfn);
    else {
      k.prep_and_add_allocated_folios([k.init_new_hugetlb_folio(pfn, zone)]);
      if (k.config.hugetlb_added_in_bulk) putBehind(k.state.hugetlb, zone.nid);
      k.state.hugetlb.max_huge_pages = k.persistent_huge_pages();
    }
  }

  /**
   * The row frees the block; true: the model has done so before. One that is in the pool still
   * leaves it.
   */
  freed(pfn: number): boolean {
    const k = this.#k;
    const h = k?.state.hugetlb;
    if (k === undefined || h === undefined || (h.by_pfn.size === 0 && h.released.size === 0)) {
      return false;
    }
    if (h.released.delete(pfn)) return true;
    const folio = h.by_pfn.get(pfn);
    if (folio === undefined) return false;
    this.#corrections.notePool(pfn);
    const surplus = (h.surplus_huge_pages_node[folio.nid] ?? 0) > 0 && !folio.freed;
    k.remove_hugetlb_folio(folio, surplus && !folio.temporary);
    return false;
  }
}
