/**
 * Results on disk, each under the digest of all that it was made from: what is there is as good as
 * what would be computed. Files appear whole or not at all, so that several programs can share one
 * folder, and whoever is killed leaves nothing that is half written.
 */
import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { UsageError } from '../base/errors.js';
import { makeFolders, writeFileWhole } from '../base/write_file.js';

/**
 * comparison: of one trace, all runs; line: what a batch keeps of it; run: one replay; time: how
 * long a trace took, ms.
 */
export type Part = 'comparison' | 'line' | 'run' | 'time';

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

  /** Undefined when it is not there, or cannot be read: then it is made anew. */
  get(part: Part, key: string): unknown {
    try {
      return JSON.parse(gunzipSync(readFileSync(this.pathOf(part, key))).toString());
    } catch {
      return undefined;
    }
  }

  /** Whether it is there now: a result that cannot be kept is a result all the same. */
  put(part: Part, key: string, value: unknown): boolean {
    try {
      writeFileWhole(this.pathOf(part, key), gzipSync(JSON.stringify(value), { level: 1 }));
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

/** Makes the folder; throws what the system says when that cannot be. */
export function openStore(folder: string): Store {
  makeFolders(folder);
  return new Store(folder);
}
