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

/** Least and greatest value; NaN never compares, so it only shows up as a hole. */
function wideRange(values: Float64Array, rows: number): Range {
  let least = Infinity;
  let most = -Infinity;
  let filled = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    if (value === value) filled++;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most, holes: filled < rows };
}

function narrowRange(values: Int32Array, rows: number, empty: number): Range {
  let least = 2147483647;
  let most = -2147483648;
  let filled = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    if (value === empty && empty !== 0) continue;
    filled++;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return filled === 0 ? { least: 1, most: 0, holes: true } : { least, most, holes: filled < rows };
}

/** 1000 when all values differ by multiples of it (text traces have microseconds), else 1. */
function scaleOf(values: Float64Array, rows: number, range: Range): number {
  if (range.most - range.least < 0xffffffff) return 1;
  for (let i = 0; i < rows; i++) {
    if (((values[i] as number) - range.least) % 1000 !== 0) return 1;
  }
  return 1000;
}

/** A chunk whose rows are all alike needs no codes of its own; undefined for any other. */
function plainChunk(range: Range): Chunk | undefined {
  if (range.least > range.most) return { codes: zeros, base: 0, scale: 1, none: 0 };
  if (range.holes || range.least !== range.most) return undefined;
  return { codes: zeros, base: range.least, scale: 1, none: -1 };
}

function encodeWide(values: Float64Array, rows: number): Chunk {
  const atOnce = wideAtOnce(values, rows);
  if (atOnce !== undefined) return atOnce;
  const range = wideRange(values, rows);
  const plain = plainChunk(range);
  if (plain !== undefined) return plain;
  const scale = scaleOf(values, rows, range);
  const width = widths.find(({ most }) => (range.most - range.least) / scale < most);
  if (width === undefined) {
    return { codes: Float64Array.from(values.subarray(0, rows)), base: 0, scale: 1, none: NaN };
  }
  const codes = width.make(rows);
  const { least } = range;
  const { most } = width;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    codes[i] = value === value ? (value - least) / scale : most;
  }
  return { codes, base: least, scale, none: most };
}

/** Rows that are looked at before one pass is tried. */
const SAMPLE = 64;

/**
 * In one pass, for values from 0 up whose first rows tell the width; undefined when that did
 * not hold.
 */
function narrowAtOnce(values: Int32Array, rows: number, empty: number): Chunk | undefined {
  const sample = narrowRange(values, Math.min(rows, SAMPLE), empty);
  if (sample.least < 0 || sample.most >= 0xffff) return undefined;
  const isByte = sample.most < 0xff;
  const most = isByte ? 0xff : 0xffff;
  const codes = isByte ? new Uint8Array(rows) : new Uint16Array(rows);
  const first = values[0] as number;
  let outside = 0;
  let varies = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    varies |= value ^ first;
    if (value === empty) codes[i] = most;
    else {
      codes[i] = value;
      // A negative number, or one above the width, leaves a bit; the greatest code is taken.
      outside |= (value + 1) & ~most;
    }
  }
  if (outside !== 0) return undefined;
  if (varies !== 0) return { codes, base: 0, scale: 1, none: most };
  return { codes: zeros, base: first, scale: 1, none: first === empty ? 0 : -1 };
}

/** In one pass, for values from the first one (times) or from 0 (pfns) up to 32 bits of it. */
function wideAtOnce(values: Float64Array, rows: number): Chunk | undefined {
  const first = values[0] as number;
  const base = first > 0xffffffff ? first : 0;
  const codes = new Uint32Array(rows);
  let varies = false;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    if (value === value) {
      const code = value - base;
      if (!(code >= 0 && code < 0xffffffff)) return undefined;
      codes[i] = code;
      if (value !== first) varies = true;
    } else {
      codes[i] = 0xffffffff;
      varies = varies || first === first;
    }
  }
  // Alike all through, or near each other: the two passes find the narrower array.
  return varies ? { codes, base, scale: 1, none: 0xffffffff } : undefined;
}

function encodeNarrow(values: Int32Array, rows: number, empty: number): Chunk {
  const atOnce = narrowAtOnce(values, rows, empty === 0 ? -1 : empty);
  if (atOnce !== undefined) return atOnce;
  const range = narrowRange(values, rows, empty);
  const plain = plainChunk(range);
  if (plain !== undefined) return plain;
  const width = widths.find(({ most }) => range.most - range.least < most) ?? at(widths, 2);
  const codes = width.make(rows);
  const { least } = range;
  const { most } = width;
  const none = empty === 0 ? least - 1 : empty;
  for (let i = 0; i < rows; i++) {
    const value = values[i] as number;
    codes[i] = value === none ? most : value - least;
  }
  return { codes, base: least, scale: 1, none: most };
}

const noWide = new Float64Array(0);
const noNarrow = new Int32Array(0);

/**
 * A column that grows. The newest rows (from the last multiple of 65536 on) are written straight
 * into `wide` or `narrow`, whichever it has, at `row & 65535`, where `empty` stands before; the
 * owner calls `seal` when those are full.
 */
export class GrowingColumn implements Column {
  /** Numbers up to 2^53, NaN when empty. */
  readonly wide: Float64Array;
  /** 32-bit numbers. */
  readonly narrow: Int32Array;
  /** Whoever writes into `wide` or `narrow` itself says so; `write` does it by itself. */
  isUsed = false;
  #isTouched = false;
  readonly #empty: number;
  readonly #chunks: Chunk[] = [];

  constructor(empty: number, isWide: boolean) {
    this.#empty = empty;
    this.wide = isWide ? new Float64Array(CHUNK_ROWS).fill(empty) : noWide;
    this.narrow = isWide ? noNarrow : new Int32Array(CHUNK_ROWS).fill(empty);
  }

  /** Writes the value of a row that is not kept yet. */
  write(index: number, value: number): void {
    this.#isTouched = true;
    if (this.wide !== noWide) this.wide[index] = value;
    else this.narrow[index] = value;
  }

  /** Keeps the first `rows` of the newest rows as a chunk. */
  seal(rows: number): void {
    if (!this.isUsed && !this.#isTouched) {
      const none = this.#empty === 0 ? -1 : 0;
      this.#chunks.push({ codes: zeros, base: 0, scale: 1, none });
      return;
    }
    this.#isTouched = false;
    this.#chunks.push(this.#encode(this.wide === noWide ? this.narrow : this.wide, rows));
    if (this.wide !== noWide) this.wide.fill(NaN);
    else this.narrow.fill(this.#empty);
  }

  get(row: number): number {
    const chunk = this.#chunks[row >>> CHUNK_BITS];
    if (chunk === undefined) return this.#newest(row & ROW_MASK);
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
      if (index >= this.#chunks.length) for (const offset of offsets) this.write(offset, value);
      else this.#rewrite(index, offsets, value);
    }
  }

  /** Bytes of the kept chunks. */
  byteLength(): number {
    const sizes = this.#chunks.map(({ codes }) => (codes === zeros ? 0 : codes.byteLength));
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  #newest(index: number): number {
    return (this.wide === noWide ? this.narrow : this.wide)[index] as number;
  }

  #encode(values: Float64Array | Int32Array, rows: number): Chunk {
    return values instanceof Int32Array
      ? encodeNarrow(values, rows, this.#empty) : encodeWide(values, rows);
  }

  #rewrite(index: number, offsets: readonly number[], value: number): void {
    const rows = at(this.#chunks, index).codes.length;
    const values = this.wide === noWide ? new Int32Array(rows) : new Float64Array(rows);
    for (let i = 0; i < rows; i++) values[i] = this.get((index << CHUNK_BITS) + i);
    for (const offset of offsets) values[offset] = value;
    this.#chunks[index] = this.#encode(values, rows);
  }
}
