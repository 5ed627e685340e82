/** Reads ustar archives, which is what the recorder and `tar` write. */
import { TraceError } from '../base/errors.js';

const BLOCK = 512;

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

/** The regular files of an archive; an archive cut short is a TraceError. */
export async function readTar(
  path: string, chunks: AsyncIterable<Uint8Array>,
): Promise<readonly TarFile[]> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  const archive = Buffer.concat(parts);
  const files: TarFile[] = [];
  let longName: string | undefined;
  for (let at = 0; at + BLOCK <= archive.length;) {
    const header = archive.subarray(at, at + BLOCK);
    if (header[0] === 0) break;
    const size = parseInt(field(header, 124, 12).trim(), 8);
    const end = at + BLOCK + size;
    const name = longName ?? fileName(header);
    if (!(end <= archive.length)) {
      throw new TraceError({ file: path, line: 0 }, `the archive is cut inside ${name}`);
    }
    const bytes = archive.subarray(at + BLOCK, end);
    const type = String.fromCharCode(header[156] ?? 0);
    longName = undefined;
    if (type === 'x') longName = paxPath(bytes);
    else if (type === 'L') longName = field(bytes, 0, size);
    else if (type === '0' || type === '\0') files.push({ name, bytes });
    at = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  }
  return files;
}
