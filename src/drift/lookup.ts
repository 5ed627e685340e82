/** Where in a kernel's sources a function of the model stands. */
import { posix } from 'node:path';
import { kernelNames, namesOf } from '../base/kernel_names.js';
import { byAge, type Mainline } from '../linux/history/since.js';
import type { FunctionTag } from '../linux/function_tag.js';
import { functionsOf, type CFunction } from './c_functions.js';
import type { KernelTree } from './kernel_tree.js';

export interface Found {
  readonly path: string;
  readonly fn: CFunction;
}

/** `v7.3` of `7.3.4`. */
export function mainlineOf(version: string): Mainline {
  return `v${/^\d+\.\d+/.exec(version)?.[0] ?? version}` as Mainline;
}

/** Folders to which functions have moved from any file. */
const commonFolders = ['mm', 'include/linux'];

/** The folders of a tree that are looked at for the model. */
export function foldersOf(tags: readonly FunctionTag[], others: readonly string[]): string[] {
  return [...new Set([
    ...tags.map(({ kernelFile }) => posix.dirname(kernelFile)), ...commonFolders, ...others,
  ])].sort();
}

/** What a kernel that is built without a function has in its place. */
function isEmptyStub({ fn }: Found): boolean {
  const body = fn.code.slice(fn.prototype.length);
  return /^(?:\{(?:return[\w ()-]*;)?\})*$/.test(body) || fn.code.startsWith('#define') &&
    body.length < 16;
}

/** The functions of one tree, files read once. */
export class Lookup {
  readonly tree: KernelTree;
  readonly #files = new Map<string, ReadonlyMap<string, CFunction>>();

  constructor(tree: KernelTree) {
    this.tree = tree;
  }

  /** By name, in the order of the file; empty when the tree has no such file. */
  file(path: string): ReadonlyMap<string, CFunction> {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const found = functionsOf(this.tree.read(path) ?? '');
    this.#files.set(path, found);
    return found;
  }

  /**
   * By the names that the function has had: in its own file first, then among the files beside it
   * and those where functions go.
   */
  find(model: string, kernelFile: string): Found | undefined {
    const now = Object.entries(namesOf(model))
      .findLast(([from]) => byAge(from, mainlineOf(this.tree.version)) <= 0)?.[1];
    const names = [...new Set([...now === undefined ? [] : [now], ...kernelNames(model), model])];
    for (const name of names) {
      const fn = this.file(kernelFile).get(name);
      if (fn !== undefined) return { path: kernelFile, fn };
    }
    return this.#elsewhere(names, kernelFile);
  }

  #elsewhere(names: readonly string[], kernelFile: string): Found | undefined {
    const folders = new Set([posix.dirname(kernelFile), ...commonFolders]);
    for (const name of names) {
      for (const path of [...folders].flatMap((folder) => this.tree.list(folder))) {
        if (!(this.tree.read(path) ?? '').includes(`${name}(`)) continue;
        const fn = this.file(path).get(name);
        if (fn !== undefined && !isEmptyStub({ path, fn })) return { path, fn };
      }
    }
    return undefined;
  }
}
