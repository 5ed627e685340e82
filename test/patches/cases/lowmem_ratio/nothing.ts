import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'lowmem_ratio/nothing',
  subject: '[PATCH] mm/page_alloc: don\'t reserve ZONE_HIGHMEM for ZONE_MOVABLE request',
  author: 'Joonsoo Kim, 2018-02-04',
  link: '',
  base: 'v4.15',
  doc: 'A ratio of 0 keeps nothing back, instead of everything.',
  config: asIn('v4.17', 'lowmem_ratio_least'),
});
