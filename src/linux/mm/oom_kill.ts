/** mm/oom_kill.c: nothing is left. */
import type { Kernel } from '../base/kernel.js';
import type { AllocContext } from './page_alloc/walk.js';

/**
 * The OOM killer runs: noted, once for a row of equal requests.
 * @kernel mm/oom_kill.c v7.3 reduced: kills nobody
 */
export function out_of_memory(k: Kernel, ac: AllocContext): void {
  const last = k.state.oom.at(-1);
  if (last?.nid === ac.nid && last.gfp === ac.gfp && last.order === ac.order) {
    last.count += 1;
    return;
  }
  const { nid, gfp, order, highest_zoneidx } = ac;
  k.state.oom.push({ nid, gfp, order, highest_zoneidx, count: 1 });
}
