/** Where all pages are when a run ends, as numbers: two runs with the same ones left them alike. */
import { FREE, NOTHING, ON_PCP } from '../linux/mm/pages/arena.js';
import type { Pages } from '../linux/mm/pages/pages.js';

/** Of a page and what is said of it; the sum over all pages does not depend on their order. */
function mixed(pfn: number, value: number): number {
  return Math.imul(Math.imul(pfn | 0, 0x9e3779b1) ^ value, 0x85ebca6b) >>> 1;
}

/**
 * `pages.blocks`: state, size and type of all blocks, whose list they are on; `pages.lists`: which
 * page follows which on the lists. By pfn, for slots are given as pages are touched.
 */
export function pageTrail({ arena }: Pages): readonly (readonly [string, number])[] {
  const { state, order, type, cpu, next } = arena;
  let [blocks, lists] = [0, 0];
  for (let slot = 0; slot < state.length; slot += 1) {
    const kind = state[slot] as number;
    if (kind === NOTHING) continue;
    const pfn = arena.pfnOf(slot);
    const ofCpu = kind === ON_PCP ? cpu[slot] as number : 0;
    const block = kind + 16 * (order[slot] as number) + 512 * (type[slot] as number) + 8192 * ofCpu;
    blocks = (blocks + mixed(pfn, block)) | 0;
    if (kind !== FREE && kind !== ON_PCP) continue;
    const behind = next[slot] as number;
    lists = (lists + mixed(pfn, state[behind] === kind ? arena.pfnOf(behind) : -1)) | 0;
  }
  return [['pages.blocks', blocks], ['pages.lists', lists]];
}
