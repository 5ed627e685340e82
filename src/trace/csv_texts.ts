/** The tasks and args of a CSV trace as codes of strings, by their bytes. */
import type { TraceBuilder } from './build.js';
import { ByteStrings, HASH_PRIME, HASH_SEED } from './byte_strings.js';
import { KnownText, OftenTexts } from './known_text.js';

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;
const COMMA = 44;

// A byte order mark is a character as others.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class CsvTexts {
  /** Behind the field that was read, and behind its comma or line end. */
  end = 0;
  readonly #builder: TraceBuilder;
  readonly #tasks = new ByteStrings();
  readonly #args = new ByteStrings();
  readonly #oftenArgs = new OftenTexts();
  /** The task of the line before, with its comma: tasks come in runs. */
  #lastTask: KnownText | undefined;
  /** Tasks by their codes. */
  readonly #knownTasks = new Map<number, KnownText>();
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  setBlock(bytes: Uint8Array, view: DataView): void {
    this.#bytes = bytes;
    this.#view = view;
  }

  /** Code of the task at `start`; -1 when it has a quote or no comma behind it. */
  task(start: number): number {
    const last = this.#lastTask;
    if (last !== undefined && last.isAt(this.#view, start)) {
      this.end = start + last.length;
      return last.code;
    }
    const code = this.#text(this.#tasks, start, COMMA);
    if (code > 0) this.#lastTask = this.#knownTask(code, start);
    return code;
  }

  /** Code of the text from `start` to the line's end; -1 when it has a quote or a comma. */
  args(start: number): number {
    if (this.#bytes[start] === NEWLINE) {
      this.end = start + 1;
      return 0;
    }
    const often = this.#oftenArgs.find(this.#view, start);
    if (often !== undefined) {
      this.end = start + often.length;
      return often.code;
    }
    const code = this.#text(this.#args, start, NEWLINE);
    if (code > 0) {
      this.#oftenArgs.add(this.#view, start, this.#bytes.subarray(start, this.end), code);
    }
    return code;
  }

  #knownTask(code: number, start: number): KnownText | undefined {
    const known = this.#knownTasks.get(code);
    if (known !== undefined) return known;
    const bytes = this.#bytes.subarray(start, this.end);
    if (!KnownText.canBe(bytes)) return undefined;
    const text = new KnownText(bytes, code);
    this.#knownTasks.set(code, text);
    return text;
  }

  #text(known: ByteStrings, first: number, stop: number): number {
    const bytes = this.#bytes;
    let at = first;
    let hash = HASH_SEED;
    for (; ; at++) {
      const byte = bytes[at];
      // A carriage return, a quote or the block's end: not plain.
      if (byte === undefined || byte === QUOTE || byte === RETURN) return -1;
      if (byte === COMMA || byte === NEWLINE) break;
      hash = Math.imul(hash ^ byte, HASH_PRIME);
    }
    if (bytes[at] !== stop) return -1;
    this.end = at + 1;
    if (at === first) return 0;
    const found = known.find(bytes, first, at, hash);
    if (found >= 0) return found;
    const code = this.#builder.intern(decoder.decode(bytes.subarray(first, at)));
    known.add(bytes, first, at, hash, code);
    return code;
  }
}
