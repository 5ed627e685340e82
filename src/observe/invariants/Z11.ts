import type { Kernel } from '../../linux/base/kernel.js';
import type { OomEvent } from '../../linux/include/mmzone.js';
import type { Breach, Invariant } from '../invariant.js';
import { zoneLabel, zonesWithFreePages } from '../zones.js';

function* needless(k: Kernel, oom: OomEvent): Generator<Breach> {
  for (const zone of zonesWithFreePages(k)) {
    if (zone.index > oom.highest_zoneidx || zone.nr_free_pages <= zone.watermark.high) continue;
    yield {
      text: `out of memory for ${oom.gfp} on node ${oom.nid} with ${zone.nr_free_pages} free ` +
        `pages in ${zoneLabel(zone)}`,
      amount: zone.nr_free_pages,
    };
  }
}

const invariant: Invariant = {
  id: 'Z11',
  broken: 'OOM with free memory',
  harm: 'kill',
  doc: 'Nothing is killed for lack of memory while an allowed zone is above its high watermark.',
  begin(k) {
    let killed = 0;
    return {
      * violations() {
        const before = killed;
        killed = k.state.oom.reduce((sum, oom) => sum + oom.count, 0);
        const last = k.state.oom.at(-1);
        if (killed > before && last !== undefined) yield* needless(k, last);
      },
    };
  },
};
export default invariant;
