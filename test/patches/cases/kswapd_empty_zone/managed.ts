import { asIn, definePatch } from 'mmreplay';

export default definePatch({
  id: 'kswapd_empty_zone/managed',
  subject: '[PATCH] mm/page_alloc: wake kswapd by a zone that has managed pages',
  author: 'Wei Yang, 2022-04',
  link: '',
  base: 'v5.18',
  doc: 'A zone without managed pages does not stand for its node.',
  config: asIn('v5.19', 'kswapd_wake_skips_unmanaged'),
});
