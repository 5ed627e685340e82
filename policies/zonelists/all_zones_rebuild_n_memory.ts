import { definePatch } from 'mmreplay';

/** As all_zones, with a rebuild when a node gets or loses memory. */
export default definePatch({
  id: 'zonelists/all_zones_rebuild_n_memory',
  subject: 'all_zones, repaired: rebuild when N_MEMORY changes',
  author: 'derived, never posted',
  link: 'https://lore.kernel.org/r/Yk7NqTlw7lmFzpKb@dhcp22.suse.cz',
  base: 'v5.17',
  requires: ['zonelists/all_zones'],
  doc: 'Other nodes learn of a node when its first block goes online; blocks of further zones ' +
    'cost no rebuild.',
  wraps: {
    node_states_set_node: (next) => (k, nid, arg) => {
      next(k, nid, arg);
      if (arg.status_change_nid >= 0) k.build_all_zonelists(undefined);
    },
    node_states_clear_node: (next) => (k, nid, arg) => {
      next(k, nid, arg);
      if (arg.status_change_nid >= 0) k.build_all_zonelists(undefined);
    },
  },
  claims: [
    { text: 'A zone with free pages is in the lists of its own node.', holds: 'Z1' },
    { text: 'A zone with free pages is in the fallback list of every node.', holds: 'Z2' },
  ],
});
