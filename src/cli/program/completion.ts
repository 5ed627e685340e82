/** What the shell completes beyond commands and options: policies, versions. */
import type { ArgumentsCamelCase } from 'yargs';
import { policyFiles } from '../../patch/catalogue.js';
import { isPolicyPath } from '../../patch/load.js';
import { versions } from '../../linux/history/versions.js';

type Filter = (onCompleted?: (error: Error | null, words: string[] | undefined) => void) => unknown;

/** `zonelists/a+zone` is completed in its last part. */
function seriesBeginning(word: string): readonly string[] {
  const plus = word.lastIndexOf('+') + 1;
  const before = word.slice(0, plus);
  const last = word.slice(plus);
  if (isPolicyPath(last)) return [];
  return ['base', ...policyFiles().map(({ id }) => id)]
    .filter((id) => id.startsWith(last))
    .map((id) => before + id);
}

/** Words for the value of the option `option`; undefined when it is not one of ours. */
export function valuesOf(option: string, word: string): readonly string[] | undefined {
  if (option === '-p' || option === '--policy') return seriesBeginning(word);
  if (option === '--base') {
    return versions.map(({ id }) => id).filter((id) => id.startsWith(word));
  }
  return undefined;
}

/** yargs calls this while a shell waits; the words typed so far are the program's arguments. */
export function completions(
  current: string, _args: ArgumentsCamelCase, filter: Filter, done: (words: string[]) => unknown,
): unknown {
  const option = process.argv.at(-2) ?? '';
  const words = valuesOf(option, current);
  if (words !== undefined) return done([...words]);
  return filter();
}
