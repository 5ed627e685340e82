import { definePatch } from 'mmreplay';

/** As all_zones, with all possible nodes in each fallback order. */
export default definePatch({
  id: 'zonelists/all_zones_possible_nodes',
  subject: 'all_zones, repaired: the lists name nodes that have no memory yet',
  author: 'derived, never posted',
  link: 'https://lore.kernel.org/r/Yk7NqTlw7lmFzpKb@dhcp22.suse.cz',
  base: 'v5.17',
  requires: ['zonelists/all_zones'],
  doc: 'The lists of boot hold every zone that can ever exist, so that nothing has to be rebuilt ' +
    'when a node gets memory. Longer lists, nodes in them that are not there, and the order of ' +
    'boot, when nodes with CPUs are not told from those without.',
  substitutes: {
    find_next_best_node: { for_each_node_state: (k) => k.for_each_node_state('possible') },
    __build_all_zonelists: { for_each_node_state: (k) => k.for_each_node_state('possible') },
  },
  claims: [{ text: 'A zone with free pages is in the fallback list of every node.', holds: 'Z2' }],
});
