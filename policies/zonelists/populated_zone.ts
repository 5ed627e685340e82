import { definePatch } from 'mmreplay';

/** A zone is in the zonelists while it has pages, managed or not. */
export default definePatch({
  id: 'zonelists/populated_zone',
  subject: '[PATCH v2] mm, page_alloc: fix build_zonerefs_node()',
  author: 'Juergen Gross, 2022-04-07',
  link: 'https://lore.kernel.org/r/20220407120637.9035-1-jgross@suse.com',
  released: 'v5.18 -, v5.17.4, v5.15.35, v5.10.112',
  base: 'v5.17',
  doc: 'Puts back the test that was there up to v4.7, so that lists and the question whether to ' +
    'rebuild them use the same counter. Reclaim keeps its own tests for zones without managed ' +
    'pages. Raised: a zone that can never have a page costs a watermark check on each walk; ' +
    'until bc53008eea55 such a zone, first of its node, keeps kswapd from being woken.',
  substitutes: { build_zonerefs_node: { managed_zone: 'populated_zone' } },
  claims: [
    { text: 'A zone with free pages is in the lists of its own node.', holds: 'Z1' },
    { text: 'A zone with free pages is in the fallback list of every node.', holds: 'Z2' },
  ],
});
