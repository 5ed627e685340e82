/**
 * Makes src/linux/history/callers.json of unpacked kernel sources:
 *
 *     node dist/src/drift/callers_main.js v5.10=FOLDER v5.11=FOLDER ...
 *
 * Of each static function that the model has not: the model's functions that call it, in the newest
 * release that has it. A static function is called in its own file and nowhere else.
 */
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';
import { modelName } from '../base/kernel_names.js';
import { writeFileWhole } from '../base/write_file.js';
import { functionTags } from '../linux/function_tag.js';
import { CALLERS_FILE, MOST_CALLERS, type Callers } from '../linux/history/callers.js';
import { functionsOf, type CFunction } from './c_functions.js';
import { modelled } from './drift.js';
import { namedTrees, partOfTree } from './part_of_tree.js';

const tags = functionTags();
const inModel = (name: string): string | undefined =>
  modelName(name, (one) => tags[one] !== undefined);

const isStatic = ({ prototype }: CFunction): boolean => /^static\b/.test(prototype);

/** Those of the model that come to the function, through others that it has not. */
function modelCallers(
  name: string, file: ReadonlyMap<string, CFunction>, seen = new Set([name]),
): ReadonlySet<string> {
  const called = new RegExp(`\\b${name}\\b`);
  const found = new Set<string>();
  for (const [caller, fn] of file) {
    if (seen.has(caller) || !called.test(fn.code)) continue;
    seen.add(caller);
    const model = inModel(caller);
    // Who else calls a function that is not static cannot be seen in its file.
    if (model !== undefined) found.add(model);
    else if (isStatic(fn)) for (const one of modelCallers(caller, file, seen)) found.add(one);
    else found.add(caller);
  }
  return found;
}

const files = [...new Set(modelled().map(([, { kernelFile }]) => kernelFile))]
  .filter((path) => path.endsWith('.c')).sort();
const callers = new Map<string, readonly string[]>();
for (const tree of [...namedTrees(process.argv.slice(2))].reverse().map(partOfTree)) {
  for (const path of files) {
    const file = functionsOf(tree.read(path) ?? '');
    for (const [name, fn] of file) {
      if (callers.has(name) || !isStatic(fn) || inModel(name) !== undefined) continue;
      callers.set(name, [...modelCallers(name, file)].sort());
    }
  }
}
const known = [...callers].filter(([, list]) => list.length > 0 && list.length <= MOST_CALLERS &&
  list.every((one) => tags[one] !== undefined));
const table: Callers = Object.fromEntries(known.sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileWhole(join(packageRoot(), CALLERS_FILE), `${JSON.stringify(table, undefined, 1)}\n`);
