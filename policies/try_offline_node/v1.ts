import { PAGES_PER_SECTION, definePatch } from 'mmreplay';

/** A node is empty when it spans nothing and no block names it or is linked with it in sysfs. */
export default definePatch({
  id: 'try_offline_node/v1',
  subject: '[PATCH v1] mm/memory_hotplug: Fix try_offline_node()',
  author: 'David Hildenbrand, 2019-10-28',
  link: 'https://lore.kernel.org/r/20191028105458.28320-1-david@redhat.com',
  base: 'v5.4',
  doc: 'Looks up every block id below the highest section that was ever present. The links in ' +
    'sysfs also tell of blocks with two nodes. Raised or found later: the range ends before ' +
    'the highest section, so that a block of one section at the very top is not seen; links ' +
    'are looked up by name; each look-up scans the list of blocks up to v5.7.',
  replaces: {
    try_offline_node(k, nid) {
      if (k.NODE_DATA(nid).node_spanned_pages > 0) return;
      const end_pfn = k.state.sections.highest_present * PAGES_PER_SECTION;
      const found = k.walk_memory_blocks(
        0, end_pfn, (block) => block.nid === nid || block.links.has(nid));
      if (found || k.check_cpu_on_node(nid) !== 0) return;
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
