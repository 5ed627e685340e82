/** Blocks on the lists of the page allocator, as the page-level invariants see them. */
import type { Kernel } from '../linux/base/kernel.js';
import { MIGRATE_TYPES } from '../linux/include/migratetype.js';
import {
  NR_FREE_LISTS, NR_PCP_LISTS, type PcpLists, type ZonePages,
} from '../linux/mm/pages/zone_pages.js';

export interface ListedBlock {
  readonly slot: number;
  readonly order: number;
  /** The migratetype of the list that it is on. */
  readonly type: number;
}

function* onLists(
  k: Kernel, heads: number, count: number,
): Generator<[slot: number, list: number]> {
  const next = k.state.pages?.arena.next ?? [];
  for (let list = 0; list < count; list += 1) {
    const head = heads + list;
    for (let slot = next[head] ?? head; slot !== head; slot = next[slot] ?? head) {
      yield [slot, list];
    }
  }
}

/** Free blocks of the zone that can be named. */
export function* freeBlocks(k: Kernel, zp: ZonePages): Generator<ListedBlock> {
  for (const [slot, list] of onLists(k, zp.heads, NR_FREE_LISTS)) {
    yield { slot, order: Math.floor(list / MIGRATE_TYPES), type: list % MIGRATE_TYPES };
  }
}

/** Slots of the blocks on the lists of a CPU. */
export function* pcpBlocks(k: Kernel, pcp: PcpLists): Generator<number> {
  for (const [slot] of onLists(k, pcp.heads, NR_PCP_LISTS)) yield slot;
}
