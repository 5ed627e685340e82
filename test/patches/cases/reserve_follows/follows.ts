import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'reserve_follows/follows',
  subject: 'mm: page_alloc: fix missed updates of lowmem_reserve in adjust_managed_page_count',
  author: 'commit of v6.13',
  link: 'https://git.kernel.org/linus/9726891fe753',
  base: 'v6.12',
  doc: 'A balloon that changes managed pages changes what zones keep back.',
  wraps: {
    adjust_managed_page_count: (next) => (k, zone, count) => {
      next(k, zone, count);
      k.setup_per_zone_lowmem_reserve();
    },
  },
});
