/** Which blocks free_pcppages_bulk() takes from the lists of a CPU: mm/page_alloc.c. */
import { MIGRATE_MOVABLE, MIGRATE_PCPTYPES } from '../../include/migratetype.js';
import type { PageArena } from './arena.js';
import { NR_PCP_LISTS } from './zone_pages.js';

/** The lists of a CPU: slot of the first one's head, and whether they hold single pages only. */
export interface Lists {
  readonly heads: number;
  readonly order0: boolean;
}

/** Takes a block, which is off its list then. */
export type Give = (slot: number) => void;

/**
 * Orders 0 to 3 and huge pages, each with a list for each migratetype (v5.14 - v5.17). Our huge
 * pages have one list, for they are movable.
 */
const ALL_LISTS = 5 * MIGRATE_PCPTYPES;
const FIRST_HUGE = 4 * MIGRATE_PCPTYPES;

const NO_BLOCK = -1;

/**
 * From v5.18: the oldest blocks first, list by list beginning with `pindex`. `count`: pages that
 * the lists have at least.
 */
export function listByList(
  arena: PageArena, { heads }: Lists, count: number, pindex: number, give: Give,
): void {
  let left = count;
  let list = pindex;
  while (left > 0) {
    const head = heads + list;
    for (let slot = arena.prev[head] as number; slot !== head && left > 0;
      slot = arena.prev[head] as number) {
      left -= 1 << (arena.order[slot] as number);
      give(slot);
    }
    list = list + 1 < NR_PCP_LISTS ? list + 1 : 0;
  }
}

/**
 * Up to v5.17: round the lists, beginning with the second one. From each as many blocks as lists
 * were empty on the way to it, and one; all from the only one.
 */
export function roundRobin(
  arena: PageArena, { heads, order0 }: Lists, count: number, give: Give,
): void {
  const lists = order0 ? MIGRATE_PCPTYPES : ALL_LISTS;
  const last = (list: number): number => {
    if (list >= FIRST_HUGE && list !== FIRST_HUGE + MIGRATE_MOVABLE) return NO_BLOCK;
    const head = heads + Math.min(list, FIRST_HUGE);
    const slot = arena.prev[head] as number;
    return slot === head ? NO_BLOCK : slot;
  };
  let left = count;
  let list = 0;
  let batch = 0;
  while (left > 0) {
    do {
      batch += 1;
      list = list + 1 < lists ? list + 1 : 0;
    } while (last(list) === NO_BLOCK);
    if (batch === lists) batch = left;
    do {
      const slot = last(list);
      left -= 1 << (arena.order[slot] as number);
      give(slot);
      batch -= 1;
    } while (left > 0 && batch > 0 && last(list) !== NO_BLOCK);
  }
}
