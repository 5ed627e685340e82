import { PAGES_PER_SECTION, definePatch, pfn_to_section_nr } from 'mmreplay';

/** A node is empty when no present section of its span starts with a page of this node. */
export default definePatch({
  id: 'try_offline_node/section_walk',
  subject: 'memory-hotplug: remove sysfs file of node',
  author: 'Tang Chen, 2013-02-22',
  link: 'https://git.kernel.org/linus/60a5a19e7419',
  released: 'v3.9 - v5.3.11',
  base: 'v6.1',
  doc: 'Takes a node offline after its last memory was removed, by the memmap of its span. ' +
    'Raised in 2019: memory that was added and never onlined is not spanned, so its node goes ' +
    'offline under it and the next removal follows a NULL pointer; a spanned section that is ' +
    'not online has a memmap of garbage; a section can hold pages of two nodes.',
  replaces: {
    try_offline_node(k, nid) {
      const pgdat = k.NODE_DATA(nid);
      const end = pgdat.node_start_pfn + pgdat.node_spanned_pages;
      for (let pfn = pgdat.node_start_pfn; pfn < end; pfn += PAGES_PER_SECTION) {
        if (!k.state.sections.present(pfn_to_section_nr(pfn))) continue;
        if (k.pfn_to_nid(pfn) === nid) return;
      }
      if (k.check_cpu_on_node(nid) !== 0) return;
      k.node_set_offline(nid);
      k.unregister_one_node(nid);
    },
  },
  claims: [
    { text: 'A node without memory and CPU does not stay online.', holds: 'N3' },
  ],
});
