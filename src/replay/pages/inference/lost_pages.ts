/**
 * Where events of single pages are missing. What the model knew of pages then is not true any more,
 * and what it learns in between may not be true either: it begins anew, as a recording does.
 */
import { lossesOf } from '../../../trace/losses.js';
import type { Trace } from '../../../trace/trace.js';
import type { Span } from '../../../trace/span.js';

export class LostPages {
  /** The next row at which all is forgotten; Infinity: none. */
  next: number;
  /** Events are missing around the row that was passed last. */
  inside = false;
  readonly #spans: readonly Span[];
  #index = 0;

  constructor(trace: Trace) {
    this.#spans = lossesOf(trace).spans;
    this.next = (this.#spans[0]?.from ?? Infinity) + 1;
  }

  /** The replay has come to `next`, or behind it. */
  pass(row: number): void {
    while (row >= this.next) {
      const { to } = this.#spans[this.#index] ?? { to: Infinity };
      this.inside = row < to;
      if (this.inside) {
        this.next = to;
        return;
      }
      this.#index += 1;
      this.next = (this.#spans[this.#index]?.from ?? Infinity) + 1;
    }
  }
}
