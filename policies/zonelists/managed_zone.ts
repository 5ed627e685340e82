import { definePatch } from 'mmreplay';

/** A zone is in the zonelists while the buddy allocator manages pages of it. */
export default definePatch({
  id: 'zonelists/managed_zone',
  subject: '[PATCH] mm, vmscan: Only allocate and reclaim from zones with pages managed by the ' +
    'buddy allocator',
  author: 'Mel Gorman, 2016-08-31',
  link: 'https://lore.kernel.org/r/20160831195104.GB8119@techsingularity.net',
  released: 'v4.8 - v5.17.3',
  base: 'v6.1',
  doc: 'A node whose memory firmware had reserved made kswapd spin: its zone was populated, but ' +
    'never had a free page. Zones are judged by managed pages since then. Whether a rebuild is ' +
    'needed is still asked of present pages, so that a zone whose first pages a driver withholds ' +
    'is left out, and stays out when they are released.',
  substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },
});
