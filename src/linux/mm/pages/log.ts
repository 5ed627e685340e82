/**
 * What slots of a PageArena were before they changed, so that somebody can go back: a log of the
 * old numbers, one entry for each slot and step.
 */
import type { SlotLog, PageArena } from './arena.js';

const NUMBERS = 7;

export class PageArenaLog implements SlotLog {
  readonly #arena: PageArena;
  #entries = new Int32Array(NUMBERS * 1024);
  #length = 0;
  /** By slot: the step that it was last logged in. */
  #noted: Uint32Array;
  #step = 1;

  constructor(arena: PageArena) {
    this.#arena = arena;
    this.#noted = new Uint32Array(arena.next.length);
  }

  /** Where the log ends now. */
  get length(): number {
    return this.#length;
  }

  /** From here on slots are logged again when they change. */
  begin(): void {
    this.#step += 1;
  }

  /** Called before the numbers of a slot change. */
  note(slot: number): void {
    if (slot >= this.#noted.length) this.#grow();
    if (this.#noted[slot] === this.#step) return;
    this.#noted[slot] = this.#step;
    const { next, prev, state, order, type, cpu } = this.#arena;
    if (this.#length + NUMBERS > this.#entries.length) {
      const longer = new Int32Array(this.#entries.length * 2);
      longer.set(this.#entries);
      this.#entries = longer;
    }
    const entries = this.#entries;
    const at = this.#length;
    entries[at] = slot;
    entries[at + 1] = next[slot] as number;
    entries[at + 2] = prev[slot] as number;
    entries[at + 3] = state[slot] as number;
    entries[at + 4] = order[slot] as number;
    entries[at + 5] = type[slot] as number;
    entries[at + 6] = cpu[slot] as number;
    this.#length = at + NUMBERS;
  }

  noteLinks(slot: number): void {
    this.note(slot);
  }

  #grow(): void {
    const longer = new Uint32Array(this.#arena.next.length);
    longer.set(this.#noted);
    this.#noted = longer;
  }

  /** Takes back what was logged since the log was `length` long. */
  back(length: number): void {
    const { next, prev, state, order, type, cpu } = this.#arena;
    const entries = this.#entries;
    for (let at = this.#length - NUMBERS; at >= length; at -= NUMBERS) {
      const slot = entries[at] as number;
      next[slot] = entries[at + 1] as number;
      prev[slot] = entries[at + 2] as number;
      state[slot] = entries[at + 3] as number;
      order[slot] = entries[at + 4] as number;
      type[slot] = entries[at + 5] as number;
      cpu[slot] = entries[at + 6] as number;
    }
    this.#length = length;
    this.begin();
  }
}
