/** The pool of huge pages: struct hstate of include/linux/hugetlb.h, of 2 MiB pages only. */
import type { Zone } from './mmzone.js';

export const HUGETLB_PAGE_ORDER = 9;
export const pages_per_huge_page = 512;
/** Which page it is, nobody knows. */
export const UNNAMED = -1;

/** A block that was allocated for a huge page: its first page, UNNAMED or not, and its zone. */
export interface HugeBlock {
  readonly pfn: number;
  readonly zone: Zone;
}

/** A huge page of the pool; who has it keeps it when its contents move elsewhere. */
export interface HugeFolio {
  /** UNNAMED where pages are only counted. */
  pfn: number;
  nid: number;
  /** Index of its zone. */
  zone: number;
  /** HPageFreed: it is on a free list. */
  freed: boolean;
  /** HPageMigratable: in use, and whoever moves pages can take it. */
  migratable: boolean;
  /** Somebody moves it and has a reference. */
  isolated: boolean;
  /** The task that used it has given it back meanwhile. */
  unused: boolean;
  /** HPageTemporary: goes back to the buddy allocator with its last reference. */
  temporary: boolean;
}

/** A huge page of more than a block of the buddy allocator: 1 GiB. */
export interface GiganticFolio {
  pfn: number;
  readonly nr_pages: number;
  nid: number;
  /** A task has it; else it is on the free list of its pool. */
  used: boolean;
}

/** What a page is a part of: order 0, a compound page, a huge page. */
export interface Folio {
  /** Of its first page. */
  readonly pfn: number;
  readonly nr_pages: number;
  readonly hugetlb: boolean;
  /** On an LRU list, so that it can be moved. */
  readonly lru: boolean;
}

export interface Hstate {
  /** By nid; the head of a list is its last element. */
  readonly hugepage_freelists: HugeFolio[][];
  readonly hugepage_activelist: HugeFolio[];
  /** Folios that have a pfn, by that. */
  readonly by_pfn: Map<number, HugeFolio>;
  /** First pages of huge pages whose struct pages are those of boot no more. */
  readonly vmemmap_moved: Set<number>;
  /** By nid: of pages without a name, so many places are known to have been used. */
  readonly vmemmap_most: number[];
  /** By nid: so many of them may have gone to places that had been none before, or not. */
  readonly vmemmap_doubt: number[];
  /** vm.hugetlb_optimize_vmemmap as written last; undefined: as the command line says. */
  vmemmap_optimize_enabled: boolean | undefined;
  nr_huge_pages: number;
  free_huge_pages: number;
  resv_huge_pages: number;
  surplus_huge_pages: number;
  max_huge_pages: number;
  nr_overcommit_huge_pages: number;
  /** Pages that have left the pool and are freed by a worker, the newest first. */
  readonly hpage_freelist: HugeFolio[];
  readonly nr_huge_pages_node: number[];
  readonly free_huge_pages_node: number[];
  readonly surplus_huge_pages_node: number[];
  next_nid_to_alloc: number;
  next_nid_to_free: number;
}

/** The pool at boot. */
export function emptyHstate(): Hstate {
  return {
    hugepage_freelists: [], hugepage_activelist: [], by_pfn: new Map(), hpage_freelist: [],
    vmemmap_moved: new Set(), vmemmap_most: [], vmemmap_doubt: [],
    vmemmap_optimize_enabled: undefined,
    nr_huge_pages: 0, free_huge_pages: 0, resv_huge_pages: 0, surplus_huge_pages: 0,
    max_huge_pages: 0, nr_overcommit_huge_pages: 0,
    nr_huge_pages_node: [], free_huge_pages_node: [], surplus_huge_pages_node: [],
    next_nid_to_alloc: -1, next_nid_to_free: -1,
  };
}

/** A copy that shares nothing with the pool. */
export function copyOfPool(h: Hstate): Hstate {
  const copies = new Map<HugeFolio, HugeFolio>();
  const copy = (folio: HugeFolio): HugeFolio => {
    const known = copies.get(folio) ?? { ...folio };
    copies.set(folio, known);
    return known;
  };
  return {
    ...h,
    hugepage_freelists: h.hugepage_freelists.map((list) => list.map(copy)),
    hugepage_activelist: h.hugepage_activelist.map(copy),
    hpage_freelist: h.hpage_freelist.map(copy),
    vmemmap_moved: new Set(h.vmemmap_moved), vmemmap_most: [...h.vmemmap_most],
    vmemmap_doubt: [...h.vmemmap_doubt],
    by_pfn: new Map([...h.by_pfn].map(([pfn, folio]) => [pfn, copy(folio)])),
    nr_huge_pages_node: [...h.nr_huge_pages_node],
    free_huge_pages_node: [...h.free_huge_pages_node],
    surplus_huge_pages_node: [...h.surplus_huge_pages_node],
  };
}

/** Nothing is in the pool, and nothing is asked of it. */
export function isUnused(h: Hstate): boolean {
  return h.nr_huge_pages === 0 && h.resv_huge_pages === 0 && h.by_pfn.size === 0 &&
    h.hpage_freelist.length === 0 &&
    h.nr_overcommit_huge_pages === 0;
}

/** All that tasks can see of the pool; '' when it is not used. */
export function poolText(h: Hstate): string {
  if (isUnused(h)) return '';
  const text = (folio: HugeFolio): string =>
    `${folio.pfn}${folio.migratable ? 'm' : ''}${folio.temporary ? 't' : ''}` +
      `${folio.isolated ? 'i' : ''}${folio.unused ? 'u' : ''}`;
  return [
    h.hugepage_freelists.map((list) => list.map(text).join(',')).join('/'),
    h.hugepage_activelist.map(text).sort().join(','),
    h.hpage_freelist.map(text).join(','),
    h.nr_huge_pages, h.resv_huge_pages, h.max_huge_pages, h.nr_overcommit_huge_pages,
    h.surplus_huge_pages_node.join('/'), h.next_nid_to_alloc, h.next_nid_to_free,
  ].join(' ');
}
