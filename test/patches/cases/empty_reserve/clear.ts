import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'empty_reserve/clear',
  subject: '[PATCH 2/5] mm/page_alloc.c: clear out zone->lowmem_reserve[] if the zone is empty',
  author: 'Baoquan He, 2020-03-24',
  link: 'https://lore.kernel.org/r/20200324142229.12028-3-bhe@redhat.com',
  base: 'v5.7',
  doc: 'A zone without pages keeps nothing back.',
  config: { empty_zone_keeps_nothing_back: true },
});
