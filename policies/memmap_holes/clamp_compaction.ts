import { definePatch } from 'mmreplay';

/** Compaction looks at pageblocks of its own zone only. */
export default definePatch({
  id: 'memmap_holes/clamp_compaction',
  subject: '[PATCH] mm, compaction: make fast_isolate_freepages() stay within zone',
  author: 'Vlastimil Babka, 2021-02-17',
  link: 'https://lore.kernel.org/r/20210217173300.6394-1-vbabka@suse.cz',
  released: 'v5.12 -, v5.10.20',
  base: 'v5.10',
  doc: 'Merged as 6e2b7044c199: the pageblock that is searched is cut to the zone, and left ' +
    'alone when its first or last page is of another one. No links change, but none that are ' +
    'wrong can lead compaction to the check any more.',
  config: { compaction_clamped: true },
  claims: [{ text: 'Compaction meets no page of a zone that does not span it.', holds: 'I11' }],
});
