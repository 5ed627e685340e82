import { definePatch, type Kernel, type Zone } from 'mmreplay';

const ID = 'contiguous/fast_paths';

/** What is known of a zone before the new range is read; nothing when the zone must be scanned. */
interface Known { zone?: Zone | undefined; contiguous?: boolean; start: number; end: number }

function known(k: Kernel): Known {
  return k.state.added.get(ID) as Known;
}

export default definePatch({
  id: ID,
  subject: '[PATCH v9 2/2] mm/memory hotplug/unplug: Optimize zone->contiguous update when ' +
    'changes pfn range',
  author: 'Tianyou Li, 2026-01-30',
  link: '',
  base: 'v6.12',
  doc: 'A range beside a contiguous zone is read, and nothing else; beside any other zone, or ' +
    'away from it, nothing is read and the zone is not contiguous.',
  adds: { state: (): Known => ({ start: 0, end: 0 }) },
  wraps: {
    move_pfn_range_to_zone: (next) => (k, zone, start, nr, ...rest) => {
      const [first, last] = [zone.zone_start_pfn, k.zone_end_pfn(zone)];
      const end = start + nr;
      const isBeside = start === last || end === first;
      const isInside = zone.spanned_pages > 0 && start < last && end > first;
      const contiguous = zone.spanned_pages === 0 || (isBeside && zone.contiguous);
      Object.assign(known(k), isInside ? { zone: undefined } : { zone, contiguous, start, end });
      next(k, zone, start, nr, ...rest);
      known(k).zone = undefined;
    },
    set_zone_contiguous: (next) => (k, zone) => {
      const { zone: same, contiguous, start, end } = known(k);
      if (same !== zone) return next(k, zone);
      if (contiguous !== true) return;
      for (let pfn = start; pfn < end; pfn += 512) {
        if (!k.__pageblock_pfn_to_page(pfn, pfn + 512, zone)) return;
      }
      zone.contiguous = true;
    },
  },
  claims: [{ text: 'A contiguous zone is what a scan finds to be one.', holds: 'I13' }],
});
