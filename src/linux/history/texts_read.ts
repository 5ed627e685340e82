/**
 * What somebody who read it says of a kernel function's other text: whether the model, which does
 * not change there, is right all the same. One file for each file of the kernel, by function and
 * release; releases are those of the table of texts.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { own } from '../../base/own.js';
import { packageRoot } from '../../base/package_root.js';
import type { Mainline } from './since.js';

/**
 * same: nothing that could be seen differs; made: the model follows it elsewhere; outside: it
 * is of something that the model leaves out; lacks: older or newer versions of the model do not
 * behave as the kernel did.
 */
export const textKinds = ['same', 'made', 'outside', 'lacks'] as const;

export interface TextRead {
  readonly kind: typeof textKinds[number];
  /** Not a sentence: `a local has another name`. */
  readonly words: string;
}

/** By function, then by the release that brought the text. */
export type TextsRead = Readonly<Record<string, Readonly<Record<Mainline,
  readonly [TextRead['kind'], string]>>>>;

/** Path of the folder below the package. */
export const TEXTS_READ = 'src/linux/history/texts_read';

/** The files' names, in order. */
export function textsReadFiles(): readonly string[] {
  return readdirSync(join(packageRoot(), TEXTS_READ)).sort();
}

/** One of the files. */
export function textsReadIn(file: string): TextsRead {
  return JSON.parse(readFileSync(join(packageRoot(), TEXTS_READ, file), 'utf8')) as TextsRead;
}

let all: TextsRead | undefined;

/** What was read of a function's text that came with a release; undefined: nobody read it. */
export function textRead(fn: string, release: Mainline): TextRead | undefined {
  all ??= Object.assign({}, ...textsReadFiles().map(textsReadIn)) as TextsRead;
  const found = own(own(all, fn) ?? {}, release);
  return found === undefined ? undefined : { kind: found[0], words: found[1] };
}
