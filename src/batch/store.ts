/**
 * Results on disk, each under the digest of all that it was made from: what is there is as good as
 * what would be computed. Files appear whole or not at all, so that several programs can share one
 * folder, and whoever is killed leaves nothing that is half written.
 */
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { UsageError } from '../base/errors.js';
import { printableLine } from '../base/printable.js';
import { makeFolders, writeFileWhole } from '../base/write_file.js';
import { digestOfBytes, digestOfWords } from './digests.js';

/**
 * comparison: of one trace, all runs; line: what a batch keeps of it; run: one replay; time: how
 * long a trace took, ms.
 */
export type Part = 'comparison' | 'line' | 'run' | 'time';

/** Unpacked bytes of a file: no string is longer. */
const MOST_BYTES = 2 ** 29;

/** First line of a file: whoever damaged it, or put another one in its place, did not mend it. */
const sealOf = (part: Part, key: string, text: string): string =>
  digestOfWords([part, key, text]);

export class Store {
  readonly folder: string;
  /** What the system said of the first file that it would not take: a full disk, no right. */
  refused: string | undefined;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Two digits of the key are a folder of their own: directories stay small. */
  pathOf(part: Part, key: string): string {
    return join(this.folder, part, key.slice(0, 2), `${key.slice(2)}.json.gz`);
  }

  /** Undefined when it is not there, or is not what was put there: then it is made anew. */
  get(part: Part, key: string): unknown {
    try {
      const all = gunzipSync(readFileSync(this.pathOf(part, key)),
        { maxOutputLength: MOST_BYTES }).toString();
      const end = all.indexOf('\n');
      const text = all.slice(end + 1);
      return all.slice(0, end) === sealOf(part, key, text) ? JSON.parse(text) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether it is there now: a result that cannot be kept is a result all the same. */
  put(part: Part, key: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    return this.#write(part, key, gzipSync(`${sealOf(part, key, text)}\n${text}`, { level: 1 }));
  }

  /** Puts a file of JSON alone, which others read; its digest, or undefined as of `put`. */
  putFile(part: Part, key: string, value: unknown): string | undefined {
    const bytes = gzipSync(JSON.stringify(value), { level: 1 });
    return this.#write(part, key, bytes) ? digestOfBytes(bytes) : undefined;
  }

  /** The path of that file; undefined when it is gone, or another one. */
  fileOf(part: Part, key: string, digest: string): string | undefined {
    const path = this.pathOf(part, key);
    try {
      return digestOfBytes(readFileSync(path)) === digest ? path : undefined;
    } catch {
      return undefined;
    }
  }

  #write(part: Part, key: string, bytes: Uint8Array): boolean {
    try {
      writeFileWhole(this.pathOf(part, key), bytes);
      return true;
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.refused ??= error.message;
      return false;
    }
  }

  /** Removes the oldest files of a part until at most `bytes` are left. */
  trim(part: Part, bytes: number): void {
    const folder = join(this.folder, part);
    if (!existsSync(folder)) return;
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => /^[0-9a-f]{2}\/[0-9a-f]+\.json\.gz$/.test(relative(folder, path)))
      .map((path) => ({ path, ...sizeAndAge(path) }))
      .sort((a, b) => b.mtimeMs - a.mtimeMs);
    let kept = 0;
    for (const { path, size } of files) {
      kept += size;
      if (kept > bytes) rmSync(path, { force: true });
    }
  }
}

/** Somebody else may have removed it meanwhile. */
function sizeAndAge(path: string): { readonly size: number; readonly mtimeMs: number } {
  try {
    return statSync(path);
  } catch {
    return { size: 0, mtimeMs: 0 };
  }
}

const parts: ReadonlySet<string> = new Set<Part>(['comparison', 'line', 'run', 'time']);

/** What is in the folder that is none of ours; undefined: nothing is. */
function foreign(folder: string): string | undefined {
  return readdirSync(folder).sort().find((name) =>
    !parts.has(name) && !name.startsWith('.') && name !== 'CACHEDIR.TAG');
}

/**
 * Makes the folder, or takes one that has nothing but results: old ones are removed. Throws what
 * the system says when that cannot be.
 */
export function openStore(folder: string): Store {
  makeFolders(folder);
  const other = foreign(folder);
  if (other !== undefined) {
    throw new UsageError(`${folder} has ${printableLine(other)}, which is no result, expected a `
      + 'folder for the cache alone');
  }
  return new Store(folder);
}
