import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../mm/kernel.js';
import { MIGRATE_ISOLATE } from '../../mm/migratetype.js';
import { NR_PCP_LISTS, type ZonePages } from '../../mm/zone_pages.js';
import { onState } from '../invariant.js';

/** The first page of an isolated block on a list of this CPU. */
function stranded(k: Kernel, zp: ZonePages, cpu: number): number | undefined {
  const pcp = zp.pcp[cpu];
  const { pages } = k.state;
  if (pcp === undefined || pages === undefined || pcp.count === 0) return undefined;
  const { next } = pages.arena;
  for (let head = pcp.heads; head < pcp.heads + NR_PCP_LISTS; head += 1) {
    for (let frame = next[head] ?? head; frame !== head; frame = next[frame] ?? head) {
      if (pages.typeOf(frame) === MIGRATE_ISOLATE) return pages.arena.pfnOf(frame);
    }
  }
  return undefined;
}

export default onState(
  'P6',
  'After isolation and the last drain no per-cpu list has a page of an isolated pageblock.',
  function* (k) {
    // Before the first test of a range its drains may still be to come.
    if (k.state.isolation_tests.length === 0) return;
    for (const zp of k.state.pages?.zones ?? []) {
      if (zp.zone.nr_isolate_pageblock === 0) continue;
      for (const { cpu } of zp.pcp) {
        const pfn = stranded(k, zp, cpu);
        if (pfn !== undefined) yield `page ${hex(pfn)} is on the per-cpu list of CPU ${cpu}`;
      }
    }
  },
);
