/** From which page on something was changed since a moment: what lies below is as it was. */
import { firstIndex } from '../../base/first_index.js';

/** Changes by number. One that a later change lies below, or at, tells nothing and is not kept. */
export class ChangedFrom {
  readonly #kept: { readonly change: number; readonly place: number }[] = [];
  #changes = 0;

  /** How many there were: a moment. */
  get changes(): number {
    return this.#changes;
  }

  /** Something was changed from `place` on. */
  note(place: number): void {
    this.#changes += 1;
    while ((this.#kept.at(-1)?.place ?? -1) >= place) this.#kept.pop();
    this.#kept.push({ change: this.#changes, place });
  }

  /** The lowest place of all changes since the moment; Infinity: there was none. */
  since(moment: number): number {
    const kept = this.#kept;
    const first = firstIndex(kept.length, (at) => (kept[at]?.change ?? Infinity) > moment);
    return kept[first]?.place ?? Infinity;
  }
}
