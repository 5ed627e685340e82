/**
 * Makes src/linux/history/texts.json of unpacked kernel sources:
 *
 *     node dist/src/drift/texts_main.js v5.10=FOLDER v5.11=FOLDER ...
 *
 * A folder needs no more than the C files of the folders that the model is of.
 */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { writeFileWhole } from '../base/write_file.js';
import { byAge, type Mainline } from '../linux/history/since.js';
import { TEXTS_FILE, type Texts } from '../linux/history/texts.js';
import { digestsOf } from './digests.js';
import { modelled } from './drift.js';
import type { KernelTree } from './kernel_tree.js';

/** A part of a tree, whose Makefile may be missing; each file is read once. */
function partOfTree(folder: string, release: string): KernelTree {
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

/** `a` for the first text, `b` for the second one, ...; `.` where there is none. */
function letters(digests: readonly (string | undefined)[]): string {
  const known: string[] = [];
  return digests.map((digest) => {
    if (digest === undefined) return '.';
    if (!known.includes(digest)) known.push(digest);
    return String.fromCodePoint((known.length <= 26 ? 96 : 38) + known.indexOf(digest) + 1);
  }).join('');
}

const trees = process.argv.slice(2).map((word) => {
  const [, release = '', folder = ''] = /^(v\d+\.\d+)=(.+)$/.exec(word) ?? [];
  if (!existsSync(folder)) throw new Error(`${word}: expected v5.10=FOLDER`);
  return { release: release as Mainline, folder };
}).sort((a, b) => byAge(a.release, b.release));

/** Of what some of the trees lack as a folder it is not known where a function came. */
function isInAll(kernelFile: string): boolean {
  return trees.every(({ folder }) => existsSync(join(folder, dirname(kernelFile))));
}

const read = trees.map(({ release, folder }) =>
  digestsOf(partOfTree(folder, release)).functions);
const table: Texts = {
  releases: trees.map(({ release }) => release),
  functions: Object.fromEntries(modelled().filter(([, tag]) => isInAll(tag.kernelFile))
    .map(([name]) => name).sort()
    .map((name) => [name, letters(read.map((one) => one[name]))])
    .filter(([, word = '']) => /[a-z]/.test(word))),
};
writeFileWhole(join(packageRoot(), TEXTS_FILE), `${JSON.stringify(table, undefined, 1)}\n`);
