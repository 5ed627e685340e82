/** What of the kernel that the model has changed between two versions. */
import { addTo } from '../base/long_lists.js';
import { posix } from 'node:path';
import { createTwoFilesPatch, diffArrays } from 'diff';
import { functionTags, type FunctionTag } from '../linux/function_tag.js';
import { loadPolicies } from '../patch/catalogue.js';
import { touchedFunctions, versionTable } from '../patch/conflicts.js';
import type { Entry } from '../patch/table.js';
import { byAge } from '../linux/history/since.js';
import { versions } from '../linux/history/versions.js';
import type { CFunction } from './c_functions.js';
import { commitsBetween, type Commit } from './commits.js';
import type { KernelTree } from './kernel_tree.js';
import { Lookup, mainlineOf, type Found } from './lookup.js';
import { interfaceDrift, type InterfaceDrift } from './interfaces.js';

/**
 * `layout`: comments or layout only; `renamed`: its name only; `came`, `went`: one of the two does
 * not have it; `untold`: the folder of its file is not in the sources.
 */
export type Change =
  'same' | 'layout' | 'renamed' | 'changed' | 'came' | 'went' | 'in_neither' | 'untold';

export interface FunctionDrift {
  /** The model's name. */
  readonly name: string;
  readonly change: Change;
  /** Name and file in the two kernels. */
  readonly old: Place | undefined;
  readonly now: Place | undefined;
  /** Lines of code, comments and empty lines left out. */
  readonly added: number;
  readonly removed: number;
  /** The version whose text the model was made from: its tag. */
  readonly readAt: string;
  readonly fidelity: FunctionTag['fidelity'];
  /** The new text was not read: the tag is of an older version, and the text is another. */
  readonly unread: boolean;
  /** Policies of the tree that change the function. */
  readonly policies: readonly string[];
  /** Version switches that the model's function reads. */
  readonly switches: readonly string[];
  /** Newest first; undefined: not two revisions of a clone. */
  readonly commits: readonly Commit[] | undefined;
}

export interface Place {
  readonly name: string;
  readonly path: string;
}

/** A function that only one of the two kernels has, in a file that the model covers. */
export interface OtherFunction extends Place {
  /** Functions of the model, by the model's names, whose text in that kernel calls it. */
  readonly calledBy: readonly string[];
}

export interface Drift {
  readonly format: 1;
  readonly old: TreeName;
  readonly now: TreeName;
  readonly functions: readonly FunctionDrift[];
  /** In files that both have. */
  readonly appeared: readonly OtherFunction[];
  readonly vanished: readonly OtherFunction[];
  /** Files of the model's functions that one of them does not have. */
  readonly files: { readonly onlyOld: readonly string[]; readonly onlyNew: readonly string[] };
  readonly interfaces: InterfaceDrift;
}

export interface TreeName {
  readonly source: string;
  readonly version: string;
}

type Modelled = readonly (readonly [name: string, tag: FunctionTag])[];

/** Functions of the model that are functions of the kernel. */
export function modelled(): Modelled {
  return Object.entries(functionTags()).filter(([, tag]) => tag.fidelity !== 'custom');
}

const placeOf = (found: Found | undefined): Place | undefined =>
  (found === undefined ? undefined : { name: found.fn.name, path: found.path });

/** Without the function's own name: one that was renamed alone is the same. */
function unnamed(text: string, { name }: CFunction): string {
  return text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), '()');
}

function changeOf(old: Found | undefined, now: Found | undefined): Change {
  if (old === undefined) return now === undefined ? 'in_neither' : 'came';
  if (now === undefined) return 'went';
  if (unnamed(old.fn.code, old.fn) !== unnamed(now.fn.code, now.fn)) return 'changed';
  if (old.fn.name !== now.fn.name) return 'renamed';
  return old.fn.text === now.fn.text ? 'same' : 'layout';
}

function lineCounts(old: Found | undefined, now: Found | undefined): {
  readonly added: number; readonly removed: number;
} {
  const lines = (found: Found | undefined): string[] => (found === undefined ? []
    : found.fn.lines.map((line) => unnamed(line, found.fn)));
  const parts = diffArrays(lines(old), lines(now));
  const count = (wanted: 'added' | 'removed'): number =>
    parts.filter((part) => part[wanted]).reduce((sum, part) => sum + part.value.length, 0);
  return { added: count('added'), removed: count('removed') };
}

/** Whether there is something to read. */
export function isChange(change: Change): boolean {
  return change === 'changed' || change === 'came' || change === 'went';
}

/** Whether the text of NEW is one that nobody has read for the model. */
function isUnread(change: Change, readAt: string, now: KernelTree, old: KernelTree): boolean {
  if (!isChange(change)) return false;
  const read = /^v\d+\.\d+/.exec(readAt)?.[0] ?? readAt;
  if (byAge(read, mainlineOf(now.version)) >= 0) return false;
  // What went was read in a version that had it; the model has it for those that do.
  return change !== 'went' || byAge(read, mainlineOf(old.version)) === 0;
}

function switchesOf(entry: Entry | undefined): readonly string[] {
  const texts = entry?.texts.map(String).join('\n') ?? '';
  const read = [...texts.matchAll(/\bconfig\.(\w+)/g)].map((match) => match[1] ?? '');
  return [...new Set(read)].sort();
}

function callsIn(fn: CFunction, names: ReadonlySet<string>): readonly string[] {
  const body = fn.code.slice(fn.prototype.length);
  return [...new Set([...body.matchAll(/\b([A-Za-z_]\w*)\(/g)].map((match) => match[1] ?? ''))]
    .filter((name) => names.has(name));
}

interface Pair {
  readonly name: string;
  readonly tag: FunctionTag;
  readonly old: Found | undefined;
  readonly now: Found | undefined;
}

/** Functions that one side has alone, those that functions of the model call first. */
function alone(
  side: Lookup, other: Lookup, files: readonly string[], pairs: readonly Pair[],
  which: 'old' | 'now',
): readonly OtherFunction[] {
  const there = new Set(files.flatMap((path) => [...other.file(path).keys()]));
  // Renamed or moved functions are told as that; a header may have a stub of what a file has.
  const told = new Set(pairs.flatMap((pair) =>
    (pair.old === undefined || pair.now === undefined ? [] : [pair[which]?.fn.name ?? ''])));
  const found = [...new Map(files.flatMap((path) => [...side.file(path).keys()]
    .filter((name) => !there.has(name) && !told.has(name))
    .map((name) => [name, { name, path }] as const))).values()];
  const names = new Set(found.map(({ name }) => name));
  const callers = new Map<string, string[]>();
  for (const pair of pairs) {
    const mine = pair[which];
    if (mine === undefined) continue;
    for (const name of callsIn(mine.fn, names)) {
      addTo(callers, name, pair.name);
    }
  }
  return found.map((one) => ({ ...one, calledBy: (callers.get(one.name) ?? []).sort() }))
    .sort((a, b) => Number(b.calledBy.length > 0) - Number(a.calledBy.length > 0));
}

/** How one function's text differs, as a unified diff; undefined: neither has it. */
export function functionDiff(
  oldTree: KernelTree, newTree: KernelTree, name: string, kernelFile: string,
): string | undefined {
  const [old, now] = [oldTree, newTree].map((tree) => new Lookup(tree).find(name, kernelFile));
  if (old === undefined && now === undefined) return undefined;
  const file = (tree: KernelTree, found: Found | undefined): string =>
    `${tree.version}/${found?.path ?? ''}`;
  const text = (found: Found | undefined): string =>
    (found === undefined ? '' : `${found.fn.text}\n`);
  return createTwoFilesPatch(
    file(oldTree, old), file(newTree, now), text(old), text(now), name, name);
}

async function policiesByFunction(): Promise<ReadonlyMap<string, readonly string[]>> {
  const by = new Map<string, string[]>();
  for (const patch of await loadPolicies()) {
    for (const name of touchedFunctions(patch)) addTo(by, name, patch.id);
  }
  return by;
}

/** Everything that changed for the model between two trees. */
export async function drift(oldTree: KernelTree, newTree: KernelTree): Promise<Drift> {
  const [old, now] = [new Lookup(oldTree), new Lookup(newTree)];
  const pairs = modelled().map(([name, tag]): Pair => ({
    name, tag, old: old.find(name, tag.kernelFile), now: now.find(name, tag.kernelFile) }));
  const table = versionTable(versions[0]?.id ?? '');
  const policies = await policiesByFunction();
  const commits = commitsBetween(oldTree, newTree, pairs.flatMap((one) => [one.old, one.now]));
  const functions = pairs.map(({ name, tag, ...pair }): FunctionDrift => {
    const folder = posix.dirname(tag.kernelFile);
    const change = [oldTree, newTree].some((tree) => tree.list(folder).length === 0) ? 'untold'
      : changeOf(pair.old, pair.now);
    return {
      name, change, old: placeOf(pair.old), now: placeOf(pair.now),
      ...lineCounts(pair.old, pair.now), readAt: tag.version, fidelity: tag.fidelity,
      unread: isUnread(change, tag.version, newTree, oldTree),
      policies: policies.get(name) ?? [], switches: switchesOf(table.get(name)),
      commits: isChange(change) ? commits?.(pair.old, pair.now) : commits && [],
    };
  });
  const covered = [...new Set(pairs.map(({ tag }) => tag.kernelFile))].sort();
  const has = (tree: KernelTree) => (path: string): boolean => tree.read(path) !== undefined;
  const [inOld, inNew] = [covered.filter(has(oldTree)), covered.filter(has(newTree))];
  const both = inOld.filter((path) => inNew.includes(path));
  return {
    format: 1,
    old: { source: oldTree.source, version: oldTree.version },
    now: { source: newTree.source, version: newTree.version },
    functions,
    appeared: alone(now, old, both, pairs, 'now'),
    vanished: alone(old, now, both, pairs, 'old'),
    files: {
      onlyOld: inOld.filter((path) => !inNew.includes(path)),
      onlyNew: inNew.filter((path) => !inOld.includes(path)),
    },
    interfaces: interfaceDrift(old, now),
  };
}
