import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'hwpoison/pass_over',
  subject: '[RFC PATCH] hwpoison, memory_hotplug: allow hwpoisoned pages to be offlined',
  author: 'Michal Hocko, 2018-12-03',
  link: 'https://lore.kernel.org/r/20181203100309.14784-1-mhocko@kernel.org',
  base: 'v4.19',
  doc: 'Poisoned pages are passed over when pages are moved out of the range.',
  substitutes: {
    do_migrate_range: {
      page_stops_migration: (k, pfn) => !k.state.hwpoison.has(pfn) && k.page_stops_migration(pfn),
    },
  },
  claims: [{ text: 'Offlining ends.', holds: 'P8' }],
});
