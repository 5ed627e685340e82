/**
 * Frees of which nothing but a snapshot's counters says whether they went to a list or, because an
 * interrupt found that locked, past it: nobody has seen these pages again.
 */
import { ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import { passedLists } from './passed_lists.js';

/** So many interrupts' frees are tried in all combinations. */
const MOST = 12;

/** What a snapshot has more than the model. */
export interface Missing {
  /** Free pages. */
  readonly free: number;
  /** By so much the counters of free pages may be off. */
  readonly unfolded: number;
  /** Pages that the model has more on the zone's lists. */
  readonly listed: number;
}

interface Freed {
  readonly slots: readonly number[];
  readonly pages: number;
}

/**
 * The free pages of the snapshot at this row are more than the model's. Blocks of those interrupts'
 * frees that make up the difference, which had gone past the lists; none when no choice does.
 */
export function passedByCount(
  trace: Trace, pages: Pages, zp: ZonePages, row: number, { free, unfolded, listed }: Missing,
): readonly number[] {
  if (free <= unfolded) return [];
  const freed = passedLists(trace).unsure.filter((rows) => (rows.at(-1) ?? row) < row)
    .map((rows) => onLists(trace, pages, zp, rows)).filter((one) => one.pages > 0).slice(-MOST);
  const chosen = choice(freed, free);
  const sum = chosen.reduce((all, one) => all + one.pages, 0);
  if (sum === 0 || sum > listed || Math.abs(free - sum) > unfolded) return [];
  return chosen.flatMap(({ slots }) => slots);
}

/** Of these frees, what the model still has on the zone's lists. */
function onLists(trace: Trace, pages: Pages, zp: ZonePages, rows: readonly number[]): Freed {
  const { arena } = pages;
  const slots = rows.map((row) => arena.slotOf(trace.columns.pfn.get(row)))
    .filter((slot) => slot >= 0 && arena.state[slot] === ON_PCP && pages.zoneOf(slot) === zp);
  return { slots, pages: slots.reduce((sum, slot) => sum + (1 << (arena.order[slot] ?? 0)), 0) };
}

/** Those of which the sum is nearest to `wanted`; the earlier ones first. */
function choice(freed: readonly Freed[], wanted: number): readonly Freed[] {
  let best: readonly Freed[] = [];
  let off = wanted;
  for (let bits = 1; bits < 1 << freed.length; bits += 1) {
    const some = freed.filter((_, index) => (bits >> index & 1) === 1);
    const wrong = Math.abs(wanted - some.reduce((sum, one) => sum + one.pages, 0));
    if (wrong >= off) continue;
    off = wrong;
    best = some;
  }
  return best;
}
