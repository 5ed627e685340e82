/**
 * What frames of a PageArena were before they changed, so that somebody can go back: a log of the
 * old numbers, one entry for each frame and step.
 */
import type { FrameLog, PageArena } from './arena.js';

const NUMBERS = 7;

export class PageArenaLog implements FrameLog {
  readonly #arena: PageArena;
  #entries = new Int32Array(NUMBERS * 1024);
  #length = 0;
  /** By frame: the step that it was last logged in. */
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

  /** From here on frames are logged again when they change. */
  begin(): void {
    this.#step += 1;
  }

  /** Called before the numbers of a frame change. */
  note(frame: number): void {
    if (frame >= this.#noted.length) this.#grow();
    if (this.#noted[frame] === this.#step) return;
    this.#noted[frame] = this.#step;
    const { next, prev, state, order, type, cpu } = this.#arena;
    if (this.#length + NUMBERS > this.#entries.length) {
      const longer = new Int32Array(this.#entries.length * 2);
      longer.set(this.#entries);
      this.#entries = longer;
    }
    const entries = this.#entries;
    const at = this.#length;
    entries[at] = frame;
    entries[at + 1] = next[frame] as number;
    entries[at + 2] = prev[frame] as number;
    entries[at + 3] = state[frame] as number;
    entries[at + 4] = order[frame] as number;
    entries[at + 5] = type[frame] as number;
    entries[at + 6] = cpu[frame] as number;
    this.#length = at + NUMBERS;
  }

  noteLinks(frame: number): void {
    this.note(frame);
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
      const frame = entries[at] as number;
      next[frame] = entries[at + 1] as number;
      prev[frame] = entries[at + 2] as number;
      state[frame] = entries[at + 3] as number;
      order[frame] = entries[at + 4] as number;
      type[frame] = entries[at + 5] as number;
      cpu[frame] = entries[at + 6] as number;
    }
    this.#length = length;
    this.begin();
  }
}
