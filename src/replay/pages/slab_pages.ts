/** How a trace shows which single pages were allocated for the slab allocator. */
import { MIGRATE_MOVABLE } from '../../linux/include/migratetype.js';
import { SLAB } from '../../linux/mm/pages/arena.js';
import type { Trace } from '../../trace/trace.js';
import { rowWords } from '../../trace/row_words.js';

/** What allocate_slab() asks for, whatever its caller does (mm/slub.c, v6.12 to v7.3). */
const words = ['__GFP_COMP', '__GFP_NOWARN', '__GFP_NORETRY'];

export class SlabPages {
  readonly #trace: Trace;
  /** By the index of the row's args. */
  readonly #known: (boolean | undefined)[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /**
   * What a page of this migratetype is taken to be, by the row of its allocation and that row's
   * args. Pages of files that are read ahead look the same, and can be moved: neither stands in
   * the way of isolation.
   */
  typeOf(row: number, args: number, order: number, type: number): number {
    if (order > 0 || type === MIGRATE_MOVABLE) return type;
    let known = this.#known[args];
    if (known === undefined) {
      const flags = rowWords(this.#trace, row, 'mm_page_alloc').gfp_flags ?? [];
      known = words.every((word) => flags.includes(word));
      this.#known[args] = known;
    }
    return known ? SLAB : type;
  }
}
