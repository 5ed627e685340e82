import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'private_node/hidden',
  subject: '[RFC PATCH v4 04/27] mm/page_alloc: Add private node handling to build_zonelists',
  author: 'Gregory Price, 2026-02-22, a private node without any list',
  link: 'https://lore.kernel.org/r/20260222084842.1824063-5-gourry@gourry.net',
  base: 'v6.19',
  doc: 'Node 1 is a driver\'s: it is in no list, not even in its own.',
  wraps: {
    build_zonerefs_node: (next) => (k, pgdat) => (pgdat.nid === 1 ? [] : next(k, pgdat)),
  },
  intends: [
    { text: 'Nobody gets memory of a private node by a zonelist.', breaks: 'Z1' },
    { text: 'Nor from other nodes.', breaks: 'Z2' },
    { text: 'Its zones are in no list when lists are built.', breaks: 'Z5' },
  ],
});
