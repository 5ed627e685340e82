/**
 * Where struct pages of huge pages are given back, those of a place are so once. Pages that are
 * only counted may have come to a place of before or to another one, when the pool had shrunk
 * meanwhile: the managed pages of a snapshot tell.
 */
import type { Kernel } from '../linux/base/kernel.js';
import type { Zone } from '../linux/include/mmzone.js';
import { eventTypes } from '../trace/events.js';
import { rowWords } from '../trace/row_words.js';
import type { Trace } from '../trace/trace.js';

/** The managed pages of the zone of this row, in the same snapshot. */
function managedShown(trace: Trace, row: number): number | undefined {
  const nid = trace.nid(row);
  const zone = trace.zone(row);
  for (let next = row + 1; next < trace.length; next += 1) {
    const event = trace.event(next);
    const { role } = eventTypes[event];
    if (role === 'input' || role === 'mark') return undefined;
    if (event === 'zoneinfo' && trace.nid(next) === nid && trace.zone(next) === zone) {
      return rowWords(trace, next, 'zoneinfo').managed;
    }
  }
  return undefined;
}

function zoneInDoubt(k: Kernel, trace: Trace, row: number): Zone | undefined {
  if (trace.event(row) !== 'nr_free_pages') return undefined;
  const nid = trace.nid(row);
  if ((k.state.hugetlb.vmemmap_doubt[nid] ?? 0) === 0) return undefined;
  const { node_zones = [] } = k.state.nodes[nid] ?? {};
  const zone = node_zones.findLast((one) => one.present_early_pages > 0);
  return zone === node_zones[trace.zone(row)] ? zone : undefined;
}

/**
 * A nr_free_pages row of a snapshot: into so many more places than the model has it huge pages have
 * come; 0 also where the difference is nothing that such pages make.
 */
export function placesShown(k: Kernel, trace: Trace, row: number): number {
  const zone = zoneInDoubt(k, trace, row);
  const shown = zone === undefined ? undefined : managedShown(trace, row);
  if (zone === undefined || shown === undefined) return 0;
  const places = (shown - zone.managed_pages) / k.vmemmap_freed_pages(1);
  const most = k.state.hugetlb.vmemmap_doubt[zone.nid] ?? 0;
  return Number.isInteger(places) && places >= 0 && places <= most ? places : 0;
}

/** Such a row is replayed: from now on it is known. */
export function takePlaces(k: Kernel, trace: Trace, row: number): void {
  const zone = zoneInDoubt(k, trace, row);
  if (zone !== undefined) k.vmemmap_places_known(zone, placesShown(k, trace, row));
}
