/** What a result depends on, as digests: the program, the policies, the trace, the options. */
import { createHash } from 'node:crypto';
import {
  closeSync, existsSync, openSync, readFileSync, readSync, readdirSync, statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { isRegular } from '../base/read_file.js';
import { policyFiles } from '../patch/catalogue.js';
import { isPolicyPath } from '../patch/load.js';
import type { Job } from '../pipeline.js';

/** Sixteen bytes in hex. */
function sha(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  // Each with its length before it, so that no two lists of parts run together to the same bytes.
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return hash.digest('hex').slice(0, 32);
}

export function digestOfWords(words: readonly string[]): string {
  return sha(...words);
}

export function digestOfBytes(bytes: Uint8Array): string {
  return sha(bytes);
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * Bytes of a file that are read at once: a trace may be larger than the memory. One for all files:
 * of the program there are hundreds, and a megabyte for each takes longer than to read them.
 */
const piece = Buffer.alloc(1 << 20);

function shaOfFile(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    for (let size; (size = readSync(file, piece, 0, piece.length, null)) > 0;) {
      hash.update(piece.subarray(0, size));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex').slice(0, 32);
}

/** Of several files: their names below the folder and their bytes. */
function digestOfFiles(root: string, paths: readonly string[]): string {
  return sha(...paths.flatMap((path) => [path.slice(root.length), shaOfFile(path)]));
}

/** Of the program's own code: another build may come to other results. */
export function programDigest(): string {
  const root = packageRoot();
  const folder = join(root, 'dist/src');
  return digestOfFiles(root, existsSync(folder)
    ? filesBelow(folder).filter((path) => path.endsWith('.js')) : []);
}

/** Of a trace: its file, or all files of a folder. */
export function traceDigest(path: string): string {
  const isFolder = statSync(path).isDirectory();
  // The README beside a trace is told in its report.
  const about = join(isFolder ? path : dirname(path), 'README.md');
  const told = existsSync(about) && isRegular(about) ? sha(readFileSync(about)) : '';
  return sha(resolve(path), told, isFolder
    ? digestOfFiles(path, filesBelow(path)) : shaOfFile(path));
}

/** Of what is asked of a replay beside the trace, the version and the series. */
export function optionsDigest({ config, boot, steps, course, check }: Job): string {
  return sha(JSON.stringify(
    [config, boot ?? null, steps ?? null, course ?? false, check ?? false]));
}

/** Of all shipped policies, by which a trace's question is answered. */
export function catalogueDigest(): string {
  return digestOfFiles('', policyFiles().map(({ path }) => path));
}

const imported = /\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]|\brequire\s*\(/g;

/** The file imports something else than `mmreplay`: what that is can change without it. */
function dependsOnOthers(text: string): boolean {
  return [...text.matchAll(imported)].some((match) => (match[1] ?? match[2]) !== 'mmreplay');
}

/** The text of one policy; undefined when what it does is not told by its own file. */
function policyText(word: string): string | undefined {
  if (word === 'base') return '';
  const path = isPolicyPath(word) ? word : policyFiles().find(({ id }) => id === word)?.path;
  if (path === undefined || !existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  return isPolicyPath(word) && dependsOnOthers(text) ? undefined : text;
}

/** Of what `-p` names: `a+b` are two policies. Undefined: nothing of it can be kept. */
export function seriesDigest(argument: string): string | undefined {
  const texts = argument.split('+').map(policyText);
  return texts.includes(undefined) ? undefined : sha(argument, ...texts.map((text) => text ?? ''));
}
