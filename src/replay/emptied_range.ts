/**
 * The range that a call takes offline now. A call about a whole DIMM or device takes its blocks
 * offline one after the other, and goes round the retry loop of offline_pages() for each.
 */
import type { Kernel } from '../linux/base/kernel.js';
import type { Trace } from '../trace/trace.js';

export interface EmptiedRange {
  readonly start_pfn: number;
  /** Exclusive. */
  readonly end_pfn: number;
}

export class EmptiedRanges {
  readonly #trace: Trace;
  readonly #kernel: () => Kernel;
  /** By row of the call: the block that was going offline when somebody asked last. */
  readonly #last = new Map<number, number>();

  constructor(trace: Trace, kernel: () => Kernel) {
    this.#trace = trace;
    this.#kernel = kernel;
  }

  /** Of the call of this row; all that the row names when no block of it is going offline. */
  of(row: number): EmptiedRange {
    const start_pfn = this.#trace.pfn(row);
    const end_pfn = start_pfn + this.#trace.nr_pages(row);
    const [any] = this.#kernel().state.memory_blocks.values();
    if (any === undefined || !(end_pfn - start_pfn > any.nr_pages)) return { start_pfn, end_pfn };
    const first = Math.floor(start_pfn / any.nr_pages);
    const count = Math.ceil(end_pfn / any.nr_pages) - first;
    const id = this.#goingOffline(first, count, this.#last.get(row) ?? first);
    if (id === undefined) return { start_pfn, end_pfn };
    this.#last.set(row, id);
    return { start_pfn: id * any.nr_pages, end_pfn: (id + 1) * any.nr_pages };
  }

  /** The nearest to the last one: they go in order, upwards or down. */
  #goingOffline(first: number, count: number, last: number): number | undefined {
    const { memory_blocks } = this.#kernel().state;
    const isGoing = (id: number): boolean => id >= first && id < first + count &&
      memory_blocks.get(id)?.state === 'going-offline';
    for (let away = 0; away < count; away += 1) {
      if (isGoing(last + away)) return last + away;
      if (isGoing(last - away)) return last - away;
    }
    return undefined;
  }
}
