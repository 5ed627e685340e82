/**
 * A window of a trace's rows in plain arrays, for a loop over all of them: columns pack each chunk
 * in another way, so that reading row by row costs more than what is done with a row.
 */
import { PAGES_PER_SECTION } from '../../linux/include/mmzone.js';
import type { Trace } from '../../trace/trace.js';

const names = ['event', 'cpu', 'task', 'order', 'migratetype', 'args', 'pfn'] as const;

/** So many rows at once, a part of a column's chunk. */
const BITS = 12;
const ROWS = 1 << BITS;

const SECTION_MAX = 0x7fffffff;

export class RowWindow {
  readonly event = new Int32Array(ROWS);
  readonly cpu = new Int32Array(ROWS);
  readonly task = new Int32Array(ROWS);
  readonly order = new Int32Array(ROWS);
  readonly migratetype = new Int32Array(ROWS);
  /** Indices of `Trace.strings`. */
  readonly args = new Int32Array(ROWS);
  readonly pfn = new Float64Array(ROWS);
  /**
   * The section of the page (-1: the row has no page) and its place there. The division is done
   * here, in a loop of nothing else, for whoever looks a page up would wait for its result.
   */
  readonly section = new Int32Array(ROWS);
  readonly offset = new Int32Array(ROWS);
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
    for (const name of names) columns[name].read(first, rows, this[name]);
    this.#findSections(rows);
  }

  #findSections(rows: number): void {
    const { pfn: pfns, section: sections, offset: offsets } = this;
    for (let at = 0; at < rows; at += 1) {
      const pfn = pfns[at] as number;
      const section = Math.floor(pfn / PAGES_PER_SECTION);
      // Of no page, and of one that no machine can have.
      sections[at] = section <= SECTION_MAX ? section : -1;
      offsets[at] = pfn - section * PAGES_PER_SECTION;
    }
  }
}
