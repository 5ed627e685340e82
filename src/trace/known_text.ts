/**
 * Recognises texts that come again and again eight bytes at a time, in front of `ByteStrings`.
 * Eight bytes are compared as one floating-point number: there is no cheaper way to load them. It
 * may not know a text; it never mistakes one for another.
 */

/** Longer texts are left to `ByteStrings`. */
const LONGEST = 200;

/** A text of at least four bytes, as the words that cover it; the last ones may overlap. */
export class KnownText {
  readonly length: number;
  readonly code: number;
  readonly #words: Float64Array;
  /** Of a text below eight bytes, its first and last four. */
  readonly #first: number;
  readonly #last: number;

  constructor(bytes: Uint8Array, code: number) {
    const copy = new DataView(Uint8Array.from(bytes).buffer);
    this.length = bytes.length;
    this.code = code;
    this.#first = copy.getInt32(0, true);
    this.#last = copy.getInt32(bytes.length - 4, true);
    const places = Array.from({ length: bytes.length >>> 3 }, (_, i) => i * 8);
    if (places.length > 0 && bytes.length % 8 > 0) places.push(bytes.length - 8);
    this.#words = Float64Array.from(places, (place) => copy.getFloat64(place, true));
  }

  /** Can these bytes be known? As numbers, zero has two forms and NaN is never found again. */
  static canBe(bytes: Uint8Array): boolean {
    return bytes.length >= 4 && bytes.length < LONGEST
      && bytes.every((byte) => byte > 0 && byte < 0xf0);
  }

  /** Do the text's bytes stand at `at`? */
  isAt(view: DataView, at: number): boolean {
    const words = this.#words;
    const more = words.length - 1;
    if (more < 0) {
      return view.getInt32(at, true) === this.#first
        && view.getInt32(at + this.length - 4, true) === this.#last;
    }
    // Texts that begin alike differ at their ends.
    if (view.getFloat64(at + this.length - 8, true) !== words[more]) return false;
    for (let i = 0; i < more; i++) {
      if (view.getFloat64(at + i * 8, true) !== words[i]) return false;
    }
    return true;
  }
}

const BUCKETS = 64;
/** Bytes that every text here has, its end included; the last four of them choose its bucket. */
const SHORTEST = 16;
/** The kernel combines allocation flags in few ways; a longer search would cost more. */
const MOST = 12;

/** Texts with their ends (a comma, a line's end), most of them seen in the first lines already. */
export class OftenTexts {
  readonly #buckets = Array.from({ length: BUCKETS }, (): KnownText[] => []);

  /** The text that stands at `at`. */
  find(view: DataView, at: number): KnownText | undefined {
    if (at + LONGEST > view.byteLength) return undefined;
    const known = this.#bucket(view, at);
    for (let i = 0; i < known.length; i++) {
      const one = known[i] as KnownText;
      if (!one.isAt(view, at)) continue;
      // What is found often moves to the front.
      if (i > 0) {
        known[i] = known[i - 1] as KnownText;
        known[i - 1] = one;
      }
      return one;
    }
    return undefined;
  }

  /** `bytes` has its end with it and stands at `at`. */
  add(view: DataView, at: number, bytes: Uint8Array, code: number): void {
    if (bytes.length < SHORTEST || !KnownText.canBe(bytes)) return;
    const known = this.#bucket(view, at);
    if (known.length < MOST) known.push(new KnownText(bytes, code));
  }

  #bucket(view: DataView, at: number): KnownText[] {
    const word = view.getInt32(at + SHORTEST - 4, true);
    return this.#buckets[Math.imul(word, 0x9e3779b1) >>> 26] as KnownText[];
  }
}

const PLACES = 1024;

/** Texts of one length: what stands before the CPU in a line. Forgets what shares a place. */
export class FixedTexts {
  readonly #known: (KnownText | undefined)[] =
    new Array<KnownText | undefined>(PLACES).fill(undefined);

  find(view: DataView, start: number, length: number): KnownText | undefined {
    const one = this.#known[this.#place(view, start + length)];
    return one !== undefined && one.length === length && one.isAt(view, start) ? one : undefined;
  }

  put(view: DataView, start: number, bytes: Uint8Array, code: number): KnownText | undefined {
    if (!KnownText.canBe(bytes)) return undefined;
    const known = new KnownText(bytes, code);
    this.#known[this.#place(view, start + bytes.length)] = known;
    return known;
  }

  /** The end of what stands before the CPU is the number of the task. */
  #place(view: DataView, end: number): number {
    const digits = view.getInt32(end - 8, true) ^ Math.imul(view.getInt32(end - 12, true), 0x85eb);
    return Math.imul(digits, 0x9e3779b1) >>> 22;
  }
}
