import { asIn, definePatch } from 'mmreplay';

/**
 * As disable, with a lock for each list: who drains takes it and needs no worker on the other CPU.
 */
export default definePatch({
  id: 'offline_pcp/remote',
  subject: 'mm/page_alloc: remotely drain per-cpu lists',
  author: 'Nicolas Saenz Julienne, 2022-06-24, in a series of Mel Gorman',
  link: 'https://git.kernel.org/linus/443c2accd1b6',
  released: 'v6.0 -',
  base: 'v5.17',
  doc: 'As disable, with a lock for each list: who drains takes it and needs no worker on ' +
    'the other CPU. A free that does not get the lock goes past the list.',
  config: {
    ...asIn('v5.11', 'isolate_drains', 'contig_drains', 'offline_drain_each_pass',
      'offline_drain_after_failed_test'),
    ...asIn('v6.0', 'drain_remotely'),
  },
  // In the model's kernels up to v5.10 these calls are taken out: here they are made.
  substitutes: {
    offline_pages: { zone_pcp_disable: 'zone_pcp_disable', zone_pcp_enable: 'zone_pcp_enable' },
  },
  claims: [
    { text: 'Taking memory offline comes to an end once all frees have.', holds: 'P8' },
    {
      text: 'No page of an isolated block rests on a per-cpu list after the last drain.',
      holds: 'P6',
    },
  ],
});
