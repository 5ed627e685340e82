import { definePatch } from 'mmreplay';

/** A node is empty when it spans nothing and no memory block has its number. */
export default definePatch({
  id: 'try_offline_node/merged',
  subject: '[PATCH v3] mm/memory_hotplug: Fix try_offline_node()',
  author: 'David Hildenbrand, 2019-11-02',
  link: 'https://lore.kernel.org/r/20191102120221.7553-1-david@redhat.com',
  released: 'v5.4 -, v5.3.12',
  base: 'v5.4',
  doc: 'Asks the span of the node and the stored node of every memory block, in one pass over ' +
    'the blocks there are, and never the memmap. A block of two nodes stores one of them only: ' +
    'it is boot memory, so the span of the other keeps that one. Raised: a node that ever had ' +
    'device memory keeps its span and never goes offline.',
  replaces: {
    try_offline_node(k, nid) {
      if (k.NODE_DATA(nid).node_spanned_pages > 0) return;
      if (k.for_each_memory_block((block) => block.nid === nid)) return;
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
