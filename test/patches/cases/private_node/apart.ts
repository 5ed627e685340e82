import { additions, definePatch } from 'mmreplay';

const mine = additions({
  node_states: {
    private: 'its driver alone gives its memory away',
    memory_private: 'N_MEMORY_PRIVATE: such a node that has memory',
  },
  events: {
    make_private(k, { nid = 0 }) { mine(k).node_states.private.add(nid); return 0; },
  },
});

export default definePatch({
  id: 'private_node/apart',
  subject: '[RFC PATCH v4 04/27] mm/page_alloc: Add private node handling to build_zonelists',
  author: 'Gregory Price, 2026-02-22',
  link: 'https://lore.kernel.org/r/20260222084842.1824063-5-gourry@gourry.net',
  base: 'v6.19',
  doc: 'A private node is in no list but its own; its own has the N_MEMORY nodes behind it.',
  adds: mine,
  wraps: {
    node_states_set_node: (next) => (k, nid, arg) => {
      next(k, nid, arg);
      if (!mine(k).node_states.private.has(nid)) return;
      k.state.node_states.memory.delete(nid);
      k.state.node_states.normal_memory.delete(nid);
      mine(k).node_states.memory_private.add(nid);
    },
    node_states_clear_node: (next) => (k, nid, arg) => {
      next(k, nid, arg);
      if (arg.status_change_nid >= 0) mine(k).node_states.memory_private.delete(nid);
    },
    find_next_best_node: (next) => (k, node, used) => {
      const own = mine(k).node_states.private.has(node) && !used.has(node);
      if (!own) return next(k, node, used);
      used.add(node);
      return node;
    },
  },
  claims: [{ text: 'Lists have each zone once.', holds: 'Z3' }],
});
