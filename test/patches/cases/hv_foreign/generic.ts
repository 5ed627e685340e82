import { definePatch } from 'mmreplay';

export default definePatch({
  id: 'hv_foreign/generic',
  subject: '[PATCH] hv_balloon: Fallback to generic_online_page() for non-HV hot added mem',
  author: 'Jacob Pan, 2025-01-02',
  link: '',
  released: 'v6.14 -',
  base: 'v6.12',
  doc: 'Memory that the balloon did not add goes online as without it.',
  substitutes: {
    hv_online_page: {
      withhold_pages: (k, pfn, nr_pages) => k.generic_online_page(pfn, Math.log2(nr_pages)),
    },
  },
});
