import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import { ZONE_DEVICE, type Zone } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { allRuns, nodes, touchesOnline, zoneEnd, zoneLabel, zoneOfRun } from '../zones.js';

interface Hull { start: number; end: number }

/** First and one past the last page with memory that is online in the zone, or a device's. */
function hullsOfMemory(k: Kernel): Map<Zone, Hull> {
  const hulls = new Map<Zone, Hull>();
  for (const run of allRuns(k)) {
    const zone = zoneOfRun(k, run);
    if (zone === undefined || run.content.kind !== 'init' || run.content.hole) continue;
    // What a device has is mapped, and online in no sense.
    if (zone.index !== ZONE_DEVICE && !touchesOnline(k, run)) continue;
    const hull = hulls.get(zone);
    if (hull === undefined) hulls.set(zone, { start: run.start, end: run.end });
    else hull.end = run.end;
  }
  return hulls;
}

function overlap(a: Hull, b: Hull): Hull | undefined {
  const [start, end] = [Math.max(a.start, b.start), Math.min(a.end, b.end)];
  return start < end ? { start, end } : undefined;
}

function span(zone: Zone): Hull {
  return { start: zone.zone_start_pfn, end: zoneEnd(zone) };
}

/**
 * Blocks can go online in any zone, so that the spans of two zones may cross; then the memory in
 * them does, too. Walkers by pfn meet pages of the other zone in all that two spans share.
 */
export default onState(
  'Z15',
  'zone spans overlap',
  'Spans of two zones of a node overlap only where the memory in them does.',
  function* (k) {
    let hulls: Map<Zone, Hull> | undefined;
    for (const { node_zones } of nodes(k)) {
      const spanned = node_zones.filter((zone) => zone.spanned_pages > 0);
      for (const [index, zone] of spanned.entries()) {
        for (const other of spanned.slice(index + 1)) {
          const shared = overlap(span(zone), span(other));
          if (shared === undefined) continue;
          hulls ??= hullsOfMemory(k);
          const [mine, its] = [hulls.get(zone), hulls.get(other)];
          if (mine !== undefined && its !== undefined && overlap(mine, its) !== undefined) continue;
          yield `${zoneLabel(zone)} and ${zoneLabel(other)} both span ` +
            `${hex(shared.start)}-${hex(shared.end - 1)}`;
        }
      }
    }
  },
);
