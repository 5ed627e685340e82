/**
 * What an importer reads: a file, a folder or a .tar.gz archive of one, each file plain or
 * gzip-compressed.
 */
import {
  closeSync, createReadStream, fstatSync, openSync, readdirSync, readSync, statSync, type Stats,
} from 'node:fs';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { reasonOf, TraceError } from '../base/errors.js';
import { printable } from '../base/printable.js';
import { bytesOf, checkRegular, isGzip, isRegular } from '../base/read_file.js';
import { readTar } from './tar.js';

/** Bytes that a sniffer sees. */
const HEAD_BYTES = 65536;
/** Bytes of a trace, unpacked: 2^33 are 100 million page-level rows. */
const MOST_BYTES = 2 ** 33;
/** Bytes of what is held in memory: an archive, a pipe, the unpacked files of it together. */
const MOST_HELD = 2 ** 29;
/** Bytes and lines of a file that is read as one text: a log, a snapshot, a scenario. */
const MOST_TEXT = 2 ** 26;
const MOST_LINES = 2 ** 21;

export interface Source {
  /** As given; with `/name` behind it when a file of a folder is meant. */
  readonly path: string;
  /** Names of a folder's or archive's files, without `.gz`; empty for a plain file. */
  readonly names: readonly string[];
  /** The first 64 KiB of a plain file, decompressed; '' for a folder. */
  readonly head: string;
  /** How the file is called in messages. */
  label(name?: string): string;
  /**
   * The bytes, decompressed; a folder's file by name. A chunk is only good until the next one is
   * asked for. Throws TraceError when there is no such file.
   */
  chunks(name?: string): AsyncIterable<Uint8Array>;
}

function fileError(path: string, error: unknown): TraceError {
  const reason = error instanceof Error ? reasonOf(error) : String(error);
  return new TraceError({ file: path, line: 0 }, `cannot be read: ${reason}`);
}

/** Bytes of a plain file that are read at once at most and at least; those free behind them. */
const PIECE = 1 << 20;
const LEAST_PIECE = 1 << 12;
const SPARE = 1 << 10;

/** The bytes of a plain file, each time in the same buffer: it stays in the CPU's cache. */
function* plainChunks(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    // A file of /proc says that it has no bytes; a small one needs no more than it has.
    const piece = Math.min(PIECE, Math.max(LEAST_PIECE, fstatSync(file).size));
    const buffer = Buffer.alloc(piece + SPARE);
    for (let size; (size = readSync(file, buffer, 0, piece, null)) > 0;) {
      yield buffer.subarray(0, size);
    }
  } finally {
    closeSync(file);
  }
}

/** Everything that a source has is counted: a packed file can hold any number of bytes. */
async function* upTo(
  most: number, path: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.length;
    if (size > most) {
      throw new TraceError({ file: path, line: 0 },
        `has more than ${most} bytes when it is unpacked, expected an input of that size at most`);
    }
    yield chunk;
  }
}

/** The bytes of a file; gunzipped when its name says so or its content. */
async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    const zipped = /\.(gz|tgz)$/.test(path) || isGzip(path);
    const bytes = zipped ? zippedChunks(path) : plainChunks(path);
    yield* asText(upTo(MOST_BYTES, path, bytes));
  } catch (error) {
    throw error instanceof TraceError ? error : fileError(path, error);
  }
}

const [LF, CR] = [10, 13];

/** Text whose lines end as those of old Macs and of terminals' logs do, with CR alone? */
const isOfReturns = (bytes: Uint8Array): boolean =>
  bytes.includes(CR) && !bytes.includes(LF) && !bytes.includes(0);

/** Without the byte order mark that some editors write; lines end with LF. */
async function* asText(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let isFirst = true;
  let returns = false;
  for await (const chunk of chunks) {
    if (isFirst) returns = isOfReturns(chunk);
    const marked = isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    const bytes = marked ? chunk.subarray(3) : chunk;
    yield returns ? bytes.map((byte) => (byte === CR ? LF : byte)) : bytes;
    isFirst = false;
  }
}

/** Of a pipe, which can be read only once, all bytes at once: whoever wants them gets them. */
function heldChunks(path: string): () => AsyncIterable<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = bytesOf(path, MOST_HELD);
  } catch (error) {
    throw error instanceof TraceError ? error : fileError(path, error);
  }
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return async function* () {
    try {
      yield* asText(upTo(MOST_BYTES, path, zipped ? memoryGunzip(bytes) : [bytes]));
    } catch (error) {
      throw error instanceof TraceError ? error : fileError(path, error);
    }
  };
}

async function* zippedChunks(path: string): AsyncGenerator<Uint8Array> {
  const raw = createReadStream(path, { highWaterMark: 1 << 18 });
  const unzipped = createGunzip({ chunkSize: 1 << 18 });
  raw.on('error', (error) => unzipped.destroy(error));
  try {
    yield* raw.pipe(unzipped) as AsyncIterable<Uint8Array>;
  } finally {
    raw.destroy();
  }
}

interface Head {
  readonly text: string;
  /** All that there is, where the head is that. */
  readonly whole?: Uint8Array;
}

async function readHead(chunks: AsyncIterable<Uint8Array>): Promise<Head> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(Buffer.from(chunk));
    size += chunk.length;
    if (size >= HEAD_BYTES) break;
  }
  const bytes = Buffer.concat([...parts, Buffer.alloc(SPARE)]);
  const text = bytes.toString('latin1', 0, Math.min(size, HEAD_BYTES));
  return size < HEAD_BYTES ? { text, whole: bytes.subarray(0, size) } : { text };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** A plain file whose bytes are known. */
export function heldSource(path: string, bytes: Uint8Array): Source {
  const head = Buffer.from(bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  return { path, names: [], head, label: () => path, chunks: () => once(bytes) };
}

const withoutGz = (name: string): string => name.replace(/\.gz$/, '');

/** The path again. A pipe or a device in a folder is nobody's recording. */
function regular(path: string): string {
  try {
    checkRegular(path);
  } catch (error) {
    throw fileError(path, error);
  }
  return path;
}

function folderSource(path: string): Source {
  // A name that is no UTF-8 is no file of a recording.
  const listed = readdirSync(path).filter((name) => !name.includes('\ufffd')).sort();
  const find = (name?: string): string => {
    const [real, other] = listed.filter((entry) => entry === name || entry === `${name}.gz`);
    if (other !== undefined) {
      throw new TraceError({ file: join(path, other), line: 0 },
        `is there beside ${real}, expected one of them: which is of this recording?`);
    }
    if (name !== undefined && real !== undefined) return regular(join(path, real));
    throw new TraceError({ file: join(path, name ?? ''), line: 0 }, 'is missing in the recording');
  };
  return {
    path, names: [...new Set(listed.map(withoutGz))], head: '',
    label: (name) => (name === undefined ? path : join(path, name)),
    chunks: (name) => fileChunks(find(name)),
  };
}

/** An archive of one file is that file. */
async function onlySource(
  path: string, [name, bytes]: readonly [string, Uint8Array],
): Promise<Source> {
  const label = join(path, name);
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const parts: Uint8Array[] = [];
  for await (const chunk of isZipped ? unpacked(label, bytes) : asText([bytes])) parts.push(chunk);
  return heldSource(label, Buffer.concat(parts));
}

/** Files of an archive, by their last name: the recorder archives one folder. */
async function archiveSource(
  path: string, chunks: AsyncIterable<Uint8Array>,
): Promise<Source> {
  const files = new Map<string, Uint8Array>();
  const twice = new Set<string>();
  for (const { name, bytes } of await readTar(path, chunks, MOST_HELD)) {
    const last = printable(basename(name));
    const other = files.get(last);
    if (other !== undefined && !Buffer.from(other).equals(bytes)) twice.add(last);
    files.set(last, bytes);
  }
  const [only, ...others] = [...files].filter(([name]) => !name.startsWith('._'));
  if (only !== undefined && others.length === 0) return await onlySource(path, only);
  const find = (name = ''): Uint8Array => {
    if (twice.has(name) || twice.has(`${name}.gz`)) {
      throw new TraceError({ file: join(path, name), line: 0 },
        'is there twice, and not the same, expected the files of one recording');
    }
    const bytes = files.get(name) ?? files.get(`${name}.gz`);
    if (bytes !== undefined) return bytes;
    throw new TraceError({ file: join(path, name), line: 0 }, 'is missing in the recording');
  };
  return {
    path, names: [...files.keys()].map(withoutGz).sort(), head: '',
    label: (name) => (name === undefined ? path : join(path, name)),
    chunks: async function* (name) {
      const bytes = find(name);
      if (files.has(name ?? '')) yield* asText([bytes]);
      else yield* unpacked(join(path, name ?? ''), bytes);
    },
  };
}

/** A packed file of an archive. */
async function* unpacked(label: string, bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  try {
    yield* asText(upTo(MOST_BYTES, label, memoryGunzip(bytes)));
  } catch (error) {
    throw error instanceof TraceError ? error : fileError(label, error);
  }
}

async function* memoryGunzip(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const unzipped = createGunzip({ chunkSize: 1 << 20 });
  unzipped.end(bytes);
  yield* unzipped as AsyncIterable<Uint8Array>;
}

/** Opens a file, a pipe, a folder or an archive; throws TraceError when that cannot be done. */
export async function openSource(path: string): Promise<Source> {
  let kind: Stats;
  try {
    kind = statSync(path);
    if (kind.isDirectory()) return folderSource(path);
  } catch (error) {
    throw fileError(path, error);
  }
  const chunks = isRegular(path) ? () => fileChunks(path) : heldChunks(path);
  const { text: head, whole } = await readHead(chunks());
  if (head.slice(257, 262) === 'ustar') return await archiveSource(path, chunks());
  return whole === undefined
    ? { path, names: [], head, label: () => path, chunks } : heldSource(path, whole);
}

/** Does a folder with these files hold a recording, with or without what the recorder noted? */
export function isRecording(names: readonly string[]): boolean {
  const has = (name: string): boolean => names.includes(name) || names.includes(`${name}.gz`);
  return has('info.json') || (has('trace.txt') && has('dmesg.txt'));
}

/** Bytes up to the last line that is not empty. */
function withoutEmptyEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && (bytes[end - 1] === LF || bytes[end - 1] === CR)) end -= 1;
  // The last line has its end.
  return end === bytes.length ? bytes : bytes.subarray(0, bytes.indexOf(LF, end) + 1 || end);
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = 0; (at = bytes.indexOf(LF, at) + 1) > 0;) lines += 1;
  return lines;
}

/** A whole file as text. */
export async function readText(source: Source, name?: string): Promise<string> {
  const parts: Uint8Array[] = [];
  const refuse = (problem: string): never => {
    throw new TraceError({ file: source.label(name), line: 0 }, problem);
  };
  let size = 0;
  for await (const chunk of source.chunks(name)) {
    size += chunk.length;
    if (size > MOST_TEXT) {
      refuse(`has more than ${MOST_TEXT} bytes, expected a text of that size at most`);
    }
    parts.push(Buffer.from(chunk));
  }
  const bytes = withoutEmptyEnd(Buffer.concat(parts));
  if (countLines(bytes) > MOST_LINES) {
    refuse(`has more than ${MOST_LINES} lines, expected a text of that many at most`);
  }
  const text = bytes.toString('utf8');
  // As an editor of Windows leaves it.
  return text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
}
