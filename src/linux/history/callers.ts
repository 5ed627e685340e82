/**
 * Static functions of the kernel that the model has not, each with those of the model that call it
 * in the newest release that has it: what a patch of it changes is changed there. Made by
 * `drift/callers_main` of unpacked sources.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { own } from '../../base/own.js';
import { packageRoot } from '../../base/package_root.js';

/** By the kernel's name: names of the model. */
export type Callers = Readonly<Record<string, readonly string[]>>;

/** Path of the table below the package. */
export const CALLERS_FILE = 'src/linux/history/callers.json';

/** What more functions call is a part of none of them. */
export const MOST_CALLERS = 4;

let read: Callers | undefined;

/** Empty: it is no such function, or what calls it is not in the model. */
export function callersInModel(name: string): readonly string[] {
  read ??= JSON.parse(readFileSync(join(packageRoot(), CALLERS_FILE), 'utf8')) as Callers;
  return own(read, name) ?? [];
}
