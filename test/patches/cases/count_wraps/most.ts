import { NUMA_NO_NODE, definePatch } from 'mmreplay';

export default definePatch({
  id: 'count_wraps/most',
  subject: '[PATCH v3] hugetlbfs: fix potential over/underflow setting node specific nr_hugepages',
  author: 'Mike Kravetz, 2019-03-28',
  link: 'https://lore.kernel.org/r/20190328220533.19884-1-mike.kravetz@oracle.com',
  base: 'v5.0',
  doc: 'A sum that wraps becomes the largest number there is.',
  around: {
    set_max_huge_pages: {
      * resize_hugetlb_pool(next, _k, { caller: [count, nid], args: [wanted, nodes, cpu] }) {
        yield* next(nid !== NUMA_NO_NODE && wanted < count ? count : wanted, nodes, cpu);
      },
    },
  },
});
