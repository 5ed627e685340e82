/** The rows of a trace by the page that they are about. */
import { PAGES_PER_SECTION } from '../../linux/include/mmzone.js';
import type { Trace } from '../../trace/trace.js';
import { isPageEvent } from './events.js';
import { RowWindow } from './row_window.js';

/** No such row. */
export const NO_ROW = -1;

const known = new WeakMap<Trace, PageHistory>();

/** Built in passes over the trace: four bytes for each row and each page of its sections. */
export class PageHistory {
  /** The same for every replay of a trace. */
  static of(trace: Trace): PageHistory {
    const before = known.get(trace);
    if (before !== undefined) return before;
    const made = new PageHistory(trace);
    known.set(trace, made);
    return made;
  }

  /** Section to the place of its first page in `#begin`. */
  readonly #place = new Map<number, number>();
  /** By page: where its rows begin in `#rows`; they end where those of the next page begin. */
  readonly #begin: Int32Array;
  readonly #rows: Int32Array;

  private constructor(trace: Trace) {
    const window = new RowWindow(trace);
    const each = (visit: (row: number, page: number) => void): void => {
      for (let row = 0; row < trace.length; row += 1) {
        const at = window.at(row);
        const section = window.rows.section[at] as number;
        if (isPageEvent[window.rows.event[at] as number] !== 1 || section < 0) continue;
        visit(row, this.#placeOf(section) + (window.rows.offset[at] as number));
      }
    };
    let total = 0;
    each(() => { total += 1; });
    const begin = new Int32Array(this.#place.size * PAGES_PER_SECTION + 1);
    each((_, page) => { begin[page + 1] = (begin[page + 1] as number) + 1; });
    for (let page = 1; page < begin.length; page += 1) {
      begin[page] = (begin[page] as number) + (begin[page - 1] as number);
    }
    const free = begin.slice();
    const rows = new Int32Array(total);
    each((row, page) => {
      const at = free[page] as number;
      rows[at] = row;
      free[page] = at + 1;
    });
    this.#begin = begin;
    this.#rows = rows;
  }

  #placeOf(section: number): number {
    const known = this.#place.get(section);
    if (known !== undefined) return known;
    const place = this.#place.size * PAGES_PER_SECTION;
    this.#place.set(section, place);
    return place;
  }

  /** The page's last row up to `row`, and its first one behind it; NO_ROW: there is none. */
  around(pfn: number, row: number): { readonly before: number; readonly after: number } {
    const section = Math.floor(pfn / PAGES_PER_SECTION);
    const place = this.#place.get(section);
    if (place === undefined) return { before: NO_ROW, after: NO_ROW };
    const page = place + pfn - section * PAGES_PER_SECTION;
    const [first, end] = [this.#begin[page] as number, this.#begin[page + 1] as number];
    let low = first;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle] as number) <= row) low = middle + 1;
      else high = middle;
    }
    return {
      before: low > first ? this.#rows[low - 1] as number : NO_ROW,
      after: low < end ? this.#rows[low] as number : NO_ROW,
    };
  }
}
