/**
 * Frees of which nothing but a snapshot's counters says whether they went to a list or, because an
 * interrupt found that locked, past it: nobody has seen these pages again.
 */
import { ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import type { Corrections } from '../corrections.js';
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

export class PassedByCount {
  readonly #trace: Trace;
  readonly #corrections: Corrections;

  constructor(trace: Trace, corrections: Corrections) {
    this.#trace = trace;
    this.#corrections = corrections;
  }

  /**
   * The free pages of the snapshot at this row are more than the model's: those of interrupts that
   * make up the difference had gone past the lists. None when no choice of them does.
   */
  settle(pages: Pages, zp: ZonePages, row: number, { free, unfolded, listed }: Missing): void {
    if (free <= unfolded || !this.#corrections.interrupted) return;
    const freed = passedLists(this.#trace).unsure.filter((rows) => (rows.at(-1) ?? row) < row)
      .map((rows) => this.#onLists(pages, zp, rows)).filter((one) => one.pages > 0).slice(-MOST);
    const chosen = choice(freed, free);
    const sum = chosen.reduce((all, one) => all + one.pages, 0);
    if (sum === 0 || sum > listed || Math.abs(free - sum) > unfolded) return;
    for (const slot of chosen.flatMap(({ slots }) => slots)) {
      this.#corrections.passLate(zp, slot);
    }
  }

  /** Of these frees, what the model still has on the zone's lists. */
  #onLists(pages: Pages, zp: ZonePages, rows: readonly number[]): Freed {
    const { arena } = pages;
    const slots = rows.map((row) => arena.slotOf(this.#trace.columns.pfn.get(row)))
      .filter((slot) => slot >= 0 && arena.state[slot] === ON_PCP && pages.zoneOf(slot) === zp);
    return { slots, pages: slots.reduce((sum, slot) => sum + (1 << (arena.order[slot] ?? 0)), 0) };
  }
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
