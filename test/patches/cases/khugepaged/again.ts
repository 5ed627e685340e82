import { definePatch, type Kernel } from 'mmreplay';

function both(k: Kernel): void {
  k.init_per_zone_wmark_min();
  k.khugepaged_min_free_kbytes_update();
}

export default definePatch({
  id: 'khugepaged/again',
  subject: '[PATCH] mm: khugepaged: recalculate min_free_kbytes after memory hotplug as expected ' +
    'by khugepaged',
  author: 'Vijay Balakrishna, 2020-09-10',
  link: 'https://lore.kernel.org/r/1599770859-14826-1-git-send-email-vijayb@linux.microsoft.com',
  base: 'v5.8',
  doc: 'Hotplug raises min_free_kbytes as khugepaged did at boot. Raised by Michal Hocko: what ' +
    'the administrator wrote is overwritten.',
  substitutes: {
    online_pages: { init_per_zone_wmark_min: both },
    offline_pages: { init_per_zone_wmark_min: both },
  },
});
