import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'movable_watermarks/capped',
  subject: '[PATCH] mm/page_alloc: ZONE_MOVABLE takes no part of min_free_kbytes',
  author: 'liuq, 2023-06',
  link: '',
  base: 'v6.5',
  doc: 'Its pages are not counted as lowmem, and its own min is small.',
  config: asIn('v6.6', 'movable_min_capped'),
});
