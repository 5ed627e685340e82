/**
 * A small cache in front of `ByteStrings`: texts that come again and again are recognised four
 * bytes at a time. It forgets what shares a place; it never mistakes one text for another.
 */
const PLACES = 1024;

export class WordCache {
  readonly #lengths = new Int32Array(PLACES).fill(-1);
  readonly #codes = new Int32Array(PLACES);
  /** The cached bytes, `room` for each place. */
  readonly #bytes: DataView;
  readonly #room: number;

  /** For texts of 4 to `room` bytes. */
  constructor(room: number) {
    this.#room = room;
    this.#bytes = new DataView(new ArrayBuffer(room * PLACES));
  }

  /** Length of the text that is cached for this key; -1 when there is none. */
  lengthAt(key: number): number {
    return this.#lengths[key & (PLACES - 1)] as number;
  }

  /** The code of the cached text when the bytes at `start` are the same, else -1. */
  match(key: number, view: DataView, start: number, length: number): number {
    const place = key & (PLACES - 1);
    const mine = this.#bytes;
    const from = place * this.#room;
    const last = length - 4;
    for (let i = 0; i < last; i += 4) {
      if (mine.getInt32(from + i, true) !== view.getInt32(start + i, true)) return -1;
    }
    return mine.getInt32(from + last, true) === view.getInt32(start + last, true)
      ? this.#codes[place] as number : -1;
  }

  /** Remembers the code of the bytes at `start`; does nothing for texts it has no room for. */
  put(key: number, view: DataView, start: number, length: number, code: number): void {
    if (length < 4 || length > this.#room) return;
    const place = key & (PLACES - 1);
    for (let i = 0; i < length; i++) {
      this.#bytes.setUint8(place * this.#room + i, view.getUint8(start + i));
    }
    this.#lengths[place] = length;
    this.#codes[place] = code;
  }
}

/** A key out of two words of a text. */
export function wordKey(a: number, b: number): number {
  const mixed = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}
