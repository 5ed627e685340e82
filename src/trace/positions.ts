/** Where each row was read: runs of rows that stand on successive lines of one file. */
import { at } from '../base/assert.js';
import type { SourcePosition } from '../base/errors.js';

/** A run begins where the next row does not stand on the next line of the same file. */
export class Positions {
  readonly #rows: number[] = [];
  readonly #lines: number[] = [];
  readonly #files: number[] = [];
  readonly #names: string[] = [];
  #file = -1;
  /** Line of the next row if it continues the run. */
  #expected = -1;

  /** From here on rows come from this file. */
  setFile(name: string): void {
    const known = this.#names.indexOf(name);
    const file = known < 0 ? this.#names.push(name) - 1 : known;
    if (file !== this.#file) this.#expected = -1;
    this.#file = file;
  }

  /** Row `row` (the next one) stands on `line`; rows must come in order. */
  add(row: number, line: number): void {
    if (line !== this.#expected) {
      this.#rows.push(row);
      this.#lines.push(line);
      this.#files.push(this.#file);
    }
    this.#expected = line + 1;
  }

  where(row: number): SourcePosition {
    let low = 0;
    let high = this.#rows.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (at(this.#rows, middle) <= row) low = middle;
      else high = middle;
    }
    if (high === 0) return { file: '', line: 0 };
    const file = this.#names[at(this.#files, low)] ?? '';
    const line = at(this.#lines, low);
    return { file, line: line === 0 ? 0 : line + row - at(this.#rows, low) };
  }
}
