/** What is known of the model's functions: where each stands in the kernel, how much is here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package_root.js';

export interface FunctionTag {
  /** Path of our file. */
  readonly file: string;
  /** Path in the kernel's tree. */
  readonly kernelFile: string;
  /** The kernel version whose text was read. */
  readonly version: string;
  /** reduced: parts are left out; stub: does nothing; custom: made for the model. */
  readonly fidelity: 'full' | 'reduced' | 'stub' | 'custom';
  /** What is left out and why. */
  readonly why: string;
}

/** Path of the table below the package; `npm run build` makes it from the doc comments. */
export const TAGS_FILE = 'dist/function_tags.json';

let read: Readonly<Record<string, FunctionTag>> | undefined;

/** Tags by function name. The built program has no sources to read them from. */
export function functionTags(): Readonly<Record<string, FunctionTag>> {
  read ??= JSON.parse(readFileSync(join(packageRoot(), TAGS_FILE), 'utf8')) as
    Readonly<Record<string, FunctionTag>>;
  return read;
}
