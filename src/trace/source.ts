/**
 * What an importer reads: a file, a folder or a .tar.gz archive of one, each file plain or
 * gzip-compressed.
 */
import {
  closeSync, createReadStream, openSync, readdirSync, readSync, statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { reasonOf, TraceError } from '../base/errors.js';
import { readTar } from './tar.js';

/** Bytes that a sniffer sees. */
const HEAD_BYTES = 65536;

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

/** Bytes of a plain file that are read at once, and that stay free behind them. */
const PIECE = 1 << 20;
const SPARE = 1 << 10;

/** The bytes of a plain file, each time in the same buffer: it stays in the CPU's cache. */
function* plainChunks(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(PIECE + SPARE);
    for (let size; (size = readSync(file, buffer, 0, PIECE, null)) > 0;) {
      yield buffer.subarray(0, size);
    }
  } finally {
    closeSync(file);
  }
}

/** Does the file begin as gzip begins? The name need not say so: a download may have lost it. */
function isZipped(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const magic = Buffer.alloc(2);
    return readSync(file, magic, 0, 2, 0) === 2 && magic.readUInt16BE(0) === 0x1f8b;
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file; gunzipped when its name says so or its content, which a pipe keeps. */
async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  try {
    const zipped = /\.(gz|tgz)$/.test(path) || (statSync(path).isFile() && isZipped(path));
    if (zipped) yield* zippedChunks(path);
    else yield* plainChunks(path);
  } catch (error) {
    throw fileError(path, error);
  }
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

async function readHead(path: string): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of fileChunks(path)) {
    parts.push(Buffer.from(chunk));
    size += chunk.length;
    if (size >= HEAD_BYTES) break;
  }
  return Buffer.concat(parts).subarray(0, HEAD_BYTES).toString('latin1');
}

function fileSource(path: string, head: string): Source {
  return { path, names: [], head, label: () => path, chunks: () => fileChunks(path) };
}

const withoutGz = (name: string): string => name.replace(/\.gz$/, '');

function folderSource(path: string): Source {
  const listed = readdirSync(path).sort();
  const find = (name?: string): string => {
    const real = listed.find((entry) => entry === name || entry === `${name}.gz`);
    if (name !== undefined && real !== undefined) return join(path, real);
    throw new TraceError({ file: join(path, name ?? ''), line: 0 }, 'is missing in the recording');
  };
  return {
    path, names: [...new Set(listed.map(withoutGz))], head: '',
    label: (name) => (name === undefined ? path : join(path, name)),
    chunks: (name) => fileChunks(find(name)),
  };
}

/** Files of an archive, by their last name: the recorder archives one folder. */
async function archiveSource(path: string): Promise<Source> {
  const files = new Map<string, Uint8Array>();
  for (const { name, bytes } of await readTar(path, fileChunks(path))) {
    files.set(basename(name), bytes);
  }
  const find = (name = ''): Uint8Array => {
    const bytes = files.get(name) ?? files.get(`${name}.gz`);
    if (bytes !== undefined) return bytes;
    throw new TraceError({ file: join(path, name), line: 0 }, 'is missing in the recording');
  };
  return {
    path, names: [...files.keys()].map(withoutGz).sort(), head: '',
    label: (name) => (name === undefined ? path : join(path, name)),
    chunks: async function* (name) {
      const bytes = find(name);
      if (!files.has(name ?? '')) yield* memoryGunzip(bytes);
      else yield bytes;
    },
  };
}

async function* memoryGunzip(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const unzipped = createGunzip({ chunkSize: 1 << 20 });
  unzipped.end(bytes);
  yield* unzipped as AsyncIterable<Uint8Array>;
}

/** Opens a file, a folder or an archive; throws TraceError when that cannot be done. */
export async function openSource(path: string): Promise<Source> {
  try {
    if (statSync(path).isDirectory()) return folderSource(path);
  } catch (error) {
    throw fileError(path, error);
  }
  const head = await readHead(path);
  const isTar = head.slice(257, 262) === 'ustar';
  return isTar ? await archiveSource(path) : fileSource(path, head);
}

/** A whole file as text. */
export async function readText(source: Source, name?: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of source.chunks(name)) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts).toString('utf8');
}
