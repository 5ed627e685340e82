/** mm/memory-failure.c: pages that are taken out of use because their memory fails. */
import type { Kernel, Preempt } from '../base/kernel.js';
import { hex } from '../../base/pfn.js';
import { readStructPage } from '../base/struct_page.js';
import { EBUSY, EHWPOISON, EIO, ENXIO } from '../include/errno.js';

/** What stands for no page. */
const NO_PFN = -1;

/** @kernel mm/memory-failure.c v7.3 full */
export function num_poisoned_pages_inc(k: Kernel, pfn: number): void {
  k.state.num_poisoned_pages += 1;
  if (k.config.poisoned_blocks_refused) k.memblk_nr_poison_inc(pfn);
}

/** `pfn`: NO_PFN where the block has been told. @kernel mm/memory-failure.c v7.3 full */
export function num_poisoned_pages_sub(k: Kernel, pfn: number, count: number): void {
  k.state.num_poisoned_pages -= count;
  if (pfn !== NO_PFN && k.config.poisoned_blocks_refused) k.memblk_nr_poison_sub(pfn, count);
}

/**
 * Gets hold of a page that might be free: it must not be on the way to a per-cpu list meanwhile.
 * @kernel mm/memory-failure.c v7.3 reduced: the page is left as it is
 */
export function* get_hwpoison_page(k: Kernel, pfn: number): Preempt<number> {
  const zone = k.page_zone(pfn);
  if (zone === undefined || !k.config.hwpoison_pcp_disable) return 0;
  yield* k.zone_pcp_disable(zone);
  yield 'get_any_page';
  k.zone_pcp_enable(zone);
  return 0;
}

/** No CPU's list may have the page while it is taken off those of the buddy allocator. */
function* off_pcp_lists(k: Kernel, pfn: number): Preempt<void> {
  const zone = k.page_zone(pfn);
  if (zone === undefined || k.config.poisoned_free_page === 'as_it_is') return;
  if (k.config.poisoned_free_page === 'drains') {
    yield* k.drain_all_pages(zone);
    return;
  }
  yield* k.zone_pcp_disable(zone);
  k.zone_pcp_enable(zone);
}

/**
 * The page is out of use from now on. A free one is taken off the buddy allocator's lists, which
 * others may have put on theirs.
 * @kernel mm/memory-failure.c v7.3 reduced: a free page that nobody can name stays where it is
 */
export function* page_handle_poison(
  k: Kernel, pfn: number, hugepage_or_freepage: boolean,
): Preempt<void> {
  if (hugepage_or_freepage) yield* off_pcp_lists(k, pfn);
  if (hugepage_or_freepage && k.config.poisoned_taken_off !== 'never') k.take_page_off_buddy(pfn);
  k.state.hwpoison.add(pfn);
  k.num_poisoned_pages_inc(pfn);
}

/**
 * A page that is not online is no free page, and its count is 0 (also where the memmap holds what
 * the memory held before, unless the poison of DEBUG_VM has the bit of a page that failed).
 */
function softOfflineUnused(k: Kernel, pfn: number): number {
  const { kind } = readStructPage(k, pfn);
  if (kind === 'poison' && k.machine.kconfig['DEBUG_VM'] === 'y') return -EBUSY;
  k.pr_info(`__get_any_page: ${hex(pfn)}: unknown zero refcount page type`);
  return -EIO;
}

/**
 * A page that had too many corrected errors is moved away. `free`: nobody uses it.
 * @returns 0 or a negative errno
 * @kernel mm/memory-failure.c v7.3 reduced: as get_hwpoison_page; no mf_mutex; a page in use is
 * always moved
 */
export function* soft_offline_page(k: Kernel, pfn: number, free: boolean): Preempt<number> {
  if (!k.pfn_valid(pfn)) return -ENXIO;
  if (!k.pfn_to_online_page(pfn)) {
    return k.config.soft_offline_asks_online ? -EIO : softOfflineUnused(k, pfn);
  }
  if (k.state.hwpoison.has(pfn)) return k.config.soft_offline_again === 'busy' ? -EBUSY : 0;
  yield* k.get_online_mems();
  const error = yield* k.get_hwpoison_page(pfn);
  k.put_online_mems();
  if (error === 0) yield* k.page_handle_poison(pfn, free);
  return error;
}

/**
 * A page had an error that was not corrected. One in use leaves its LRU list, and its reference is
 * kept; a free one is taken off its list.
 * @returns 0 or a negative errno
 * @kernel mm/memory-failure.c v6.12 reduced: as page_handle_poison; no mf_mutex, no process is
 *   told, huge pages are not split
 */
export function* memory_failure(k: Kernel, pfn: number): Preempt<number> {
  if (!k.pfn_to_online_page(pfn)) {
    if (!k.pfn_valid(pfn)) return k.config.memory_failure_asks_drivers ? -EBUSY : -ENXIO;
    if (k.config.memory_failure_asks_online) return -ENXIO;
    readStructPage(k, pfn);
  }
  if (k.state.hwpoison.has(pfn)) {
    return k.config.memory_failure_again === 'refused' ? -EHWPOISON : 0;
  }
  k.state.hwpoison.add(pfn);
  if (!k.pfn_to_online_page(pfn)) {
    // Its count is 0, and it is not free: somebody must have it, and nothing is done.
    k.num_poisoned_pages_inc(pfn);
    return -EBUSY;
  }
  const error = yield* k.get_hwpoison_page(pfn);
  if (error !== 0) return error;
  const taken = k.config.poisoned_taken_off === 'always' && k.take_page_off_buddy(pfn);
  if (!taken) k.state.pages?.setPoisoned(pfn);
  k.num_poisoned_pages_inc(pfn);
  return 0;
}
