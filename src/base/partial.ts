/**
 * Files that are being written have a name of their own until they are whole. Who was killed in
 * the middle leaves such a file; the next one that writes into its folder removes it. Folders for
 * the time of a run likewise.
 */
import { createHash, randomBytes } from 'node:crypto';
import {
  lstatSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { reasonOf, UsageError } from './errors.js';

/** Bytes of a file's name that are left of it: the system takes 255 of all. */
const KEPT = 180;

function read(what: () => string): string {
  try {
    return what();
  } catch {
    return '';
  }
}

/** Those whose PIDs are the same ones: several machines, and containers, may share a folder. */
let known: string | undefined;

function place(): string {
  known ??= createHash('sha256').update([
    hostname(), read(() => readFileSync('/etc/machine-id', 'latin1')),
    read(() => readlinkSync('/proc/self/ns/pid')),
  ].join('\n')).digest('hex').slice(0, 8);
  return known;
}

/** `trace.csv.PLACE-PID-RANDOM.part`. Several threads may write the same file at a time. */
export function partialName(path: string): string {
  const name = Buffer.from(basename(path));
  const kept = name.length <= KEPT ? basename(path) : name.toString('latin1', 0, KEPT)
    .replace(/[^!-~]/g, '_');
  return `${kept}.${place()}-${process.pid}-${randomBytes(6).toString('hex')}.part`;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's, which we may not signal, lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

const isOurs = (path: string): boolean => lstatSync(path).uid === process.getuid?.();

/** Removes what programs that are gone left in the folder under names of this pattern. */
function removeAll(folder: string, pattern: RegExp): void {
  try {
    for (const name of readdirSync(folder)) {
      const [, whose, pid] = pattern.exec(name) ?? [];
      if (whose !== place() || lives(Number(pid)) || !isOurs(join(folder, name))) continue;
      rmSync(join(folder, name), { recursive: true, force: true });
    }
  } catch {
    // A folder that may be written but not listed, or where others' files may not be removed.
  }
}

const looked = new Set<string>();

/** Removes what is left in a folder of files that were being written, once. */
export function removeLeft(folder: string): void {
  if (looked.has(folder)) return;
  looked.add(folder);
  removeAll(folder, /\.([0-9a-f]{8})-(\d+)-[0-9a-f]{12}\.part$/);
}

/** Makes a folder for the time of this run; those of runs that were killed are removed. */
export function temporaryFolder(what: string): string {
  removeAll(tmpdir(), /^mmreplay-[a-z]+-([0-9a-f]{8})-(\d+)-[^-]{6}$/);
  return mkdtempSync(join(tmpdir(), `mmreplay-${what}-${place()}-${process.pid}-`));
}

/** Writes a file of such a folder. Error: UsageError, of it and of no input. */
export function writeTemporary(path: string, content: Uint8Array): void {
  try {
    writeFileSync(path, content);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${reasonOf(error as Error)} `
      + '(TMPDIR names another folder)');
  }
}
