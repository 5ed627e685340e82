import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'impossible_node/nearest',
  subject: '[PATCH v2] mm/memory_hotplug: refrain from adding memory into an impossible node',
  author: 'Vishal Verma, 2020-04-14',
  link: 'https://lore.kernel.org/r/20200414225029.709-1-vishal.l.verma@intel.com',
  base: 'v5.6',
  doc: 'Memory of a node that is not possible goes to one that is online, and a warning says so.',
  wraps: {
    add_memory_resource: (next) => function* (k, nid, ...rest) {
      if (k.state.node_states.possible.has(nid)) return yield* next(k, nid, ...rest);
      const other = k.first_online_node();
      k.WARN('check_hotplug_node', `node ${nid} expected, using ${other} instead`);
      return yield* next(k, other, ...rest);
    },
  },
});
