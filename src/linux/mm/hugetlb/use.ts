/** mm/hugetlb.c: huge pages that tasks reserve, use and give back. */
import type { HugeFolio } from '../../include/hugetlb.js';
import type { Kernel, Preempt } from '../../base/kernel.js';
import { ENOMEM } from '../../include/errno.js';

/** htlb_alloc_mask(): huge pages of 2 MiB can be moved. */
const GFP = 'GFP_HIGHUSER_MOVABLE+__GFP_COMP+__GFP_NOWARN';

/** A page beyond the pool's own, as many as nr_overcommit_hugepages allows.
 * @kernel mm/hugetlb.c v6.12 reduced: the count cannot change meanwhile */
export function* alloc_surplus_hugetlb_folio(
  k: Kernel, nid: number, nodes: ReadonlySet<number> | undefined, cpu: number,
): Preempt<HugeFolio | undefined> {
  const h = k.state.hugetlb;
  if (h.surplus_huge_pages >= h.nr_overcommit_huge_pages) return undefined;
  const folio = yield* k.alloc_fresh_hugetlb_folio(GFP, nid, nodes, cpu);
  if (folio !== undefined) k.adjust_surplus_huge_pages(folio.nid, 1);
  return folio;
}

/** Reserves `delta` more pages; what the pool lacks comes as surplus pages.
 * @kernel mm/hugetlb.c v7.3 reduced: no task has a memory policy or a cpuset of its own */
export function* gather_surplus_pages(
  k: Kernel, delta: number, nid: number, cpu: number,
): Preempt<number> {
  const h = k.state.hugetlb;
  const fresh: HugeFolio[] = [];
  let error = 0;
  while (h.resv_huge_pages + delta > h.free_huge_pages + fresh.length) {
    yield 'gather_surplus_pages';
    const first = k.config.hugetlb_surplus_on === 'near' ? nid
      : Math.min(...k.state.node_states.memory);
    const folio = yield* k.alloc_surplus_hugetlb_folio(first, undefined, cpu);
    if (folio === undefined) {
      error = -ENOMEM;
      break;
    }
    fresh.unshift(folio);
  }
  let needed = h.resv_huge_pages + delta - h.free_huge_pages;
  if (error === 0) h.resv_huge_pages += delta;
  for (const folio of fresh) {
    if (error === 0 && needed > 0) k.enqueue_hugetlb_folio(folio);
    else yield* k.free_huge_folio(folio, cpu);
    needed -= 1;
  }
  return error;
}

/** A reservation ends, and surplus pages that were there for it go.
 * @kernel mm/hugetlb.c v7.3 full */
export function* return_unused_surplus_pages(
  k: Kernel, unused: number, cpu: number,
): Preempt<void> {
  const h = k.state.hugetlb;
  h.resv_huge_pages -= unused;
  let left = Math.min(unused, h.surplus_huge_pages);
  const more = (): boolean => {
    left -= 1;
    return left >= 0;
  };
  yield* k.free_pool_hugetlb_folios(k.state.node_states.memory, true, more, cpu);
}

/**
 * A mapping reserves huge pages (`delta` > 0), or does not need them any more.
 * @returns 0, or -ENOMEM
 * @kernel mm/hugetlb.c v7.3 reduced: no cpusets, no memory policies
 */
export function* hugetlb_acct_memory(
  k: Kernel, delta: number, nid: number, cpu: number,
): Preempt<number> {
  const { resv_huge_pages } = k.state.hugetlb;
  if (delta > 0) return yield* k.gather_surplus_pages(delta, nid, cpu);
  const unused = Math.min(-delta, resv_huge_pages);
  if (unused > 0) yield* k.return_unused_surplus_pages(unused, cpu);
  return 0;
}

/**
 * A task takes a huge page, near node `nid`; `reserved`: it was reserved for it.
 * @kernel mm/hugetlb.c v6.12 reduced: no mappings, no policies, no cgroups
 */
export function* alloc_hugetlb_folio(
  k: Kernel, nid: number, reserved: boolean, cpu: number,
): Preempt<HugeFolio | undefined> {
  const h = k.state.hugetlb;
  yield 'alloc_hugetlb_folio';
  const own = reserved && h.resv_huge_pages > 0;
  const free = own || k.available_huge_pages() > 0
    ? k.dequeue_hugetlb_folio_nodemask(GFP, nid, undefined) : undefined;
  const folio = free ?? (yield* k.alloc_surplus_hugetlb_folio(nid, undefined, cpu));
  if (own && folio !== undefined) h.resv_huge_pages -= 1;
  return folio;
}

/**
 * A task faults in a huge page, or allocates one for a file. From when it is filled and mapped it
 * can be moved; until then nobody can do anything with it.
 * @kernel mm/hugetlb.c v6.12 reduced: no mappings, no page cache
 */
export function* hugetlb_no_page(
  k: Kernel, nid: number, reserved: boolean, cpu: number,
): Preempt<HugeFolio | undefined> {
  const folio = yield* k.alloc_hugetlb_folio(nid, reserved, cpu);
  if (folio === undefined) return undefined;
  yield 'folio_set_hugetlb_migratable';
  k.folio_set_hugetlb_migratable(folio, true);
  return folio;
}
