import { PAGES_PER_SECTION, definePatch } from 'mmreplay';

/** A node is empty when it spans nothing and no block, looked up by its id, names it. */
export default definePatch({
  id: 'try_offline_node/v2',
  subject: '[PATCH v2] mm/memory_hotplug: Fix try_offline_node()',
  author: 'David Hildenbrand, 2019-11-01',
  link: 'https://lore.kernel.org/r/20191101221118.5959-1-david@redhat.com',
  base: 'v5.4',
  doc: 'As v1, by the stored node alone and with the highest section in the range. Raised by ' +
    'its author a day later: each look-up of an id scans the list of blocks, an id without ' +
    'block all of it, so that the cost grows with the square of the memory (up to v5.7).',
  replaces: {
    try_offline_node(k, nid) {
      if (k.NODE_DATA(nid).node_spanned_pages > 0) return;
      const end_pfn = (k.state.sections.highest_present + 1) * PAGES_PER_SECTION;
      if (k.walk_memory_blocks(0, end_pfn, (block) => block.nid === nid)) return;
      if (k.check_cpu_on_node(nid) !== 0) return;
      k.node_set_offline(nid);
      k.unregister_one_node(nid);
    },
  },
  claims: [
    { text: 'A node that is offline has nothing left.', holds: 'N1' },
    { text: 'The node of every memory block is online.', holds: 'N2' },
    { text: 'No decision rests on the memmap of memory that is not online.', holds: 'N5' },
  ],
});
