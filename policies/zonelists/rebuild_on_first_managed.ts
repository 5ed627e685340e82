import { definePatch } from 'mmreplay';

/** Zones are judged by managed pages; the first managed page rebuilds. */
export default definePatch({
  id: 'zonelists/rebuild_on_first_managed',
  subject: 'managed_zone, with a rebuild when managed pages rise from 0',
  author: 'control, never posted',
  link: 'https://lore.kernel.org/r/20160831195104.GB8119@techsingularity.net',
  base: 'v5.17',
  doc: 'What would be needed to keep managed_zone: drivers call adjust_managed_page_count() for ' +
    'single pages, in places that cannot take the locks of a rebuild.',
  substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },
  wraps: {
    adjust_managed_page_count: (next) => (k, zone, count) => {
      const before = zone.managed_pages;
      next(k, zone, count);
      if (before > 0 || count <= 0 || k.state.system_state === 'booting') return;
      k.build_all_zonelists(undefined);
    },
  },
  claims: [{ text: 'A zone with free pages is in the lists of its own node.', holds: 'Z1' }],
});
