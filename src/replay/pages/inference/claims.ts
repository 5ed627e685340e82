/**
 * Pageblocks that were claimed for another migratetype, as mm_page_alloc_extfrag tells. The model
 * may have claimed another one, or none. Which is known when the block that it was claimed for is
 * taken.
 */
import { pageblock_nr_pages } from '../../../linux/include/mmzone.js';
import type { Trace } from '../../../trace/trace.js';
import { rowWords } from '../../../trace/row_words.js';

/** Pageblocks that were claimed, and perhaps not by the model. */
export interface Claim {
  /** First page of them, and how many. */
  readonly first: number;
  readonly pages: number;
  /** Of the page that the row names. */
  readonly slot: number;
  /** What they are from now on, a code of migratetype.ts. */
  readonly type: number;
}

export class RecordedClaims {
  readonly #trace: Trace;
  /** By CPU: the page and the row of what was told there and not taken yet. */
  readonly #told: ({ readonly slot: number; readonly row: number } | undefined)[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** mm_page_alloc_extfrag on this CPU. */
  told(slot: number, cpu: number, row: number): void {
    this.#told[cpu] = { slot, row };
  }

  /** A block was taken on this CPU: the pageblock that was claimed last there was for it. */
  taken(cpu: number): Claim | undefined {
    const told = this.#told[cpu];
    if (told === undefined) return undefined;
    this.#told[cpu] = undefined;
    const { slot, row } = told;
    const { change_ownership, fallback_order = 0 } =
      rowWords(this.#trace, row, 'mm_page_alloc_extfrag');
    if (change_ownership !== true) return undefined;
    return {
      slot, type: this.#trace.migratetype(row), first: slot & ~(pageblock_nr_pages - 1),
      pages: Math.max(pageblock_nr_pages, 2 ** fallback_order),
    };
  }
}
