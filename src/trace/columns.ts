/**
 * Number columns in little memory. Rows are held in chunks of 65536, each chunk of a column in
 * the narrowest array that holds what was written so far; a chunk nobody wrote into has none. The
 * first one grows with its rows: most traces are small.
 */
import { at } from '../base/assert.js';
import { narrowed, recoded, unitOf, valuesOf, type Chunk, type Codes } from './narrow.js';
import type { Column } from './trace.js';

export const CHUNK_BITS = 16;
export const CHUNK_ROWS = 1 << CHUNK_BITS;
const ROW_MASK = CHUNK_ROWS - 1;
/** Rows that the first chunk has room for, one step after the other. */
const steps = [256, 4096, CHUNK_ROWS] as const;

/** How many rows the chunk of this row (of the whole trace) has room for once it is written. */
export function roomAt(row: number): number {
  return steps.find((rows) => rows > row) ?? CHUNK_ROWS;
}

/** Numbers of bytes a code may have. */
export type Width = 1 | 2 | 4 | 8;

/** The first code that a width does not hold; it stands for an empty row. */
const limits: Readonly<Record<Width, number>> = {
  1: 0xff, 2: 0xffff, 4: 0xffffffff, 8: Infinity,
};
const next: Readonly<Record<Width, Width>> = { 1: 2, 2: 4, 4: 8, 8: 8 };

function makeCodes(width: Width, rows: number): Codes {
  switch (width) {
    case 1: return new Uint8Array(rows);
    case 2: return new Uint16Array(rows);
    case 4: return new Uint32Array(rows);
    case 8: return new Float64Array(rows);
  }
}

const noCodes = new Uint8Array(0);

/** Codes as values. Two functions, so that each sees one kind of array. */
function plain(
  values: Int32Array, rows: number, empty: number, none: number, base: number, unit: number,
): void {
  const isValue = base === 0 && unit === 1;
  for (let row = 0; row < rows; row += 1) {
    const code = values[row] as number;
    if (code === none) values[row] = empty;
    else if (!isValue) values[row] = base + code * unit;
  }
}

function plainWide(
  values: Float64Array, rows: number, empty: number, none: number, base: number, unit: number,
): void {
  for (let row = 0; row < rows; row += 1) {
    const code = values[row] as number;
    values[row] = code === none ? empty : base + code * unit;
  }
}

export interface ColumnKind {
  /** What `get` answers for an empty row; 0: there are no empty rows, only zeros. */
  readonly empty: number;
  /** Width that is enough for nearly all rows. */
  readonly width: Width;
  /** The least value that this width should hold. */
  readonly least: number;
  /** Times: each chunk counts from its first row, or from its earliest when that is another. */
  readonly isRising?: true;
}

/** A column that grows. Its owner calls `seal` each time 65536 rows are written. */
export class GrowingColumn implements Column {
  readonly #kind: ColumnKind;
  readonly #chunks: Chunk[] = [];
  /** The newest chunk, not sealed yet. */
  #codes: Codes = noCodes;
  #width: Width = 1;
  #base = 0;
  #unit = 1;
  #limit = 0;

  constructor(kind: ColumnKind) {
    this.#kind = kind;
  }

  /** Writes a row of the newest chunk: `index` is `row & 65535`. */
  write(index: number, value: number): void {
    const code = value - this.#base;
    if (code >= 0 && code < this.#limit && this.#unit === 1 && index < this.#codes.length) {
      this.#codes[index] = code;
    } else this.#writeOther(index, value);
  }

  /** Keeps the newest chunk, of which `rows` rows are written. */
  seal(rows: number): void {
    const whole = this.#codes;
    if (whole instanceof Float64Array && this.#kind.isRising === true) {
      this.#chunks.push(narrowed(whole.subarray(0, rows)));
    } else {
      const codes = rows < whole.length ? whole.slice(0, rows) : whole;
      this.#chunks.push({ codes, base: this.#base, unit: this.#unit, none: this.#none() });
    }
    this.#codes = noCodes;
    this.#limit = 0;
  }

  /**
   * The newest chunk's array, for who writes into it without `write`: codes from 0 up to what the
   * width holds, its greatest left out. It has room as `roomAt` says; `write` and `seal` may put
   * another array in its place. `first` is the value at `index`, should it be the chunk's first.
   */
  open(index: number, first: number): Codes {
    if (this.#codes.length === 0) this.#open(index, first);
    else this.#grow(index);
    return this.#codes;
  }

  /** A value of the newest chunk is base + code * unit. */
  get base(): number {
    return this.#base;
  }

  get unit(): number {
    return this.#unit;
  }

  get(row: number): number {
    const chunk = this.#chunks[row >>> CHUNK_BITS];
    if (chunk === undefined) return this.#newest(row & ROW_MASK);
    const code = chunk.codes[row & ROW_MASK];
    return code === undefined || code === chunk.none
      ? this.#kind.empty : chunk.base + code * chunk.unit;
  }

  read(first: number, rows: number, into: Int32Array | Float64Array): void {
    const chunk = this.#chunks[first >>> CHUNK_BITS];
    const from = first & ROW_MASK;
    const { codes, base, unit, none } = chunk ?? {
      codes: this.#codes, base: this.#base, unit: this.#unit, none: this.#none(),
    };
    const part = codes.subarray(from, from + rows);
    into.set(part);
    const { empty } = this.#kind;
    if (into instanceof Int32Array) {
      const absent = empty === empty ? empty : -1;
      into.fill(absent, part.length, rows);
      // Values as they are, and no empty rows among them.
      if (empty === 0 && base === 0 && unit === 1) return;
      plain(into, part.length, absent, none | 0, base, unit);
    } else {
      into.fill(empty, part.length, rows);
      plainWide(into, part.length, empty, none, base, unit);
    }
  }

  /** Writes a row again, wherever it is kept. */
  set(row: number, value: number): void {
    this.setAll([row], value);
  }

  /** Writes many rows again, given in rising order. */
  setAll(rows: readonly number[], value: number): void {
    for (let i = 0; i < rows.length;) {
      const index = at(rows, i) >>> CHUNK_BITS;
      const offsets: number[] = [];
      for (; i < rows.length && at(rows, i) >>> CHUNK_BITS === index; i++) {
        offsets.push(at(rows, i) & ROW_MASK);
      }
      if (index >= this.#chunks.length) for (const offset of offsets) this.write(offset, value);
      else this.#rewrite(index, offsets, value);
    }
  }

  /** Bytes of the kept chunks. */
  byteLength(): number {
    return this.#chunks.reduce((sum, { codes }) => sum + codes.byteLength, 0);
  }

  /** The code of an empty row; without empty rows, none. NaN is empty by itself. */
  #none(): number {
    if (this.#kind.empty === 0) return -1;
    return this.#width === 8 ? this.#kind.empty : this.#limit;
  }

  #newest(index: number): number {
    const code = this.#codes[index];
    return code === undefined || code === this.#none()
      ? this.#kind.empty : this.#base + code * this.#unit;
  }

  /** The first value of a chunk, an empty row, or a value that does not fit. */
  #writeOther(index: number, value: number): void {
    const { empty } = this.#kind;
    if (Object.is(value, empty)) {
      if (index < this.#codes.length) this.#codes[index] = empty === 0 ? 0 : this.#none();
      return;
    }
    if (this.#codes.length === 0) this.#open(index, value);
    else this.#grow(index);
    while (!this.#fits(value)) this.#widen();
    this.#codes[index] = (value - this.#base) / this.#unit;
  }

  #fits(value: number): boolean {
    const code = (value - this.#base) / this.#unit;
    return this.#width === 8 || (code >= 0 && code < this.#limit && code === Math.floor(code));
  }

  #room(index: number): number {
    return this.#chunks.length > 0 ? CHUNK_ROWS : roomAt(index);
  }

  /** The array has room for `index`; what is new is empty. */
  #grow(index: number): void {
    const old = this.#codes;
    if (index < old.length) return;
    this.#codes = makeCodes(this.#width, this.#room(index));
    this.#codes.set(old);
    if (this.#kind.empty !== 0) this.#codes.fill(this.#none(), old.length);
  }

  #open(index: number, first: number): void {
    const { width, least, isRising } = this.#kind;
    this.#base = isRising === true ? first : least;
    this.#unit = isRising === true ? unitOf(first) : 1;
    this.#setWidth(width);
    this.#codes = makeCodes(width, this.#room(index));
    if (this.#kind.empty !== 0) this.#codes.fill(this.#none());
  }

  #setWidth(width: Width): void {
    this.#width = width;
    this.#limit = limits[width];
  }

  /** The next wider array; the widest one has the values as they are. */
  #widen(): void {
    const old = {
      codes: this.#codes, base: this.#base, unit: this.#unit, none: this.#none(),
    };
    this.#setWidth(next[this.#width]);
    if (this.#width === 8) {
      this.#base = 0;
      this.#unit = 1;
    }
    const { codes } = old;
    const none = this.#none();
    this.#codes = codes instanceof Uint32Array
      ? valuesOf(codes, old, none) : recoded(old, makeCodes(this.#width, codes.length), none);
  }

  /** Puts a kept chunk back to be the newest for a moment. */
  #rewrite(index: number, offsets: readonly number[], value: number): void {
    const newest = [this.#codes, this.#width, this.#base, this.#unit, this.#limit] as const;
    const { codes, base, unit } = at(this.#chunks, index);
    this.#codes = codes;
    this.#base = base;
    this.#unit = unit;
    if (codes.length > 0) this.#setWidth(codes.BYTES_PER_ELEMENT as Width);
    else this.#limit = 0;
    for (const offset of offsets) this.write(offset, value);
    this.#chunks[index] = {
      codes: this.#codes, base: this.#base, unit: this.#unit, none: this.#none(),
    };
    [this.#codes, this.#width, this.#base, this.#unit, this.#limit] = newest;
  }
}
