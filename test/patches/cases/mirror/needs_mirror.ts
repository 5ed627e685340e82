import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'mirror/needs_mirror',
  subject: '[PATCH v4 1/2] mm: disable kernelcore=mirror when no mirror memory',
  author: 'Ma Wupeng, 2023-08-02',
  link: '',
  base: 'v6.4',
  doc: 'Without mirrored memory the parameter is passed over.',
  replaces: {
    find_unmirrored_pfns(k) {
      k.pr_warn('The system has no mirror memory, ignore kernelcore=mirror.');
    },
  },
});
