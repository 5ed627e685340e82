/** The words of a setup row as numbers. Errors: TraceError with the row's place. */
import { TraceError } from '../base/errors.js';
import { hex } from '../base/pfn.js';
import type { ByteRange } from '../linux/base/machine.js';
import { LAST_NODE } from '../trace/row_limits.js';
import { rowWords } from '../trace/row_words.js';
import type { Trace } from '../trace/trace.js';

/** Physical addresses have 52 bits. */
const LAST_BYTE = 2 ** 52;

/** Setup rows have few words, so that they are read anew for each. */
export class SetupWords {
  readonly #trace: Trace;
  readonly #row: number;
  readonly #words: Readonly<Record<string, unknown>>;

  constructor(trace: Trace, row: number) {
    this.#trace = trace;
    this.#row = row;
    this.#words = rowWords(trace, row, trace.event(row));
  }

  /** What is wrong with the row, for the user. */
  error(text: string): TraceError {
    return new TraceError(this.#trace.where(this.#row), `${this.#trace.event(this.#row)}: ${text}`);
  }

  text(key: string): string {
    const text = this.#words[key] ?? '';
    if (text === '') throw this.error(`${key}= is missing`);
    return String(text);
  }

  number(key: string, last: number): number {
    const value = Number(this.text(key));
    if (value <= last) return value;
    throw this.error(`${key} is ${value}, expected a number up to ${hex(last)}`);
  }

  /** `start=` and `end=`, the byte after the last. */
  bytes(): ByteRange {
    const start = this.number('start', LAST_BYTE);
    const end = this.number('end', LAST_BYTE);
    if (end >= start) return { start, end };
    throw this.error(`end is ${hex(end)}, expected it above start, ${hex(start)}`);
  }

  /** The row's node. */
  node(): number {
    const nid = this.#trace.nid(this.#row);
    if (nid >= 0 && nid <= LAST_NODE) return nid;
    throw this.error(`nid is no node's number, expected 0 to ${LAST_NODE}`);
  }
}
