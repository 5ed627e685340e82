/** Cuts byte chunks at line ends, without copying them. */
import { TraceError } from '../base/errors.js';

/** Bytes of one line: far more than any tracer, log or table has. */
const LONGEST_LINE = 1 << 26;

/** The beginning of a line whose end has not come yet. */
class Begun {
  #parts: Buffer[] = [];
  #size = 0;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  /** Keeps a copy: a chunk is only good until the next one. */
  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    if (this.#size > LONGEST_LINE) {
      throw new TraceError({ file: this.#file, line: 0 },
        `a line has more than ${LONGEST_LINE} bytes, expected text with line ends`);
    }
    if (bytes.length > 0) this.#parts.push(Buffer.from(bytes));
  }

  take(): Buffer {
    const whole = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#size = 0;
    return whole;
  }
}

/**
 * Blocks of whole lines: each ends with `\n`, only the last one may lack it. A chunk may be
 * overwritten by its producer once the next one is asked for; so may a block. TraceError for a
 * line that does not end.
 */
export async function* lineBlocks(
  chunks: AsyncIterable<Uint8Array>, file: string,
): AsyncGenerator<Buffer> {
  const begun = new Begun(file);
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    if (!begun.isEmpty) {
      from = bytes.indexOf(10) + 1;
      begun.add(bytes.subarray(0, from === 0 ? bytes.length : from));
      if (from === 0) continue;
      yield begun.take();
    }
    const end = bytes.lastIndexOf(10) + 1;
    if (end > from) yield bytes.subarray(from, end);
    begun.add(bytes.subarray(Math.max(from, end)));
  }
  if (!begun.isEmpty) yield begun.take();
}

const [LF, CR] = [10, 13];

/** Does an empty line begin here? */
export const isEmptyLine = (block: Buffer, at: number): boolean =>
  block[at] === LF || (block[at] === CR && block[at + 1] === LF);

/** Behind the empty lines at `start`, and how many those were: damaged files are full of them. */
export function pastEmptyLines(
  block: Buffer, start: number,
): { readonly end: number; readonly lines: number } {
  let [end, lines] = [start, 0];
  while (end < block.length && isEmptyLine(block, end)) {
    end += block[end] === LF ? 1 : 2;
    lines += 1;
  }
  return { end, lines };
}
