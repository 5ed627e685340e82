/** Pages that nobody has a name for. */
import { NOTHING } from './arena.js';
import type { Pages } from './pages.js';

/** Runs of pages of the range that are in no block that we can name. */
export function* unnamedRuns(
  pages: Pages, start: number, end: number,
): Generator<[start: number, end: number]> {
  const { arena, lists } = pages;
  let first = start;
  for (let pfn = start; pfn < end;) {
    const slot = pages.slot(pfn);
    const block = lists.blockOf(slot);
    const head = block >= 0 ? block : slot;
    if (arena.state[head] === NOTHING) {
      pfn += 1;
      continue;
    }
    if (first < pfn) yield [first, pfn];
    pfn += (1 << (arena.order[head] as number)) - (slot - head);
    first = pfn;
  }
  if (first < end) yield [first, end];
}
