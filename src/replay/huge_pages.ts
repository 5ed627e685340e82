/** What snapshots say of the pool of huge pages. */
import { TraceError } from '../base/errors.js';
import type { HugeFolio } from '../linux/include/hugetlb.js';
import { UNNAMED, pages_per_huge_page } from '../linux/include/hugetlb.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { Trace } from '../trace/trace.js';
import { given } from './machine.js';
import { tellsPool } from './pages/pool_rows.js';
import { rowWords } from '../trace/row_words.js';

/** What the model has of a node, or of all of them: total and surplus pages. */
export function poolCounts(
  k: Kernel, nid: number | undefined,
): { readonly total: number; readonly surplus: number } {
  const h = k.state.hugetlb;
  const total = nid === undefined ? h.nr_huge_pages : h.nr_huge_pages_node[nid] ?? 0;
  const surplus = nid === undefined ? h.surplus_huge_pages : h.surplus_huge_pages_node[nid] ?? 0;
  return { total, surplus };
}

/** Pages that nobody can name come or go until the node has as many as the snapshot shows. */
function takeTotal(k: Kernel, nid: number, total: number): void {
  const h = k.state.hugetlb;
  const zones = k.state.nodes[nid]?.node_zones ?? [];
  const zone = zones.findLast(({ managed_pages }) => managed_pages > 0);
  const of = (folio: HugeFolio | undefined): boolean => folio?.nid === nid;
  while ((h.nr_huge_pages_node[nid] ?? 0) > total) {
    const folio = h.hugepage_freelists[nid]?.at(-1) ?? h.hugepage_activelist.find(of);
    if (folio === undefined) return;
    k.remove_hugetlb_folio(folio, false);
    const home = zones[folio.zone];
    if (home !== undefined) home.nr_free_pages += pages_per_huge_page;
  }
  while (zone !== undefined && (h.nr_huge_pages_node[nid] ?? 0) < total) {
    k.prep_and_add_allocated_folios([k.init_new_hugetlb_folio(UNNAMED, zone)]);
  }
}

/** Tasks have taken the pages that were first on the free list, or have given some back. */
function takeUse(k: Kernel, nid: number, used: number): void {
  const h = k.state.hugetlb;
  const active = (): readonly HugeFolio[] =>
    h.hugepage_activelist.filter((folio) => folio.nid === nid);
  while (active().length < used) {
    const folio = k.dequeue_hugetlb_folio_node_exact(nid);
    if (folio === undefined) return;
    k.folio_set_hugetlb_migratable(folio, true);
  }
  for (const folio of active().slice(used)) {
    k.folio_set_hugetlb_migratable(folio, false);
    k.enqueue_hugetlb_folio(folio);
  }
}

type PoolWord = 'nr_pages' | 'free' | 'surplus' | 'reserved';

/** A number of huge pages that the row says. Error: TraceError for none, or more than there are. */
function countOf(trace: Trace, row: number, key: PoolWord, most: number, other: number): number {
  const value = key === 'nr_pages' ? trace.nr_pages(row)
    : rowWords(trace, row, 'hugetlb_pool')[key] ?? other;
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new TraceError(trace.where(row), `hugetlb_pool: ${key} is "${value}", `
    + `expected huge pages up to the ${most} that the memory holds`);
}

/**
 * A hugetlb_pool row: which huge pages are in use and reserved, tasks decide. How many there are is
 * taken where pages are only counted.
 */
export function takePool(k: Kernel, trace: Trace, row: number): void {
  const h = k.state.hugetlb;
  const nid = given(trace.nid(row));
  const present = k.state.nodes.reduce((sum, node, id) =>
    (nid !== undefined && id !== nid ? sum : node.node_zones.reduce((pages, zone) =>
      pages + zone.present_pages, sum)), 0);
  const most = Math.floor(present / pages_per_huge_page);
  const count = (key: PoolWord, other: number): number => countOf(trace, row, key, most, other);
  if (nid === undefined) {
    h.resv_huge_pages = count('reserved', 0);
    h.max_huge_pages = k.persistent_huge_pages();
    return;
  }
  const total = count('nr_pages', 0);
  const surplus = count('surplus', 0);
  if (!tellsPool(k, trace)) takeTotal(k, nid, total);
  k.adjust_surplus_huge_pages(nid, surplus - (h.surplus_huge_pages_node[nid] ?? 0));
  takeUse(k, nid, total - count('free', total));
}
