/**
 * Makes src/linux/history/texts.json of unpacked kernel sources:
 *
 *     node dist/src/drift/texts_main.js v5.10=FOLDER v5.11=FOLDER ...
 *
 * A folder needs no more than the C files of the folders that the model is of.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { writeFileWhole } from '../base/write_file.js';
import { TEXTS_FILE, type Texts } from '../linux/history/texts.js';
import { digestsOf } from './digests.js';
import { modelled } from './drift.js';
import { namedTrees, partOfTree } from './part_of_tree.js';

/** `a` for the first text, `b` for the second one, ...; `.` where there is none. */
function letters(digests: readonly (string | undefined)[]): string {
  const known: string[] = [];
  return digests.map((digest) => {
    if (digest === undefined) return '.';
    if (!known.includes(digest)) known.push(digest);
    return String.fromCodePoint((known.length <= 26 ? 96 : 38) + known.indexOf(digest) + 1);
  }).join('');
}

const trees = namedTrees(process.argv.slice(2));

/** Of what some of the trees lack as a folder it is not known where a function came. */
function isInAll(kernelFile: string): boolean {
  return trees.every(({ folder }) => existsSync(join(folder, dirname(kernelFile))));
}

const read = trees.map((tree) => digestsOf(partOfTree(tree)).functions);
const table: Texts = {
  releases: trees.map(({ release }) => release),
  functions: Object.fromEntries(modelled().filter(([, tag]) => isInAll(tag.kernelFile))
    .map(([name]) => name).sort()
    .map((name) => [name, letters(read.map((one) => one[name]))])
    .filter(([, word = '']) => /[a-z]/.test(word))),
};
writeFileWhole(join(packageRoot(), TEXTS_FILE), `${JSON.stringify(table, undefined, 1)}\n`);
