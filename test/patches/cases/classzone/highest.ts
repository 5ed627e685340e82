import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'classzone/highest',
  subject: '[PATCH v3 1/2] mm/page_alloc: use ac->high_zoneidx for classzone_idx',
  author: 'Joonsoo Kim, 2020-03-20',
  link: '',
  base: 'v5.7',
  doc: 'What a zone keeps back depends on the highest zone that a request may use, not on the ' +
    'first in the list, which is another one on a node without ZONE_MOVABLE.',
  wraps: {
    prepare_alloc_pages: (next) => (k, ...args) => {
      const ac = next(k, ...args);
      return { ...ac, classzone_idx: ac.highest_zoneidx };
    },
  },
});
