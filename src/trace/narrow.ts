/** A chunk of times that do not count from its first row, in 32 bits each where they can. */

export type Codes = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** A row is empty where the code is `none`, else its value is base + code * unit. */
export interface Chunk {
  readonly codes: Codes;
  readonly base: number;
  readonly unit: number;
  readonly none: number;
}

/** The first code that 32 bits do not hold; it stands for an empty row. */
const NONE_32 = 0xffffffff;
/** The tracers print microseconds. */
const MICROSECOND = 1000;

/** The unit of a chunk that begins with this time. */
export function unitOf(first: number): number {
  return first % MICROSECOND === 0 ? MICROSECOND : 1;
}

/** Are all of them (NaN: an empty row) whole microseconds? */
function areMicroseconds(times: Float64Array): boolean {
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    if (time === time && time % MICROSECOND !== 0) return false;
  }
  return true;
}

/** The same values (NaN: an empty row) in the least memory. */
export function narrowed(times: Float64Array): Chunk {
  let first = Infinity;
  let last = -Infinity;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  const unit = last - first < NONE_32 || !areMicroseconds(times) ? 1 : MICROSECOND;
  if ((last - first) / unit >= NONE_32) {
    return { codes: times.slice(), base: 0, unit: 1, none: NaN };
  }
  const codes = new Uint32Array(times.length);
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as number;
    codes[i] = time === time ? (time - first) / unit : NONE_32;
  }
  return { codes, base: first, unit, none: NONE_32 };
}

/** The values themselves: a loop that knows the types of both its arrays is fast. */
export function valuesOf(
  codes: Uint32Array, { base, unit, none }: Chunk, empty: number,
): Float64Array {
  const found = new Float64Array(codes.length);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] as number;
    found[i] = code === none ? empty : base + code * unit;
  }
  return found;
}

/** Puts codes of the same base and unit into a wider array. */
export function recoded<Wider extends Codes>(
  { codes, none }: Chunk, wider: Wider, newNone: number,
): Wider {
  wider.set(codes);
  for (let row = codes.indexOf(none); row >= 0; row = codes.indexOf(none, row + 1)) {
    wider[row] = newNone;
  }
  return wider;
}
