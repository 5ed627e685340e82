import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'fallback_load/add_up',
  subject: '[PATCH v1 2/3] mm/page_alloc: Use accumulated load when building node fallback list',
  author: 'Bharata B Rao, 2021-08-30',
  link: 'https://lore.kernel.org/r/20210830121603.1081-3-bharata@amd.com',
  base: 'v5.15',
  doc: 'The load of a node is added up, not overwritten, when it is chosen first of its distance.',
  config: { node_load_step: 'add_one' },
});
