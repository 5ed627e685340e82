import { ZONE_DEVICE, definePatch } from 'mmreplay';

/** As all_zones, with ZONE_DEVICE left out. */
export default definePatch({
  id: 'zonelists/all_zones_but_device',
  subject: 'Re: [PATCH] mm, page_alloc: fix build_zonerefs_node()',
  author: 'David Hildenbrand, 2022-04-07, as an objection to all_zones',
  link: 'https://lore.kernel.org/r/770d8283-4315-3d83-4f8b-723308fffe5c@redhat.com',
  base: 'v5.17',
  doc: 'ZONE_DEVICE has no pages that the allocator could hand out, so it stays outside: ' +
    'policy_zone becomes Normal, and lists are shorter. What all_zones lacks otherwise it lacks.',
  replaces: {
    build_zonerefs_node(k, pgdat) {
      const listed = pgdat.node_zones.filter((zone) => zone.index !== ZONE_DEVICE);
      return listed.reverse().map((zone) => {
        k.check_highest_zone(zone.index);
        return { zone, zone_idx: zone.index };
      });
    },
  },
  substitutes: {
    online_pages: { build_all_zonelists: () => {} },
    offline_pages: { build_all_zonelists: () => {} },
  },
  claims: [{ text: 'A zone with free pages is in the lists of its own node.', holds: 'Z1' }],
});
