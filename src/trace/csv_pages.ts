/**
 * Page-level rows of a CSV trace in the form in which we write them (`0x` before the pfn, nothing
 * in phase, nid, zone, nr_pages and ret), which are nearly all rows of a large one. The others
 * are left to `CsvLines`.
 */
import type { TraceBuilder } from './build.js';
import type { CsvTexts } from './csv_texts.js';
import { decimalPairs, hexDigits, hexPairs } from './digits.js';
import { PageKinds } from './page_kinds.js';
import { PageRows } from './page_rows.js';
import { isAligned, LAST_ORDER, LAST_PFN, LAST_TYPE } from './row_limits.js';

const COMMA = 44;
const COMMAS = COMMA | COMMA << 8;
const ZERO_X = 48 | 120 << 8;
/** More digits than these may be no exact number. */
const MOST_DIGITS = 15;
const MOST_HEX = 13;

export class CsvPages {
  readonly #rows: PageRows;
  readonly #texts: CsvTexts;
  readonly #kinds = new PageKinds(',,,,');
  /** Where the field that was read ends: at its comma. */
  #at = 0;

  constructor(builder: TraceBuilder, texts: CsvTexts) {
    this.#rows = new PageRows(builder);
    this.#texts = texts;
  }

  /** Appends the row that the line at `start` holds; the next line's start, or -1. */
  row(view: DataView, start: number, line: number): number {
    const { row } = this.#rows;
    if (!this.#time(view, start)) return -1;
    const cpu = this.#small(view, this.#at + 1);
    if (cpu < 0) return -1;
    const task = this.#texts.task(this.#at + 1);
    if (task < 0) return -1;
    const kind = this.#kinds.find(view, this.#texts.end);
    if (kind === undefined) return -1;
    const pfn = this.#hex(view, this.#texts.end + kind.text.length);
    if (pfn < 0 || view.getUint16(this.#at, true) !== COMMAS) return -1;
    const order = this.#small(view, this.#at + 2);
    if (order < 0 || order > LAST_ORDER || !isAligned(pfn, order)) return -1;
    let migratetype = -1;
    if (view.getUint8(this.#at + 1) === COMMA) this.#at++;
    else if ((migratetype = this.#small(view, this.#at + 1)) < 0) return -1;
    if (kind.hasMigratetype && migratetype < 0) return -1;
    if (migratetype > LAST_TYPE || view.getUint16(this.#at, true) !== COMMAS) return -1;
    const args = this.#texts.args(this.#at + 2);
    if (args < 0) return -1;
    row.cpu = cpu;
    row.task = task;
    row.event = kind.code;
    row.pfn = pfn;
    row.order = order;
    row.migratetype = migratetype;
    row.args = args;
    this.#rows.append(line);
    return this.#texts.end;
  }

  /** Sets the row's time, an exact number with a comma behind it. */
  #time(view: DataView, start: number): boolean {
    let at = start;
    let value = 0;
    for (let pair; (pair = decimalPairs[view.getUint16(at, true)] as number) >= 0; at += 2) {
      value = value * 100 + pair;
    }
    const digit = view.getUint8(at) - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      at++;
    }
    this.#at = at;
    this.#rows.row.time_ns = value;
    const digits = at - start;
    return digits > 0 && digits <= MOST_DIGITS && view.getUint8(at) === COMMA;
  }

  /** One digit, which is nearly always so, or two. */
  #small(view: DataView, start: number): number {
    const first = view.getUint8(start) - 48;
    if (first < 0 || first > 9) return -1;
    this.#at = start + 1;
    const second = view.getUint8(start + 1);
    if (second === COMMA) return first;
    this.#at = start + 2;
    const isNumber = second >= 48 && second <= 57 && view.getUint8(start + 2) === COMMA;
    return isNumber ? first * 10 + second - 48 : -1;
  }

  #hex(view: DataView, start: number): number {
    if (view.getUint16(start, true) !== ZERO_X) return -1;
    let at = start + 2;
    let value = 0;
    for (let pair; (pair = hexPairs[view.getUint16(at, true)] as number) >= 0; at += 2) {
      value = value * 256 + pair;
    }
    const digit = hexDigits[view.getUint8(at)] as number;
    if (digit >= 0) {
      value = value * 16 + digit;
      at++;
    }
    this.#at = at;
    const digits = at - start - 2;
    return digits === 0 || digits > MOST_HEX || value > LAST_PFN ? -1 : value;
  }
}
