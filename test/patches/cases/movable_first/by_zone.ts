import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'movable_first/by_zone',
  subject: '[PATCH v1 5/7] virtio-mem: prioritize unplug from ZONE_MOVABLE in Sub Block Mode',
  author: 'David Hildenbrand, 2021-06-02',
  link: 'https://lore.kernel.org/r/20210602185720.31821-6-david@redhat.com',
  base: 'v5.13',
  doc: 'Blocks of ZONE_MOVABLE are unplugged before those of kernel zones.',
  config: { virtio_mem_zone_order: true },
});
