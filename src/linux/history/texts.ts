/**
 * In which releases a kernel function of the model has another text than in the release before:
 * comments and layout do not count. Of the texts themselves nothing is kept. Made by
 * `drift/texts_main` of unpacked sources; releases that nobody had are left out.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/package_root.js';
import { own } from '../../base/own.js';
import { byAge, type Mainline } from './since.js';

export interface Texts {
  /** The oldest first. */
  readonly releases: readonly Mainline[];
  /** By the model's name, a letter for each release: equal ones are equal texts, `.` is none. */
  readonly functions: Readonly<Record<string, string>>;
}

/** Path of the table below the package. */
export const TEXTS_FILE = 'src/linux/history/texts.json';

let read: Texts | undefined;

function textsRead(): Texts {
  read ??= JSON.parse(readFileSync(join(packageRoot(), TEXTS_FILE), 'utf8')) as Texts;
  return read;
}

export interface TextChange {
  /** The newest release that was read without it. */
  readonly after: Mainline;
  /** The oldest one with it. */
  readonly by: Mainline;
}

/**
 * Where it comes, or its text becomes another one, the oldest first; empty: never, or unknown.
 * Trees that lack its file are passed over.
 */
export function textChanges(fn: string): readonly TextChange[] {
  const { releases, functions } = textsRead();
  const letters = [...own(functions, fn) ?? ''];
  return letters.flatMap((now, index) => {
    if (index === 0 || now === '.') return [];
    const before = letters.slice(0, index).findLastIndex((letter) => letter !== '.');
    const [after, by] = [releases[before < 0 ? index - 1 : before], releases[index]];
    return letters[before] === now || after === undefined || by === undefined ? []
      : [{ after, by }];
  });
}

/** The oldest release that has it, of those that were read; undefined: unknown. */
export function firstTextOf(fn: string): Mainline | undefined {
  const { releases, functions } = textsRead();
  const first = [...own(functions, fn) ?? ''].findIndex((letter) => letter !== '.');
  return releases[first];
}

/** Some release between the two, or the later one itself: `after` < release <= `by`. */
export function isWithin({ after, by }: TextChange, release: Mainline): boolean {
  return byAge(after, release) < 0 && byAge(release, by) <= 0;
}
