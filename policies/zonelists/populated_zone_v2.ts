import { definePatch } from 'mmreplay';

/** A zone is in the zonelists while it has pages: the same code, two months earlier. */
export default definePatch({
  id: 'zonelists/populated_zone_v2',
  subject: '[PATCH] mm/page_alloc: add zone to zonelist if populated',
  author: 'Wei Yang, 2022-02-03',
  link: 'https://lore.kernel.org/r/20220203020022.3044-1-richard.weiyang@gmail.com',
  base: 'v5.17',
  doc: 'Second attempt after rebuild_when_unmanaged, sent as a clean-up without a known failure. ' +
    'Raised: looks theoretical; could kswapd spin again on a zone that is all reserved? Of the ' +
    'readers of the lists, two in reclaim lacked a test of managed pages (36c26128b898 added it).',
  substitutes: { build_zonerefs_node: { managed_zone: 'populated_zone' } },
  claims: [
    { text: 'A zone with free pages is in the lists of its own node.', holds: 'Z1' },
    { text: 'A zone with free pages is in the fallback list of every node.', holds: 'Z2' },
  ],
});
