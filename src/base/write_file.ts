import { randomBytes } from 'node:crypto';
import {
  closeSync, existsSync, lstatSync, mkdirSync, openSync, readlinkSync, realpathSync, renameSync,
  rmSync, statSync, writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { reasonOf, UsageError } from './errors.js';

type Pieces = Iterable<string | Uint8Array>;

function writePieces(path: string, pieces: Pieces): void {
  const file = openSync(path, 'w');
  try {
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
}

/** Folders that are missing are made one by one: Node's own way never ends below /proc. */
export function makeFolders(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolders(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Somebody else was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function replaceWhole(path: string, pieces: Pieces): void {
  makeFolders(dirname(path));
  // Several threads, and several machines on one file system, may write the same file at a time.
  const partial = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    writePieces(partial, pieces);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** What a link that leads to nothing leads to: that is what is written. Error: of the system. */
function throughLinks(path: string): string {
  const link = lstatSync(path, { throwIfNoEntry: false });
  if (link?.isSymbolicLink() !== true) return path;
  // Of links in a circle the system says so.
  statSync(path, { throwIfNoEntry: false });
  return throughLinks(resolve(dirname(path), readlinkSync(path)));
}

/**
 * Writes the whole file or nothing: into a neighbour first, which then takes the name, so that no
 * reader and no interrupted run ever sees half of it. Makes missing folders. A device or a pipe is
 * written to, not replaced; of a link it is the file it leads to. Error: UsageError.
 */
export function writeFileWhole(path: string, content: string | Uint8Array | Pieces): void {
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  try {
    const target = existsSync(path) ? realpathSync(path) : throughLinks(path);
    if (existsSync(target)) {
      const kind = statSync(target);
      if (kind.isDirectory()) throw new UsageError(`${path} is a folder, expected a file to write`);
      if (!kind.isFile()) return writePieces(target, pieces);
    }
    replaceWhole(target, pieces);
  } catch (error) {
    if (!(error instanceof Error) || !('syscall' in error)) throw error;
    throw new UsageError(`${path || "''"} cannot be written: ${reasonOf(error)}`);
  }
}
