/** mm/hugetlb.c: huge pages that are moved. */
import { UNNAMED, pages_per_huge_page, type HugeFolio } from '../../include/hugetlb.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EBUSY, ENOMEM } from '../../include/errno.js';

const GFP = 'GFP_HIGHUSER_MOVABLE+__GFP_COMP+__GFP_NOWARN';

/** Whoever moves pages takes a huge page that is in use; false: it cannot be had.
 * @kernel mm/hugetlb.c v6.12 full */
export function isolate_hugetlb(k: Kernel, folio: HugeFolio): boolean {
  if (folio.freed || !folio.migratable) return false;
  k.folio_set_hugetlb_migratable(folio, false);
  folio.isolated = true;
  return true;
}

/** It was not moved; nobody may use it any more. @kernel mm/hugetlb.c v6.12 full */
export function* folio_putback_hugetlb(
  k: Kernel, folio: HugeFolio, cpu: number,
): Preempt<void> {
  const { unused } = folio;
  folio.isolated = false;
  folio.unused = false;
  if (unused) yield* k.free_huge_folio(folio, cpu);
  else k.folio_set_hugetlb_migratable(folio, true);
}

/** A page that is not counted as surplus: it takes the place of one that will go.
 * @kernel mm/hugetlb.c v6.12 full */
export function* alloc_migrate_hugetlb_folio(
  k: Kernel, nid: number, nodes: ReadonlySet<number> | undefined, cpu: number, gfp = GFP,
): Preempt<HugeFolio | undefined> {
  const folio = yield* k.alloc_fresh_hugetlb_folio(gfp, nid, nodes, cpu);
  if (folio !== undefined) folio.temporary = true;
  return folio;
}

/**
 * Where a huge page moves to: a free page of the pool on one of the nodes, else a fresh one, of the
 * first node or none where others would lose theirs (`allow_alloc_fallback`).
 * @kernel mm/hugetlb.c v7.3 full
 */
export function* alloc_hugetlb_folio_nodemask(
  k: Kernel, nid: number, nodes: ReadonlySet<number> | undefined, cpu: number,
  allow_alloc_fallback = true,
): Preempt<HugeFolio | undefined> {
  if (k.available_huge_pages() > 0) {
    const folio = k.dequeue_hugetlb_folio_nodemask(GFP, nid, nodes);
    if (folio !== undefined) return folio;
  }
  return yield* k.config.hugetlb_migrates_past_limit
    ? k.alloc_migrate_hugetlb_folio(
      nid, nodes, cpu, allow_alloc_fallback ? GFP : `${GFP}+__GFP_THISNODE`)
    : k.alloc_surplus_hugetlb_folio(nid, nodes, cpu);
}

/** The new page is there to stay if the old one was; surplus follows it to its node.
 * @returns it can be moved again
 * @kernel mm/hugetlb.c v7.3 full; sets that flag itself there */
export function move_hugetlb_state(k: Kernel, old: HugeFolio, fresh: HugeFolio): boolean {
  const { surplus_huge_pages_node } = k.state.hugetlb;
  if (!fresh.temporary) return true;
  old.temporary = true;
  fresh.temporary = false;
  if (old.nid === fresh.nid) return !k.config.hugetlb_moved_stays;
  if ((surplus_huge_pages_node[old.nid] ?? 0) > 0) {
    k.adjust_surplus_huge_pages(old.nid, -1);
    k.adjust_surplus_huge_pages(fresh.nid, 1);
  }
  return true;
}

/**
 * A free page of the pool gives way to a fresh one of its node. One that somebody took meanwhile is
 * isolated for its caller to move.
 * @returns 0; -ENOMEM: there is no fresh one; -EBUSY: whoever has it keeps it
 * @kernel mm/hugetlb.c v7.3 full; a page is never between its last user and the free list here
 */
export function* alloc_and_dissolve_hugetlb_folio(
  k: Kernel, old: HugeFolio, cpu: number,
): Preempt<number> {
  let fresh: HugeFolio | undefined;
  while (k.folio_test_hugetlb(old.pfn) === old && old.freed) {
    if (fresh !== undefined) {
      k.remove_hugetlb_folio(old, false);
      k.__prep_account_new_huge_page(fresh.nid);
      k.enqueue_hugetlb_folio(fresh);
      yield* k.update_and_free_hugetlb_folio(old, cpu);
      return 0;
    }
    fresh = yield* k.only_alloc_fresh_hugetlb_folio(
      `${GFP}+__GFP_THISNODE`, old.nid, undefined, cpu);
    if (fresh === undefined) return -ENOMEM;
  }
  const isGone = k.folio_test_hugetlb(old.pfn) !== old;
  const result = isGone || k.isolate_hugetlb(old) ? 0 : -EBUSY;
  if (fresh !== undefined) {
    k.drop_fresh_folio(fresh);
    yield* k.update_and_free_hugetlb_folio(fresh, cpu);
  }
  return result;
}

/**
 * Pages that moved out of the range came to ones of the pool, and the range has free ones instead:
 * they give way to fresh ones, of other memory.
 * @returns 0, or -ENOMEM: there is none
 * @kernel mm/hugetlb.c v7.3 full
 */
export function* replace_free_hugepage_folios(
  k: Kernel, start: number, end: number,
): Preempt<number> {
  const { hugetlb, running_cpu } = k.state;
  if (hugetlb.by_pfn.size === 0) return 0;
  for (let pfn = start; pfn < end; pfn += pages_per_huge_page) {
    const folio = k.folio_test_hugetlb(pfn);
    if (folio?.freed !== true) continue;
    const error = yield* k.alloc_and_dissolve_hugetlb_folio(folio, running_cpu);
    if (error !== 0) return error;
    if (folio.isolated) yield* k.folio_putback_hugetlb(folio, running_cpu);
  }
  return 0;
}

/** A page that was never counted is none of the pool's any more.
 * @kernel mm/hugetlb.c v6.12 custom: such a page is in no list there */
export function drop_fresh_folio(k: Kernel, folio: HugeFolio): void {
  const { hugepage_activelist, by_pfn } = k.state.hugetlb;
  hugepage_activelist.splice(hugepage_activelist.lastIndexOf(folio), 1);
  if (folio.pfn !== UNNAMED) by_pfn.delete(folio.pfn);
}

/**
 * Huge pages make way for alloc_contig_range(): free ones are replaced, those in use are moved.
 * @returns 0, or -ENOMEM: there is nothing to replace a free one by
 * @kernel mm/hugetlb.c v6.12 custom: isolate_or_dissolve_huge_page() for each of the range
 */
export function* isolate_or_dissolve_huge_pages(
  k: Kernel, start: number, end: number,
): Preempt<number> {
  const { hugetlb, running_cpu, gigantic } = k.state;
  if (!k.config.hugetlb_contig) return 0;
  if (gigantic.some(({ pfn, nr_pages }) => pfn < end && start < pfn + nr_pages)) return -ENOMEM;
  if (hugetlb.by_pfn.size === 0) return 0;
  for (let pfn = start; pfn < end; pfn += pages_per_huge_page) {
    const folio = k.folio_test_hugetlb(pfn);
    if (folio === undefined) continue;
    const error = yield* k.alloc_and_dissolve_hugetlb_folio(folio, running_cpu);
    if (error === -ENOMEM) return error;
    if (!folio.isolated) continue;
    yield* k.unmap_and_move_huge_page(
      folio, undefined, running_cpu, !k.config.hugetlb_contig_near);
  }
  return 0;
}
