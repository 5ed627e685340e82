import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'gigantic/passed',
  subject: 'mm: page_isolation: prepare for hygienic freelists',
  author: 'Johannes Weiner, 2024-03-20',
  link: 'https://git.kernel.org/linus/fd919a85cd55',
  released: 'v6.10 -',
  base: 'v5.19',
  doc: 'Huge pages that reach over the boundary are left to who isolates the range.',
  around: {
    isolate_single_pageblock: {
      * __alloc_contig_migrate_range(next, k, { args: [pfn] }) {
        return k.page_folio(pfn)?.hugetlb === true ? 0 : yield* next();
      },
    },
  },
});
