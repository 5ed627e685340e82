/** Where in a kernel's sources a function of the model stands. */
import { posix } from 'node:path';
import { kernelNames, namesOf } from '../base/kernel_names.js';
import { byAge, type Mainline } from '../linux/history/since.js';
import { functionTags, type FunctionTag } from '../linux/function_tag.js';
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

/** One call and nothing else: a body, or what a macro stands for; a hook may be around it. */
const oneCall = /^[{\\]?(?:return )?(?:alloc_hooks\()?(\w+)\([^;]*\)+;?\}?$/;

/**
 * What a function does nothing but call, by a name that is made of its own: `__NAME()`,
 * `NAME_noprof()`. Its text is there; undefined: it has one of its own.
 */
function wrapped({ name, code, prototype }: CFunction): string | undefined {
  const inner = oneCall.exec(code.slice(prototype.length).trim())?.[1] ?? '';
  const isOwn = [`_${name}`, `__${name}`, `${name}_noprof`, `__${name}_noprof`].includes(inner);
  return isOwn ? inner : undefined;
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
   * and those where functions go. Of a wrapper the function that has the text, unless the model has
   * that one too.
   */
  find(model: string, kernelFile: string): Found | undefined {
    const found = this.#named(model, kernelFile);
    const inner = found === undefined ? undefined : wrapped(found.fn);
    if (found === undefined || inner === undefined || inner in functionTags()) return found;
    const fn = this.file(found.path).get(inner);
    const behind = fn === undefined ? this.#elsewhere([inner], kernelFile)
      : { path: found.path, fn };
    return behind ?? found;
  }

  #named(model: string, kernelFile: string): Found | undefined {
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
