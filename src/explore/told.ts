/** Whose results tell the offliner something that its next steps depend on. */
export const told = new Set([
  'cpus_with_pcps', 'drain_pages_zone', 'scan_movable_pages', 'test_pages_isolated',
  'get_pageblock_migratetype', 'folio_test_hugetlb', 'dequeue_hugetlb_folio_node_exact',
  'init_new_hugetlb_folio', 'isolate_hugetlb', 'alloc_migration_target',
]);

/** Of these the page that they are asked about tells how far the caller's loop is. */
export const asked = new Set(['alloc_migration_target']);
