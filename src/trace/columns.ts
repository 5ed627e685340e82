/**
 * Number columns in little memory: rows are written into one scratch array; each time 65536 of
 * them are full, they are kept as the narrowest array that holds them.
 */
import { at } from '../base/assert.js';
import type { Column } from './trace.js';

export const CHUNK_BITS = 16;
export const CHUNK_ROWS = 1 << CHUNK_BITS;
const ROW_MASK = CHUNK_ROWS - 1;

type Codes = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Rows of one chunk: value = base + code * scale, empty where the code is `none`. */
interface Chunk {
  readonly codes: Codes;
  readonly base: number;
  readonly scale: number;
  readonly none: number;
}

/** What all columns whose chunk has one value share. */
const zeros = new Uint8Array(CHUNK_ROWS);

/** Keys of the number types, narrowest first; the greatest code of each means "empty". */
const widths = [
  { most: 0xff, make: (rows: number): Codes => new Uint8Array(rows) },
  { most: 0xffff, make: (rows: number): Codes => new Uint16Array(rows) },
  { most: 0xffffffff, make: (rows: number): Codes => new Uint32Array(rows) },
] as const;

interface Range {
  readonly least: number;
  readonly most: number;
  readonly holes: boolean;
}

function rangeOf(values: Float64Array | Int32Array, rows: number, empty: number): Range {
  let least = Infinity;
  let most = -Infinity;
  let holes = false;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    if (value === empty || value !== value) holes = true;
    else {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  return { least, most, holes };
}

/** 1000 when all values differ by multiples of it (text traces have microseconds), else 1. */
function scaleOf(values: Float64Array | Int32Array, rows: number, range: Range): number {
  if (range.most - range.least < 0xffffffff) return 1;
  for (let i = 0; i < rows; i++) {
    if (((values[i] as number) - range.least) % 1000 !== 0) return 1;
  }
  return 1000;
}

function encode(
  values: Float64Array | Int32Array, rows: number, empty: number,
): Chunk {
  const range = rangeOf(values, rows, empty);
  if (range.least > range.most) return { codes: zeros, base: 0, scale: 1, none: 0 };
  if (!range.holes && range.least === range.most) {
    return { codes: zeros, base: range.least, scale: 1, none: -1 };
  }
  const scale = scaleOf(values, rows, range);
  const width = widths.find(({ most }) => (range.most - range.least) / scale < most);
  if (width === undefined) {
    return { codes: Float64Array.from(values.subarray(0, rows)), base: 0, scale: 1, none: empty };
  }
  const codes = width.make(rows);
  const { least } = range;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    codes[i] = value === empty || value !== value ? width.most : (value - least) / scale;
  }
  return { codes, base: least, scale, none: width.most };
}

/**
 * A column that grows. Rows from `length & ~65535` on are written straight into `scratch` at
 * `row & 65535` (which holds `empty` before); the owner calls `seal` when those are full.
 */
export class GrowingColumn implements Column {
  readonly scratch: Float64Array | Int32Array;
  readonly #empty: number;
  readonly #chunks: Chunk[] = [];

  constructor(empty: number, wide: boolean) {
    this.#empty = empty;
    this.scratch = wide ? new Float64Array(CHUNK_ROWS) : new Int32Array(CHUNK_ROWS);
    this.scratch.fill(empty);
  }

  /** Keeps the first `rows` rows of scratch as a chunk and empties it. */
  seal(rows: number): void {
    this.#chunks.push(encode(this.scratch, rows, this.#empty));
    this.scratch.fill(this.#empty);
  }

  get(row: number): number {
    const chunk = this.#chunks[row >>> CHUNK_BITS];
    if (chunk === undefined) return this.scratch[row & ROW_MASK] as number;
    const code = chunk.codes[row & ROW_MASK] as number;
    return code === chunk.none ? this.#empty : chunk.base + code * chunk.scale;
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
      if (index >= this.#chunks.length) for (const offset of offsets) this.scratch[offset] = value;
      else this.#rewrite(index, offsets, value);
    }
  }

  /** Bytes of the kept chunks. */
  byteLength(): number {
    return this.#chunks.reduce((sum, { codes }) => sum + (codes === zeros ? 0 : codes.byteLength), 0);
  }

  #rewrite(index: number, offsets: readonly number[], value: number): void {
    const { codes } = at(this.#chunks, index);
    const rows = codes.length;
    const values = new Float64Array(rows);
    for (let i = 0; i < rows; i++) values[i] = this.get((index << CHUNK_BITS) + i);
    for (const offset of offsets) values[offset] = value;
    this.#chunks[index] = encode(values, rows, this.#empty);
  }
}
