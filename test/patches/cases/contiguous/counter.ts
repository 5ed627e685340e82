import { definePatch, type Zone } from 'mmreplay';

const ID = 'contiguous/counter';

/** pages_with_online_memmap, by zone. */
function counts(added: ReadonlyMap<string, object>): Map<Zone, number> {
  return added.get(ID) as Map<Zone, number>;
}

export default definePatch({
  id: ID,
  subject: '[PATCH v3] mm/memory hotplug/unplug: Optimize zone contiguous check when changing ' +
    'pfn range',
  author: 'Yuan Liu, 2026-04-07',
  link: '',
  base: 'v6.12',
  doc: 'Counts struct pages of the span that are online, those of holes too. Raised by Wei Yang ' +
    '(2026-04-13): then a zone with a hole of a subsection is contiguous, and was not.',
  adds: { state: () => new Map<Zone, number>() },
  wraps: {
    memmap_init_range: (next) => (k, start, nr, nid, index, context, type) => {
      next(k, start, nr, nid, index, context, type);
      const zone = k.NODE_DATA(nid).node_zones[index];
      const count = counts(k.state.added);
      if (zone && context === 'early') count.set(zone, (count.get(zone) ?? 0) + nr);
    },
    init_unavailable_range: (next) => (k, start, end, index, nid) => {
      next(k, start, end, index, nid);
      const zone = k.NODE_DATA(nid).node_zones[index];
      if (!zone) return;
      const count = counts(k.state.added);
      const last = Math.min(end, k.zone_end_pfn(zone));
      for (let pfn = Math.max(start, zone.zone_start_pfn); pfn < last; pfn += 1) {
        if (k.pfn_valid(pfn)) count.set(zone, (count.get(zone) ?? 0) + 1);
      }
    },
    adjust_present_page_count: (next) => (k, zone, group, nr, pfn) => {
      next(k, zone, group, nr, pfn);
      const count = counts(k.state.added);
      count.set(zone, (count.get(zone) ?? 0) + nr);
      k.set_zone_contiguous(zone);
    },
  },
  replaces: {
    set_zone_contiguous: (k, zone) => {
      const { spanned_pages } = zone;
      zone.contiguous = spanned_pages > 0 && counts(k.state.added).get(zone) === spanned_pages;
    },
    clear_zone_contiguous() {},
  },
  claims: [{ text: 'A contiguous zone is what a scan finds to be one.', holds: 'I13' }],
});
