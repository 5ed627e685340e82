/** What keeps a range from being free, page by page: looked for in one walk. */
import { MIGRATE_MOVABLE } from '../../linux/include/migratetype.js';
import { PAGES_PER_SECTION } from '../../linux/include/mmzone.js';
import {
  ALLOCATED, FREE, NOTHING, OFF_LRU, PINNED, POISONED,
} from '../../linux/mm/pages/arena.js';
import type { Pages } from '../../linux/mm/pages/pages.js';

/** First pfns of the range, as the functions of Pages find each. */
export interface InTheWay {
  /** findMovable(); -1: none. */
  movable: number;
  /** firstNotFree(); where the range ends: none. */
  notFree: number;
  /** findOffLru(); -1: none. */
  offLru: number;
}

export function inTheWay(pages: Pages, start: number, end: number): InTheWay {
  pages.touched?.('pages', start, end);
  const { arena, arena: { state, order, type } } = pages;
  const found: InTheWay = { movable: -1, notFree: end, offLru: -1 };
  for (let pfn = start; pfn < end;) {
    const behind = Math.min(end, (Math.floor(pfn / PAGES_PER_SECTION) + 1) * PAGES_PER_SECTION);
    // Slots of a section lie side by side.
    const ahead = arena.slotOf(pfn) - pfn;
    if (ahead + pfn < 0) pfn = behind;
    const isKnown = pfn < behind && arena.isKnown(pfn + ahead);
    while (pfn < behind) {
      const slot = pfn + ahead;
      const is = state[slot] as number;
      if (is !== FREE && (is !== NOTHING || isKnown) && pfn < found.notFree) found.notFree = pfn;
      if (is === ALLOCATED) look(found, pfn, type[slot] as number);
      pfn += is === NOTHING ? 1 : 1 << (order[slot] as number);
    }
  }
  return found;
}

/** Of an allocated page. */
function look(found: InTheWay, pfn: number, type: number): void {
  const moves = type === MIGRATE_MOVABLE || type === PINNED;
  if (moves && found.movable < 0) found.movable = pfn;
  if ((type === OFF_LRU || type === POISONED) && found.offLru < 0) found.offLru = pfn;
}
