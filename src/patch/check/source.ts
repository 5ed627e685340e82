/** Where a policy that came from a file stands in it: what is said of it names file and line. */
import { existsSync, readFileSync } from 'node:fs';

const files = new WeakMap<object, string>();

/** Remembers the file that a policy was read from, as the user named it. */
export function setSource(patch: object, path: string): void {
  files.set(patch, path);
}

/** The file of a policy of the user; undefined: it is one of the tree. */
export function sourceOf(patch: object): string | undefined {
  return files.get(patch);
}

function escaped(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * `path:line` of the last of these words, each sought behind the one before it: the words are the
 * path of keys to what is wrong, `['config', 'zone_test_span']`. The file alone when one is not
 * there as a word of its own.
 */
export function placeIn(path: string, words: readonly string[]): string {
  if (!existsSync(path)) return path;
  const text = readFileSync(path, 'utf8');
  let index = 0;
  let found = -1;
  for (const word of words) {
    const match = new RegExp(`(?<![\\w$])${escaped(word)}(?![\\w$])`).exec(text.slice(index));
    if (match === null) continue;
    found = index + match.index;
    index = found + word.length;
  }
  return found < 0 ? path : `${path}:${text.slice(0, found).split('\n').length}`;
}
