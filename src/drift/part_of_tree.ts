/** A kernel tree of which some folders were unpacked, without its Makefile. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { byAge, type Mainline } from '../linux/history/since.js';
import type { KernelTree } from './kernel_tree.js';

/** Each file is read once. */
export function partOfTree({ folder, release }: NamedTree): KernelTree {
  const files = new Map<string, string | undefined>();
  const folders = new Map<string, readonly string[]>();
  const read = (path: string): string | undefined => {
    const file = join(folder, path);
    if (!files.has(path)) {
      files.set(path, existsSync(file) ? readFileSync(file, 'utf8') : undefined);
    }
    return files.get(path);
  };
  const list = (path: string): readonly string[] => {
    const place = join(folder, path);
    const known = folders.get(path) ?? (existsSync(place) ? readdirSync(place) : [])
      .filter((name) => /\.[ch]$/.test(name)).sort().map((name) => `${path}/${name}`);
    folders.set(path, known);
    return known;
  };
  return { source: folder, version: release.slice(1), git: undefined, read, list };
}

export interface NamedTree {
  readonly release: Mainline;
  readonly folder: string;
}

/** Of words `v5.10=FOLDER`, the oldest first. Error: one that is none. */
export function namedTrees(words: readonly string[]): readonly NamedTree[] {
  return words.map((word): NamedTree => {
    const [, release = '', folder = ''] = /^(v\d+\.\d+)=(.+)$/.exec(word) ?? [];
    if (!existsSync(folder)) throw new Error(`${word}: expected v5.10=FOLDER`);
    return { release: release as Mainline, folder };
  }).sort((a, b) => byAge(a.release, b.release));
}
