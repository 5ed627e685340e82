/** mm/hugetlb.c: huge pages between the pool and the buddy allocator. */
import {
  HUGETLB_PAGE_ORDER, UNNAMED, pages_per_huge_page, type HugeFolio, type Hstate,
} from '../../include/hugetlb.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY } from '../../include/errno.js';
import { MIGRATE_ISOLATE } from '../../include/migratetype.js';
import type { Zone } from '../../include/mmzone.js';

/** Free pages that are not tied up by reservations. @kernel mm/hugetlb.c v7.3 full */
export function available_huge_pages(k: Kernel): number {
  const { free_huge_pages, resv_huge_pages } = k.state.hugetlb;
  return free_huge_pages - resv_huge_pages;
}

function add(counts: number[], nid: number, by: number): void {
  counts[nid] = (counts[nid] ?? 0) + by;
}

function takeFrom(list: HugeFolio[] | undefined, folio: HugeFolio): void {
  const index = list?.lastIndexOf(folio) ?? -1;
  if (index >= 0) list?.splice(index, 1);
}

/** To the head of the free list of its node. @kernel mm/hugetlb.c v7.3 full */
export function enqueue_hugetlb_folio(k: Kernel, folio: HugeFolio): void {
  const h = k.state.hugetlb;
  takeFrom(h.hugepage_activelist, folio);
  (h.hugepage_freelists[folio.nid] ??= []).push(folio);
  h.free_huge_pages += 1;
  add(h.free_huge_pages_node, folio.nid, 1);
  folio.freed = true;
}

/** Memory around it is to be emptied, so that nobody gets it. */
function isLeft(k: Kernel, { pfn }: HugeFolio): boolean {
  return !k.config.hugetlb_isolated_taken && pfn !== UNNAMED
    && k.get_pageblock_migratetype(pfn) === MIGRATE_ISOLATE;
}

/** The first free page of a node. @kernel mm/hugetlb.c v7.3 reduced: no HWPoison, no pinning */
export function dequeue_hugetlb_folio_node_exact(k: Kernel, nid: number): HugeFolio | undefined {
  const h = k.state.hugetlb;
  const folio = h.hugepage_freelists[nid]?.findLast((one) => !isLeft(k, one));
  if (folio === undefined) return undefined;
  takeFrom(h.hugepage_freelists[nid], folio);
  h.hugepage_activelist.push(folio);
  folio.freed = false;
  h.free_huge_pages -= 1;
  add(h.free_huge_pages_node, nid, -1);
  return folio;
}

/**
 * A free page of the nearest node of the mask that has one.
 * @kernel mm/hugetlb.c v7.3 reduced: no cpusets
 */
export function dequeue_hugetlb_folio_nodemask(
  k: Kernel, gfp: string, nid: number, nodes: ReadonlySet<number> | undefined,
): HugeFolio | undefined {
  const { zonelist, highest_zoneidx } = k.prepare_alloc_pages(gfp, HUGETLB_PAGE_ORDER, nid);
  const seen = new Set<number>();
  for (const { zone, zone_idx } of zonelist) {
    if (zone_idx > highest_zoneidx || seen.has(zone.nid)) continue;
    if (nodes !== undefined && !nodes.has(zone.nid)) continue;
    seen.add(zone.nid);
    const folio = k.dequeue_hugetlb_folio_node_exact(zone.nid);
    if (folio !== undefined) return folio;
  }
  return undefined;
}

/** The page is a huge page from here on. @kernel mm/hugetlb.c v6.12 reduced: no cgroups */
export function init_new_hugetlb_folio(k: Kernel, pfn: number, zone: Zone): HugeFolio {
  const folio: HugeFolio = {
    pfn, nid: zone.nid, zone: zone.index, freed: false, migratable: false,
    isolated: false, unused: false, temporary: false,
  };
  if (pfn !== UNNAMED) {
    k.state.hugetlb.by_pfn.set(pfn, folio);
    k.state.pages?.setHugetlb(pfn, false);
  }
  k.state.hugetlb.hugepage_activelist.push(folio);
  k.hugetlb_vmemmap_optimize_folio(folio);
  return folio;
}

/** @kernel mm/hugetlb.c v6.12 full */
export function __prep_account_new_huge_page(k: Kernel, nid: number): void {
  const h = k.state.hugetlb;
  h.nr_huge_pages += 1;
  add(h.nr_huge_pages_node, nid, 1);
}

/** The page leaves the pool and its counts. @kernel mm/hugetlb.c v6.12 full */
export function remove_hugetlb_folio(k: Kernel, folio: HugeFolio, adjust_surplus: boolean): void {
  const h = k.state.hugetlb;
  if (folio.freed) {
    takeFrom(h.hugepage_freelists[folio.nid], folio);
    h.free_huge_pages -= 1;
    add(h.free_huge_pages_node, folio.nid, -1);
    folio.freed = false;
  } else {
    takeFrom(h.hugepage_activelist, folio);
  }
  if (adjust_surplus) k.adjust_surplus_huge_pages(folio.nid, -1);
  h.by_pfn.delete(folio.pfn);
  h.nr_huge_pages -= 1;
  add(h.nr_huge_pages_node, folio.nid, -1);
}

/** Surplus pages are counted for the pool and its node.
 * @kernel mm/hugetlb.c v6.12 custom: several functions do these two lines */
export function adjust_surplus_huge_pages(k: Kernel, nid: number, delta: number): void {
  const h = k.state.hugetlb;
  h.surplus_huge_pages += delta;
  add(h.surplus_huge_pages_node, nid, delta);
}

/** Pages that nobody can name are free again. */
function freeUnnamed(k: Kernel, zone: Zone): void {
  zone.nr_free_pages += pages_per_huge_page;
  k.state.pages?.leaveUnnamed(zone, pages_per_huge_page);
}

/**
 * A page that has left the pool goes to the buddy allocator; `atomic`: its struct pages, when they
 * were freed, can be had back by a worker only, which then frees it.
 * @kernel mm/hugetlb.c v7.3 full
 */
export function* update_and_free_hugetlb_folio(
  k: Kernel, folio: HugeFolio, cpu: number, atomic = false,
): Preempt<void> {
  if (atomic && k.vmemmap_should_optimize()) k.state.hugetlb.hpage_freelist.unshift(folio);
  else yield* k.__update_and_free_hugetlb_folio(folio, cpu);
}

/** The worker: what was put off is freed. @kernel mm/hugetlb.c v7.3 full */
export function* free_hpage_workfn(k: Kernel): Preempt<void> {
  for (const folio of k.state.hugetlb.hpage_freelist.splice(0)) {
    yield* k.__update_and_free_hugetlb_folio(folio, k.state.running_cpu);
  }
}

/** Nothing is put off any more.
 * @kernel mm/hugetlb.c v7.3 reduced: the worker comes at once, and nobody else in between */
export function wait_for_freed_hugetlb_folios(k: Kernel): void {
  if (k.state.hugetlb.hpage_freelist.length === 0) return;
  const work = k.free_hpage_workfn();
  while (work.next().done !== true);
}

/** @kernel mm/hugetlb.c v7.3 reduced: no HWPoison */
export function* __update_and_free_hugetlb_folio(
  k: Kernel, folio: HugeFolio, cpu: number,
): Preempt<void> {
  const { pages } = k.state;
  const zone = k.state.nodes[folio.nid]?.node_zones[folio.zone];
  if (folio.pfn === UNNAMED || pages === undefined) {
    if (zone !== undefined) freeUnnamed(k, zone);
    return;
  }
  yield* k.free_unref_page(folio.pfn, HUGETLB_PAGE_ORDER, cpu);
}

/**
 * A fresh huge page, in no list and no count of the pool.
 * @kernel mm/hugetlb.c v6.12 reduced: a node that has failed is asked as hard as any
 */
export function* only_alloc_fresh_hugetlb_folio(
  k: Kernel, gfp: string, nid: number, nodes: ReadonlySet<number> | undefined, cpu: number,
): Preempt<HugeFolio | undefined> {
  const block = yield* k.__folio_alloc(gfp, nid, nodes, cpu);
  return block === undefined ? undefined : k.init_new_hugetlb_folio(block.pfn, block.zone);
}

/** The same, counted. @kernel mm/hugetlb.c v6.12 full */
export function* alloc_fresh_hugetlb_folio(
  k: Kernel, gfp: string, nid: number, nodes: ReadonlySet<number> | undefined, cpu: number,
): Preempt<HugeFolio | undefined> {
  const folio = yield* k.only_alloc_fresh_hugetlb_folio(gfp, nid, nodes, cpu);
  if (folio !== undefined) k.__prep_account_new_huge_page(folio.nid);
  return folio;
}

/**
 * The last reference to a huge page is gone: back to the pool, or to the buddy allocator when it is
 * surplus or was there for a migration only.
 * @kernel mm/hugetlb.c v6.12 reduced: no subpools, no reservation to be restored: a page that a
 *   task uses has consumed its own
 */
export function* free_huge_folio(k: Kernel, folio: HugeFolio, cpu: number): Preempt<void> {
  const surplus = (k.state.hugetlb.surplus_huge_pages_node[folio.nid] ?? 0) > 0;
  k.folio_set_hugetlb_migratable(folio, false);
  if (!folio.temporary && !surplus) {
    k.enqueue_hugetlb_folio(folio);
    return;
  }
  k.remove_hugetlb_folio(folio, !folio.temporary);
  yield* k.update_and_free_hugetlb_folio(folio, cpu, true);
}

/** A free page leaves the pool for good. */
function dissolve(k: Kernel, h: Hstate, folio: HugeFolio): void {
  const surplus = (h.surplus_huge_pages_node[folio.nid] ?? 0) > 0;
  const adjust = k.config.hugetlb_dissolves_surplus && surplus;
  k.remove_hugetlb_folio(folio, adjust);
  if (!adjust || !k.config.hugetlb_limit_kept) h.max_huge_pages -= 1;
}

/**
 * The huge page that has this page becomes free memory, when nobody uses it and no reservation
 * needs it.
 * @returns 0, also where there is no huge page; -EBUSY: it is in use, or reserved
 * @kernel mm/hugetlb.c v6.12 reduced: its struct pages need no memory (no hugetlb_free_vmemmap)
 */
export function* dissolve_free_hugetlb_folio(k: Kernel, pfn: number): Preempt<number> {
  const folio = k.folio_test_hugetlb(pfn);
  if (folio === undefined) return 0;
  if (!folio.freed) return k.config.hugetlb_in_use_is_busy ? -EBUSY : 0;
  if (k.available_huge_pages() === 0) return -EBUSY;
  dissolve(k, k.state.hugetlb, folio);
  yield* k.update_and_free_hugetlb_folio(folio, k.state.running_cpu);
  return 0;
}

/**
 * Dissolves all free huge pages of the range; what was dissolved before one that could not be stays
 * so.
 * @returns 0 or -EBUSY
 * @kernel mm/hugetlb.c v7.3 reduced: pages without a name are in no range
 */
export function* dissolve_free_hugetlb_folios(
  k: Kernel, start_pfn: number, end_pfn: number,
): Preempt<number> {
  const gigantic = k.dissolve_gigantic_folios(start_pfn, end_pfn);
  if (gigantic !== 0 || k.state.hugetlb.by_pfn.size === 0) return gigantic;
  for (let pfn = start_pfn; pfn < end_pfn; pfn += pages_per_huge_page) {
    if (k.folio_test_hugetlb(pfn) === undefined) continue;
    yield 'dissolve_free_hugetlb_folio';
    const error = yield* k.dissolve_free_hugetlb_folio(pfn);
    if (error !== 0) return error;
  }
  return 0;
}
