import type { Kernel } from '../../linux/base/kernel.js';
import type { Zone, Zonelist } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { zoneLabel } from '../zones.js';

interface Request {
  readonly zonelist: Zonelist;
  readonly highest_zoneidx: number;
}

/** Free pages that a zone must have more than: what it keeps back from such a request counts. */
function mark({ watermark, lowmem_reserve }: Zone, wmark: 'low' | 'high', highest: number): number {
  return watermark[wmark] + (lowmem_reserve[highest] ?? 0);
}

/**
 * Zones that the slow path reaches and that kswapd should work on: below low, of a node of which
 * no zone is above high.
 */
function needy({ zonelist, highest_zoneidx }: Request): Zone[] {
  const isBelow = (zone: Zone, wmark: 'low' | 'high'): boolean =>
    zone.nr_free_pages <= mark(zone, wmark, highest_zoneidx);
  const zones = zonelist.map((ref) => ref.zone).filter((zone) => zone.index <= highest_zoneidx &&
    zone.managed_pages > 0);
  return zones.filter((zone) => isBelow(zone, 'low') &&
    zones.every((other) => other.nid !== zone.nid || isBelow(other, 'high')));
}

function wakeups(k: Kernel, nid: number): number {
  return k.state.kswapd_wakeups.get(nid) ?? 0;
}

const invariant: Invariant = {
  id: 'Z12',
  broken: 'kswapd not woken',
  doc: 'kswapd is woken for a zone that is below its low watermark when the slow path reaches it.',
  functions: ['wake_all_kswapds'],
  begin(k) {
    let open: { readonly zones: Zone[]; readonly before: Map<number, number>;
      readonly highest: number; } | undefined;
    let missed: string[] = [];
    return {
      entered(_fn, args) {
        const request = args[0] as Request;
        const zones = needy(request);
        open = { zones, before: new Map(zones.map(({ nid }) => [nid, wakeups(k, nid)])),
          highest: request.highest_zoneidx };
      },
      left() {
        for (const zone of open?.zones ?? []) {
          if (wakeups(k, zone.nid) > (open?.before.get(zone.nid) ?? 0)) continue;
          const { nr_free_pages, watermark, lowmem_reserve } = zone;
          const kept = lowmem_reserve[open?.highest ?? 0] ?? 0;
          const text = `kswapd ${zone.nid} is not woken: ${zoneLabel(zone)} has ` +
            `${nr_free_pages} free pages, low is ${watermark.low}${kept === 0 ? '' :
              `, and ${kept} are kept back`}`;
          if (missed.length === 0) missed.push(text);
        }
        open = undefined;
      },
      violations() {
        const found = missed;
        missed = [];
        return found;
      },
    };
  },
};
export default invariant;
