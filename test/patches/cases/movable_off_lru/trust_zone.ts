import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'movable_off_lru/trust_zone',
  subject: '[PATCH] mm, memory_hotplug: check zone_movable in has_unmovable_pages',
  author: 'Michal Hocko, 2018-11-06',
  link: 'https://lore.kernel.org/r/20181106095524.14629-1-mhocko@kernel.org',
  released: 'v5.1 -',
  base: 'v4.19',
  doc: 'What is in ZONE_MOVABLE and not reserved counts as movable, whatever its state now. ' +
    'Raised by Baoquan He: a page that stays off the LRU then lets the offline loop for ever.',
  config: { movable_zone_trusted: true },
});
