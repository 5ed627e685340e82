/**
 * Pages that come back within a window: freed, given out and freed again, or given out first. In
 * another order the allocation gets another page, and the task that frees it would free what it
 * does not have.
 */
import { pagesOf, type PageStep } from './page_step.js';

export class ComingBack {
  /** Freed or given out in the window. */
  readonly #seen = new Set<number>();

  /** The first page of this step, the next one in time, that comes back; undefined: none does. */
  first(step: PageStep): number | undefined {
    const { what, pfns } = step;
    if (what !== 'alloc' && what !== 'free' && what !== 'commit') return undefined;
    let back: number | undefined;
    for (const pfn of pfns) {
      for (let page = pfn; page < pfn + pagesOf(step); page += 1) {
        if (what !== 'alloc' && this.#seen.has(page)) back ??= page;
        this.#seen.add(page);
      }
    }
    return back;
  }
}
