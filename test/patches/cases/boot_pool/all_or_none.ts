import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'boot_pool/all_or_none',
  subject: '[PATCH v3 2/4] hugetlb: Fix hugepages_setup when deal with pernode',
  author: 'Peng Liu, 2022-04-13',
  link: 'https://lore.kernel.org/r/20220413032915.251254-3-liupeng256@huawei.com',
  base: 'v5.17',
  doc: 'A parameter with a wrong part gets no pages at all.',
  config: { hugepages_by_node: 'all_or_none' },
});
