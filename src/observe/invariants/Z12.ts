import type { Kernel } from '../../linux/base/kernel.js';
import type { Zone, Zonelist } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { zoneLabel } from '../zones.js';

interface Request {
  readonly zonelist: Zonelist;
  readonly highest_zoneidx: number;
}

/** Zones that the slow path reaches and that kswapd should work on. */
function needy({ zonelist, highest_zoneidx }: Request): Zone[] {
  return zonelist.map((ref) => ref.zone).filter((zone) => zone.index <= highest_zoneidx &&
    zone.managed_pages > 0 && zone.nr_free_pages < zone.watermark.low);
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
    let open: { readonly zones: Zone[]; readonly before: Map<number, number> } | undefined;
    let missed: string[] = [];
    return {
      entered(_fn, args) {
        const zones = needy(args[0] as Request);
        open = { zones, before: new Map(zones.map(({ nid }) => [nid, wakeups(k, nid)])) };
      },
      left() {
        for (const zone of open?.zones ?? []) {
          if (wakeups(k, zone.nid) > (open?.before.get(zone.nid) ?? 0)) continue;
          const { nr_free_pages, watermark } = zone;
          const text = `kswapd ${zone.nid} is not woken: ${zoneLabel(zone)} has ` +
            `${nr_free_pages} free pages, low is ${watermark.low}`;
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
