import { definePatch } from 'mmreplay';

/** Zonelists are rebuilt when the zone was not managed before. */
export default definePatch({
  id: 'zonelists/rebuild_when_unmanaged',
  subject: '[PATCH] mm/memory_hotplug: build zonelist for managed_zone',
  author: 'Wei Yang, 2022-01-27',
  link: 'https://lore.kernel.org/r/20220127012023.18095-1-richard.weiyang@gmail.com',
  base: 'v5.17',
  doc: 'Makes hotplug ask the counter that the lists are built by. Raised: managed pages are a ' +
    'moving target, balloons change them at any time. While a driver withholds everything, each ' +
    'online rebuilds and allocates the per-cpu lists of a live zone anew; an offline can reset ' +
    'those of a zone that still has pages; and the zone stays out of the lists all the same.',
  substitutes: {
    build_zonerefs_node: { populated_zone: 'managed_zone' },
    online_pages: { populated_zone: 'managed_zone' },
    offline_pages: { populated_zone: 'managed_zone' },
  },
  claims: [{ text: 'A zone with free pages is in the lists of its own node.', holds: 'Z1' }],
});
