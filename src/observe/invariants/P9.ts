import type { Zone } from '../../linux/include/mmzone.js';
import type { Invariant } from '../invariant.js';
import { zoneLabel } from '../zones.js';

const invariant: Invariant = {
  id: 'P9',
  broken: 'pcp sizes unlocked or lost',
  doc: 'pcp_batch_high_lock is held from zone_pcp_disable() to zone_pcp_enable(), which gives ' +
    'the lists the sizes that the zone remembers.',
  functions: ['__zone_set_pageset_high_and_batch', 'zone_pcp_enable'],
  begin(k) {
    const off = new Set<Zone>();
    let wrong: string[] = [];
    return {
      entered(fn, args) {
        const [zone, high_min, high_max] = args as [Zone, number, number];
        off.delete(zone);
        if (fn === 'zone_pcp_enable') return;
        // A zone can be so small that this is what it remembers.
        if (high_min === zone.pageset_high_min && high_max === zone.pageset_high_max) return;
        if (high_min === 0 && high_max === 0) {
          off.add(zone);
          return;
        }
        wrong.push(`${zoneLabel(zone)}: lists of ${high_min}, ${zone.pageset_high_min} remembered`);
      },
      * violations() {
        yield* wrong;
        wrong = [];
        const { held, readers } = k.state.locks.pcp_batch_high_lock;
        for (const zone of off) {
          if (held || readers > 0) continue;
          yield `${zoneLabel(zone)}: lists are off, and nobody has pcp_batch_high_lock`;
        }
      },
    };
  },
};
export default invariant;
