import {
  closeSync, constants, existsSync, lstatSync, mkdirSync, openSync, readlinkSync, realpathSync,
  renameSync, rmSync, statSync, writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { endingSignals } from './ending_signals.js';
import { reasonOf, UsageError } from './errors.js';
import { partialName, removeLeft } from './partial.js';
import { PATIENCE, PAUSE, sleep } from './read_file.js';

type Pieces = Iterable<string | Uint8Array>;

function writeAll(file: number, piece: string | Uint8Array): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/**
 * Opens a file to write. A pipe is waited for as one that is read. Error: nobody reads it, or what
 * the system says.
 */
function opened(path: string): number {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO() !== true) return openSync(path, 'w');
  for (let silent = 0; silent < PATIENCE; silent += PAUSE) {
    try {
      const first = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      try {
        return openSync(path, 'w');
      } finally {
        closeSync(first);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENXIO') throw error;
      sleep(PAUSE);
    }
  }
  throw new UsageError(`${path}: nobody reads the pipe for ${PATIENCE / 1000} s, expected a file ` +
    'or who reads it');
}

function writePieces(path: string, pieces: Pieces): void {
  const file = opened(path);
  try {
    for (const piece of pieces) writeAll(file, piece);
  } finally {
    closeSync(file);
  }
}

/** The same, and between the pieces signals are heard. */
async function writeInTurns(path: string, pieces: Pieces): Promise<void> {
  const file = opened(path);
  try {
    for (const piece of pieces) {
      writeAll(file, piece);
      await otherWork();
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

/** A neighbour of the file to be, in a folder that is there. */
function partialOf(path: string): string {
  const folder = dirname(path);
  makeFolders(folder);
  removeLeft(folder);
  return resolve(folder, partialName(path));
}

function replaceWhole(path: string, pieces: Pieces): void {
  const partial = partialOf(path);
  try {
    writePieces(partial, pieces);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

async function replaceInTurns(path: string, pieces: Pieces): Promise<void> {
  const partial = partialOf(path);
  const end = (signal: NodeJS.Signals): void => {
    rmSync(partial, { force: true });
    for (const one of endingSignals) process.off(one, end);
    process.kill(process.pid, signal);
  };
  for (const signal of endingSignals) process.once(signal, end);
  try {
    await writeInTurns(partial, pieces);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  } finally {
    for (const signal of endingSignals) process.off(signal, end);
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

/** What is to be written, and whether it can be replaced: a device or a pipe cannot. */
function targetOf(path: string): { readonly target: string; readonly replaced: boolean } {
  const target = existsSync(path) ? realpathSync(path) : throughLinks(path);
  if (!existsSync(target)) return { target, replaced: true };
  const kind = statSync(target);
  if (kind.isDirectory()) throw new UsageError(`${path} is a folder, expected a file to write`);
  return { target, replaced: kind.isFile() };
}

/** What the system says of a file that cannot be written, in words. */
function writeError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error)) return error;
  return new UsageError(`${path || "''"} cannot be written: ${reasonOf(error)}`);
}

/**
 * Writes the whole file or nothing: into a neighbour first, which then takes the name, so that no
 * reader and no interrupted run ever sees half of it. Makes missing folders. A device or a pipe is
 * written to, not replaced; of a link it is the file it leads to. Error: UsageError.
 */
export function writeFileWhole(path: string, content: string | Uint8Array | Pieces): void {
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  try {
    const { target, replaced } = targetOf(path);
    if (replaced) replaceWhole(target, pieces);
    else writePieces(target, pieces);
  } catch (error) {
    throw writeError(path, error);
  }
}

/**
 * The same for what takes long: a signal that ends the program in the middle takes the neighbour
 * along. Error: UsageError.
 */
export async function writeFileInTurns(path: string, pieces: Pieces): Promise<void> {
  try {
    const { target, replaced } = targetOf(path);
    if (replaced) await replaceInTurns(target, pieces);
    else await writeInTurns(target, pieces);
  } catch (error) {
    throw writeError(path, error);
  }
}
