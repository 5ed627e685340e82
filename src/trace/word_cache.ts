/**
 * Recognises texts that come again and again four bytes at a time, in front of `ByteStrings`. It
 * may not know a text; it never mistakes one for another.
 */
/** Bytes of a text, for comparing by words, and its code. */
interface Known {
  readonly length: number;
  readonly bytes: DataView;
  readonly code: number;
}

/** Are the bytes at `start` those of `known`? Its length is at least 4. */
function isSame(known: Known, view: DataView, start: number): boolean {
  const { bytes, length } = known;
  const last = length - 4;
  if (bytes.getInt32(last, true) !== view.getInt32(start + last, true)) return false;
  for (let i = 0; i < last; i += 4) {
    if (bytes.getInt32(i, true) !== view.getInt32(start + i, true)) return false;
  }
  return true;
}

function copy(view: DataView, start: number, length: number, code: number): Known {
  const bytes = new DataView(new ArrayBuffer(length));
  for (let i = 0; i < length; i++) bytes.setUint8(i, view.getUint8(start + i));
  return { length, bytes, code };
}

/** Longer texts are left to `ByteStrings`. */
const LONGEST = 200;
/** The kernel combines allocation flags in fewer ways; a longer search would cost more. */
const MOST = 24;

/** Texts that end at a certain byte, most of them seen in the first lines already. */
export class EndingTexts {
  readonly #stop: number;
  #known: Known[] = [];
  /** Length of the text found last. */
  length = 0;

  constructor(stop: number) {
    this.#stop = stop;
  }

  /** The code of the text that begins at `start`; -1 when it is not known. */
  find(view: DataView, start: number): number {
    const known = this.#known;
    const stop = this.#stop;
    if (start + LONGEST > view.byteLength) return -1;
    for (let i = 0; i < known.length; i++) {
      const one = known[i] as Known;
      if (view.getUint8(start + one.length) === stop && isSame(one, view, start)) {
        this.length = one.length;
        // What is found often moves to the front.
        if (i > 0) {
          known[i] = known[i - 1] as Known;
          known[i - 1] = one;
        }
        return one.code;
      }
    }
    return -1;
  }

  add(view: DataView, start: number, length: number, code: number): void {
    if (length < 4 || length >= LONGEST || this.#known.length >= MOST) return;
    this.#known.push(copy(view, start, length, code));
  }

  /** Knows this text alone: for texts that come in runs. */
  setOnly(view: DataView, start: number, length: number, code: number): void {
    this.#known = [];
    this.add(view, start, length, code);
  }
}

const PLACES = 1024;

/** Texts of one length: what stands before the CPU in a line. Forgets what shares a place. */
export class FixedTexts {
  readonly #known: (Known | undefined)[] = new Array<Known | undefined>(PLACES).fill(undefined);

  find(view: DataView, start: number, length: number, key: number): number {
    const one = this.#known[key & (PLACES - 1)];
    return one !== undefined && one.length === length && isSame(one, view, start) ? one.code : -1;
  }

  put(view: DataView, start: number, length: number, key: number, code: number): void {
    this.#known[key & (PLACES - 1)] = copy(view, start, length, code);
  }
}

/** A key out of two words of a text. */
export function wordKey(a: number, b: number): number {
  const mixed = Math.imul(a ^ Math.imul(b, 0x85ebca6b), 0xc2b2ae35);
  return mixed ^ (mixed >>> 15);
}
