/** Version switches of huge pages (hugetlb), with their values in the newest version. */
export interface HugetlbConfig {
  /** Dissolving a huge page that is in use fails (from v4.19), or passes it over. */
  readonly hugetlb_in_use_is_busy: boolean;
  /** A page that is dissolved on a node with surplus pages was one of them (from v6.12.y). */
  readonly hugetlb_dissolves_surplus: boolean;
  /** Pages are allocated before the first of them is in the pool (from v6.7). */
  readonly hugetlb_added_in_bulk: boolean;
  /** The pool of the command line is allocated by several threads (from v6.9). */
  readonly hugetlb_boot_threads: boolean;
  /** What is written for one node counts its surplus pages too (to v6.12.y). */
  readonly hugetlb_node_count: 'persistent' | 'all';
  /** A huge page that moves may get a fresh one whatever nr_overcommit_hugepages (from v4.16). */
  readonly hugetlb_migrates_past_limit: boolean;
  /** alloc_contig_range() replaces free huge pages and moves those in use (from v5.13). */
  readonly hugetlb_contig: boolean;
}

export const hugetlbNewest: HugetlbConfig = {
  hugetlb_in_use_is_busy: true,
  hugetlb_dissolves_surplus: true,
  hugetlb_added_in_bulk: true,
  hugetlb_boot_threads: true,
  hugetlb_node_count: 'persistent',
  hugetlb_migrates_past_limit: true,
  hugetlb_contig: true,
};
