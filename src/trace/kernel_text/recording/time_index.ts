/** What has a time, found by a span of time without a look at all of it. */

export class TimeIndex<T> {
  /** By time, then as they were given. */
  readonly #order: readonly { readonly time: number; readonly index: number }[];
  readonly #items: readonly T[];

  /** `times`: of each item, in ns. */
  constructor(items: readonly T[], times: readonly number[]) {
    this.#items = items;
    this.#order = times.map((time, index) => ({ time, index }))
      .sort((a, b) => a.time - b.time || a.index - b.index);
  }

  /** How many have a time before this one, or at it. */
  #before(time: number, orAt = false): number {
    let [low, high] = [0, this.#order.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = this.#order[middle]?.time ?? Infinity;
      if (found < time || (orAt && found === time)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Those with `from` <= time < `to`, in the order in which they were given. */
  between(from: number, to: number): readonly T[] {
    return this.#order.slice(this.#before(from), this.#before(to))
      .sort((a, b) => a.index - b.index).map(({ index }) => this.#items[index] as T);
  }

  /** How many have this time or an earlier one. */
  countUpTo(time: number): number {
    return this.#before(time, true);
  }

  /** The first time above this one; Infinity where there is none. */
  next(time: number): number {
    return this.#order[this.countUpTo(time)]?.time ?? Infinity;
  }
}
