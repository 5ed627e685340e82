/** Which fields of the state, and which functions' results, any code of the model reads. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folders = ['linux', 'observe'];
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

function linesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return linesBelow(path);
    if (!entry.name.endsWith(extension) || entry.name.endsWith('.d.ts')) return [];
    return readFileSync(path, 'utf8').split('\n')
      .filter((line) => !/^\s*(?:\*|\/[*/])/.test(line));
  });
}

let lines: readonly string[] | undefined;

function modelLines(): readonly string[] {
  lines ??= folders.flatMap((folder) =>
    linesBelow(fileURLToPath(new URL(`../${folder}`, import.meta.url))));
  return lines;
}

/** The field is read in some line that does not set it. */
function isFieldRead(name: string): boolean {
  const any = new RegExp(`(?:\\.|\\{ ?|, )${name}\\b(?!:)`);
  const sets = new RegExp(`\\.${name}\\s*(?:[-+*]|\\?\\?|\\|\\|)?=(?!=)|\\.${name}(?:\\+\\+|--)`);
  // What only hands it on reads it no more than who sets it.
  const handsOn = new RegExp(`^\\s*return [\\w.]+\\.${name};`);
  return modelLines().some((line) =>
    any.test(line) && !sets.test(line) && !handsOn.test(line));
}

/** Of `nodes[].nr_zones`: the field; of what maps hold, the map. */
function fieldOf(path: string): string {
  return path.replaceAll(/\[\]|\.keys$/g, '').split('.').at(-1) ?? path;
}

const known = new Map<string, boolean>();

function remembered(key: string, ask: () => boolean): boolean {
  const found = known.get(key) ?? ask();
  known.set(key, found);
  return found;
}

/** Somebody reads the field that this path of the state ends in. */
export function isRead(path: string): boolean {
  return remembered(path, () => isFieldRead(fieldOf(path)));
}

/** Some caller does more with what the function gives than to put it where nobody reads it. */
export function isResultRead(fn: string): boolean {
  return remembered(`${fn}()`, () => {
    const call = new RegExp(`\\bk\\.${fn}\\(`);
    return modelLines().filter((line) => call.test(line)).some((line) => {
      if (new RegExp(`^\\s*(?:yield\\* )?k\\.${fn}\\(.*;\\s*$`).test(line)) return false;
      const sets = new RegExp(`\\.(\\w+)\\s*(?:\\?\\?)?=\\s*(?:yield\\* )?k\\.${fn}\\(`);
      const into = sets.exec(line)?.[1];
      return into === undefined || isFieldRead(into);
    });
  });
}
