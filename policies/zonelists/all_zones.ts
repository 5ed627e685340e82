import { definePatch } from 'mmreplay';

/** All zones of a node are in its zonelists; online and offline never rebuild them. */
export default definePatch({
  id: 'zonelists/all_zones',
  subject: 'Re: [PATCH] mm, page_alloc: fix build_zonerefs_node()',
  author: 'Michal Hocko, 2022-04-07',
  link: 'https://lore.kernel.org/r/Yk7NqTlw7lmFzpKb@dhcp22.suse.cz',
  base: 'v5.17',
  doc: 'Proposed in a reply, withdrawn for now: without a test in build_zonerefs_node(), ' +
    'rebuilding at the hot-add of a node would do. Raised: ZONE_DEVICE is listed too, and each ' +
    'walk checks zones that are empty. A new node is in no other list than its own, as only the ' +
    'rebuild at its first online told the others; policy_zone becomes Device.',
  replaces: {
    build_zonerefs_node(k, pgdat) {
      return [...pgdat.node_zones].reverse().map((zone) => {
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
