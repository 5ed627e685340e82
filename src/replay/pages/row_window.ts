/**
 * A window of a trace's rows in plain arrays, for a loop over all of them: columns pack each chunk
 * in another way, so that reading row by row costs more than what is done with a row.
 */
import { PAGES_PER_SECTION } from '../../linux/include/mmzone.js';
import { onceFor } from '../../base/once.js';
import type { Trace } from '../../trace/trace.js';

const names = ['event', 'cpu', 'task', 'order', 'migratetype', 'args', 'pfn'] as const;

/** So many rows at once, a part of a column's chunk. */
const BITS = 12;
const ROWS = 1 << BITS;

const SECTION_MAX = 0x7fffffff;

/** Rows of a window, decoded. */
interface Rows {
  readonly event: Int32Array;
  readonly cpu: Int32Array;
  readonly task: Int32Array;
  readonly order: Int32Array;
  readonly migratetype: Int32Array;
  /** Indices of `Trace.strings`. */
  readonly args: Int32Array;
  readonly pfn: Float64Array;
  /**
   * The section of the page (-1: the row has no page) and its place there. The division is done
   * here, in a loop of nothing else, for whoever looks a page up would wait for its result.
   */
  readonly section: Int32Array;
  readonly offset: Int32Array;
}

function emptyRows(rows: number): Rows {
  const ints = (): Int32Array => new Int32Array(rows);
  return {
    event: ints(), cpu: ints(), task: ints(), order: ints(), migratetype: ints(), args: ints(),
    pfn: new Float64Array(rows), section: ints(), offset: ints(),
  };
}

/** Traces of up to so many rows are decoded once for all their replays: 44 bytes for each row. */
const KEPT_ROWS = 1 << 19;

const keptOf = onceFor((_trace: Trace): (Rows | undefined)[] => []);

export class RowWindow {
  /** Those around the row that was asked for last. */
  rows: Rows;
  readonly #trace: Trace;
  readonly #own: Rows | undefined;
  #number = -1;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#own = trace.length > KEPT_ROWS ? emptyRows(ROWS) : undefined;
    this.rows = this.#own ?? emptyRows(0);
  }

  /** The row's place in `rows`. */
  at(row: number): number {
    if (row >>> BITS !== this.#number) this.#load(row >>> BITS);
    return row & (ROWS - 1);
  }

  #load(number: number): void {
    this.#number = number;
    if (this.#own !== undefined) decode(this.#trace, number, this.#own);
    else this.rows = keptOf(this.#trace)[number] ??= decode(this.#trace, number);
  }
}

function decode(trace: Trace, number: number, into?: Rows): Rows {
  const { columns, length } = trace;
  const first = number << BITS;
  const rows = Math.min(ROWS, length - first);
  const found = into ?? emptyRows(rows);
  for (const name of names) columns[name].read(first, rows, found[name]);
  const { pfn: pfns, section: sections, offset: offsets } = found;
  for (let at = 0; at < rows; at += 1) {
    const pfn = pfns[at] as number;
    const section = Math.floor(pfn / PAGES_PER_SECTION);
    // Of no page, and of one that no machine can have.
    sections[at] = section <= SECTION_MAX ? section : -1;
    offsets[at] = pfn - section * PAGES_PER_SECTION;
  }
  return found;
}
