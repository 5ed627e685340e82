/**
 * Pageblocks that were claimed for another migratetype, as mm_page_alloc_extfrag tells. The model
 * may have claimed another one, or none. Which is known when the block that it was claimed for is
 * taken.
 */
import type { ZonePages } from '../../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../../trace/trace.js';
import type { Corrections } from '../corrections.js';

/** A pageblock that was claimed, and perhaps not by the model. */
interface Claim {
  readonly slot: number;
  readonly row: number;
}

export class RecordedClaims {
  readonly #trace: Trace;
  readonly #corrections: Corrections;
  /** By CPU. */
  readonly #claims: (Claim | undefined)[] = [];

  constructor(trace: Trace, corrections: Corrections) {
    this.#trace = trace;
    this.#corrections = corrections;
  }

  /** mm_page_alloc_extfrag on this CPU. */
  told(slot: number, cpu: number, row: number): void {
    this.#claims[cpu] = { slot, row };
  }

  /** A block was taken on this CPU: the pageblock that was claimed last there was for it. */
  taken(zp: ZonePages, cpu: number): void {
    const claim = this.#claims[cpu];
    if (claim === undefined) return;
    this.#claims[cpu] = undefined;
    this.#corrections.retype(zp, claim.slot, this.#trace, claim.row);
  }
}
