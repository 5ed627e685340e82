import { definePatch } from 'mmreplay';

/** As all_zones, with all possible nodes in each fallback order. */
export default definePatch({
  id: 'zonelists/all_zones_possible_nodes',
  subject: 'all_zones, repaired: the lists name nodes that have no memory yet',
  author: 'derived, never posted',
  link: 'https://lore.kernel.org/r/Yk7NqTlw7lmFzpKb@dhcp22.suse.cz',
  base: 'v5.17',
  doc: 'The lists of boot hold every zone that can ever exist, so that nothing has to be rebuilt ' +
    'when a node gets memory. Longer lists, nodes in them that are not there, and the order of ' +
    'boot, when nodes with CPUs are not told from those without.',
  replaces: {
    build_zonerefs_node(k, pgdat) {
      return [...pgdat.node_zones].reverse().map((zone) => {
        k.check_highest_zone(zone.index);
        return { zone, zone_idx: zone.index };
      });
    },
  },
  substitutes: {
    find_next_best_node: { for_each_node_state: (k) => k.for_each_node_state('possible') },
    __build_all_zonelists: { for_each_node_state: (k) => k.for_each_node_state('possible') },
    online_pages: { build_all_zonelists: () => {} },
    offline_pages: { build_all_zonelists: () => {} },
  },
  claims: [{ text: 'A zone with free pages is in the fallback list of every node.', holds: 'Z2' }],
});
