/**
 * The policies of this tree, found by their place: policies/<question>/<variant>.ts, built beside
 * the program (dist/policies) or read from source when the program runs from source.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PatchError } from '../base/errors.js';
import { didYouMean } from '../base/closest.js';
import { questionOf } from './conflicts.js';
import type { Patch } from './define.js';
import { checkedPatch } from './shape.js';

const folder = fileURLToPath(new URL('../../policies', import.meta.url));
const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

export interface PolicyFile {
  /** `zonelists/populated_zone`: the path below policies/ without extension. */
  readonly id: string;
  readonly path: string;
}

function isPolicyName(name: string): boolean {
  return name.endsWith(extension) && !name.endsWith('.d.ts');
}

function filesBelow(path: string, prefix: string): readonly PolicyFile[] {
  const entries = readdirSync(path, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const below = join(path, entry.name);
    if (entry.isDirectory()) return filesBelow(below, `${prefix}${entry.name}/`);
    if (!isPolicyName(entry.name)) return [];
    return [{ id: prefix + entry.name.slice(0, -extension.length), path: below }];
  });
}

let found: readonly PolicyFile[] | undefined;

/** All policies of the tree, by id. Reads the folder only, and once; loads none of them. */
export function policyFiles(): readonly PolicyFile[] {
  found ??= existsSync(folder)
    ? [...filesBelow(folder, '')].sort((a, b) => (a.id < b.id ? -1 : 1)) : [];
  return found;
}

/** `zonelists`, ...: the questions, each a folder of variants. */
export function questions(): readonly string[] {
  return [...new Set(policyFiles().map(({ id }) => questionOf(id)))];
}

/** Ids of the variants of one question. Error: PatchError when there is no such question. */
export function variantsOf(question: string): readonly string[] {
  const ids = policyFiles().map(({ id }) => id).filter((id) => questionOf(id) === question);
  if (ids.length > 0) return ids;
  throw new PatchError(
    `there is no question ${question}${didYouMean(question, questions())}\n` +
      `  there are ${questions().join(', ')}`);
}

const loaded = new Map<string, Promise<Patch>>();

function load(file: PolicyFile): Promise<Patch> {
  const known = loaded.get(file.id) ?? loadFile(file);
  loaded.set(file.id, known);
  return known;
}

async function loadFile(file: PolicyFile): Promise<Patch> {
  const module = await import(pathToFileURL(file.path).href) as { readonly default?: unknown };
  const patch = checkedPatch(module.default, `policies/${file.id}.ts`);
  if (patch.id === file.id) return patch;
  throw new PatchError(
    `policies/${file.id}.ts says that its id is ${patch.id}\n` +
      `  a policy's id is its place: write  id: '${file.id}'  or move the file`);
}

/** One policy of the tree. Error: PatchError, with the nearest ids, when there is none. */
export async function loadPolicy(id: string): Promise<Patch> {
  const files = policyFiles();
  const file = files.find((one) => one.id === id);
  if (file !== undefined) return load(file);
  throw new PatchError(
    `there is no policy ${id}${didYouMean(id, files.map((one) => one.id))}\n` +
      '  `mmreplay list policies` names them all; a file of your own is given as ./my_fix.ts');
}

/** All policies of the tree, in order of id. */
export async function loadPolicies(): Promise<readonly Patch[]> {
  return Promise.all(policyFiles().map(load));
}
