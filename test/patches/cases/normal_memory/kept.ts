import { definePatch, ZONE_NORMAL } from 'mmreplay';

export default definePatch({
  id: 'normal_memory/kept',
  subject: '[PATCH] mm/memory_hotplug: keep N_NORMAL_MEMORY as hotplug changes it',
  author: 'Hao Li, 2026-01',
  link: '',
  base: 'v6.19',
  doc: 'The first pages of a zone up to Normal put the node into N_NORMAL_MEMORY, and the last ' +
    'take it out.',
  around: {
    online_pages: {
      node_states_set_node(next, k, { caller: [, , zone] }) {
        next();
        if (zone.index <= ZONE_NORMAL) k.state.node_states.normal_memory.add(zone.nid);
      },
    },
    offline_pages: {
      node_states_clear_node(next, k, { caller: [, , zone] }) {
        const zones = k.state.nodes[zone.nid]?.node_zones ?? [];
        const left = zones.some((one) => one.index <= ZONE_NORMAL && one.present_pages > 0);
        if (zone.index <= ZONE_NORMAL && !left) k.state.node_states.normal_memory.delete(zone.nid);
        next();
      },
    },
  },
});
