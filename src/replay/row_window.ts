/**
 * A window of a trace's rows in plain arrays, for a loop over all of them: columns pack each chunk
 * in another way, so that reading row by row costs more than what is done with a row.
 */
import type { Trace } from '../trace/trace.js';

/** So many rows at once, a part of a column's chunk. */
const BITS = 12;
const ROWS = 1 << BITS;

export class RowWindow {
  readonly event = new Int32Array(ROWS);
  readonly cpu = new Int32Array(ROWS);
  readonly task = new Int32Array(ROWS);
  readonly order = new Int32Array(ROWS);
  readonly pfn = new Float64Array(ROWS);
  readonly #trace: Trace;
  #number = -1;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** The row's place in the arrays. */
  at(row: number): number {
    if (row >>> BITS !== this.#number) this.#load(row >>> BITS);
    return row & (ROWS - 1);
  }

  #load(number: number): void {
    const { columns, length } = this.#trace;
    const first = number << BITS;
    const rows = Math.min(ROWS, length - first);
    this.#number = number;
    for (const name of ['event', 'cpu', 'task', 'order', 'pfn'] as const) {
      columns[name].read(first, rows, this[name]);
    }
  }
}
