/** Reads ustar archives, which is what the recorder and `tar` write, as their bytes come. */
import { TraceError } from '../base/errors.js';

const BLOCK = 512;
/** Files of an archive; a recording has a snapshot for each of its steps. */
const MOST_FILES = 20_000;
/** Bytes of the name that a header of its own gives to the next file. */
const LONGEST_NAME = 1 << 16;

export interface TarFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

function field(header: Buffer, start: number, length: number): string {
  const bytes = header.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? length : end);
}

function fileName(header: Buffer): string {
  const prefix = field(header, 345, 155);
  return prefix === '' ? field(header, 0, 100) : `${prefix}/${field(header, 0, 100)}`;
}

/** `path=...` of a pax header, which stands before a file whose name is long. */
function paxPath(bytes: Buffer): string | undefined {
  return /^\d+ path=(.*)$/m.exec(bytes.toString('utf8'))?.[1];
}

/** The sum of the header's bytes, those of the sum itself counted as blanks. */
function hasSum(header: Buffer): boolean {
  let sum = 0;
  for (let at = 0; at < BLOCK; at += 1) {
    sum += at >= 148 && at < 156 ? 32 : header[at] as number;
  }
  return parseInt(field(header, 148, 8).trim(), 8) === sum;
}

/** The bytes of the chunks in pieces of a wanted size. */
class Pieces {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Hands the next `size` bytes over, part by part; how many there were. */
  async take(size: number, part: (bytes: Uint8Array) => void): Promise<number> {
    let left = size;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const next = await this.#chunks.next();
        if (next.done === true) break;
        this.#rest = next.value;
      }
      const bytes = this.#rest.subarray(0, left);
      part(bytes);
      left -= bytes.length;
      this.#rest = this.#rest.subarray(bytes.length);
    }
    return size - left;
  }

  /** A copy of the next `size` bytes; fewer at the end. */
  async bytes(size: number): Promise<Buffer> {
    const whole = Buffer.allocUnsafe(size);
    let at = 0;
    await this.take(size, (bytes) => {
      whole.set(bytes, at);
      at += bytes.length;
    });
    return whole.subarray(0, at);
  }
}

/**
 * The regular files of an archive. TraceError for one that is cut short or damaged, and for one
 * that holds more than `most` bytes.
 */
export async function readTar(
  path: string, chunks: AsyncIterable<Uint8Array>, most: number,
): Promise<readonly TarFile[]> {
  const wrong = (text: string): TraceError => new TraceError({ file: path, line: 0 }, text);
  const pieces = new Pieces(chunks);
  const files: TarFile[] = [];
  let [longName, held]: [string | undefined, number] = [undefined, 0];
  for (;;) {
    const header = await pieces.bytes(BLOCK);
    if (header.length < BLOCK || header[0] === 0) return files;
    if (!hasSum(header)) throw wrong('the archive is damaged, expected the header of a file');
    const name = longName ?? fileName(header);
    const size = parseInt(field(header, 124, 12).trim() || '0', 8);
    const type = String.fromCharCode(header[156] ?? 0);
    const isFile = type === '0' || type === '\0';
    const isName = type === 'x' || type === 'L';
    held += isFile ? size : 0;
    if (files.length >= MOST_FILES) {
      throw wrong(`has more than ${MOST_FILES} files, expected a recording`);
    }
    if (!(size >= 0) || (isName && size > LONGEST_NAME)) {
      throw wrong(`the archive is damaged at ${name}, expected the size of a file`);
    }
    if (held > most) {
      throw wrong(`holds more than ${most} bytes, expected a recording of that size at most`);
    }
    const bytes = isFile || isName ? await pieces.bytes(size) : Buffer.alloc(0);
    const taken = isFile || isName ? bytes.length : await pieces.take(size, () => undefined);
    if (taken < size) throw wrong(`the archive is cut inside ${name}`);
    await pieces.take(Math.ceil(size / BLOCK) * BLOCK - size, () => undefined);
    longName = undefined;
    if (type === 'x') longName = paxPath(bytes);
    else if (type === 'L') longName = field(bytes, 0, size);
    else if (isFile) files.push({ name, bytes });
  }
}
