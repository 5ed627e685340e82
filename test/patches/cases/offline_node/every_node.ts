import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'offline_node/every_node',
  subject: '[PATCH 2/6] mm: handle uninitialized numa nodes gracefully',
  author: 'Michal Hocko, 2022-01-27',
  link: 'https://lore.kernel.org/r/20220127085305.20890-3-mhocko@kernel.org',
  released: 'v5.18 -',
  base: 'v5.17',
  doc: 'Every node that can be has a pgdat and zonelists from the boot on.',
  config: {
    offline_nodes_initialised: true, hotadd_pgdat: 'preallocated', zonelists_of: 'possible',
  },
});
