import { definePatch } from 'mmreplay';

/** The last node comes next in a zonelist, not the nearest. */
export default definePatch({
  id: 'mutant/next_node',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'The last node comes next in a zonelist, not the nearest.',
  replaces: {
    find_next_best_node(k, _node, used) {
      const nid = k.for_each_node_state('memory').filter((one) => !used.has(one)).at(-1) ?? -1;
      if (nid >= 0) used.add(nid);
      return nid;
    },
  },
});
