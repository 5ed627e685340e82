/**
 * What keeps patches from standing in one kernel, found before anything runs. Each message names
 * the policy, the kernel function and file, what it clashes with, and what to write instead.
 */
import { onceFor } from '../base/once.js';
import { didYouMean } from '../base/closest.js';
import { PatchError } from '../base/errors.js';
import { functionTags } from '../linux/function_tag.js';
import { differencesTo, versions } from '../linux/history/versions.js';
import type { KernelConfig } from '../linux/history/switches/config.js';
import { callsOf } from './calls.js';
import type { Patch } from './define.js';
import { cannotSleep, sleepingCalls } from './around.js';
import type { Entry, FunctionTable, ReadonlyTable } from './table.js';
import {
  applyAround, applyDifference, applyReplaces, applySubstitutes, applyWraps, baseTable, copyOf,
  entryOf, isSleeping, sleeps,
} from './table.js';

/** `build_zonerefs_node() in mm/page_alloc.c`. */
function named(fn: string): string {
  const tag = functionTags()[fn];
  return tag === undefined ? `${fn}()` : `${fn}() in ${tag.kernelFile}`;
}

/** `zonelists` of `zonelists/all_zones`: the question that the policy answers. */
export function questionOf(id: string): string {
  const slash = id.lastIndexOf('/');
  return slash < 0 ? '' : id.slice(0, slash);
}

/** Kernel functions whose body or calls the patch changes. */
export function touchedFunctions(patch: Patch): readonly string[] {
  const names = [patch.replaces, patch.substitutes, patch.around, patch.wraps]
    .flatMap((difference) => Object.keys(difference ?? {}));
  return [...new Set(names)].sort();
}

interface VersionParts {
  readonly table: ReadonlyTable;
  readonly config: KernelConfig;
}

const knownParts = new Map<string, VersionParts>();

/**
 * Functions and switches of a version, before any patch; the same objects each time.
 * Error: PatchError for a version that is not there.
 */
export function versionParts(version: string): VersionParts {
  const known = knownParts.get(version) ?? partsOf(version);
  knownParts.set(version, known);
  return known;
}

function partsOf(version: string): VersionParts {
  const differences = differencesTo(version);
  if (differences === undefined) {
    const known = versions.map((one) => one.id);
    throw new PatchError(
      `there is no base version ${version}${didYouMean(version, known)}\n` +
        `  there are ${known.at(-1)} to ${known[0]}: \`mmreplay list versions\``);
  }
  const table = baseTable();
  for (const difference of differences.bodies) {
    applyDifference(table, difference, { name: version, isPatch: false });
  }
  return { table, config: differences.config };
}

/** As versionParts(), the functions. */
export function versionTable(version: string): ReadonlyTable {
  return versionParts(version).table;
}

/** As versionTable(), for these patches to be applied to: what they change is its own. */
export function tableToPatch(version: string, series: readonly Patch[]): FunctionTable {
  const table = new Map(versionTable(version));
  for (const name of series.flatMap(touchedFunctions)) {
    const entry = table.get(name);
    if (entry !== undefined) table.set(name, copyOf(entry));
  }
  return table;
}

/** Ids that a patch comes after, its predecessors' predecessors included. */
function predecessors(patch: Patch, series: readonly Patch[]): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(patch.after ?? []), ...(patch.requires ?? [])];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    const earlier = series.find((one) => one.id === id);
    open.push(...(earlier?.after ?? []), ...(earlier?.requires ?? []));
  }
  return found;
}

function doesNotApply(version: string, earlier: string, later: string, why: string): string {
  return `${later} does not apply on ${version} + ${earlier}\n  ${why}`;
}

function laterPatchAdvice(earlier: string): string {
  return `if it is a later patch of the same series, say  after: ['${earlier}']`;
}

type Inside = Readonly<Record<string, object>> | undefined;

/** A callee that both change in the same caller. */
function changedByBoth(theirs: Inside, ours: Inside): readonly [string, string] | undefined {
  for (const [caller, callees] of Object.entries(ours ?? {})) {
    const callee = Object.keys(callees).find((name) => name in (theirs?.[caller] ?? {}));
    if (callee !== undefined) return [caller, callee];
  }
  return undefined;
}

/** What both do to the same calls of a function. */
function changedCalls(earlier: Patch, later: Patch): string | undefined {
  const sent = changedByBoth(earlier.substitutes as Inside, later.substitutes as Inside);
  if (sent !== undefined) return `both send ${sent[1]}() elsewhere inside ${named(sent[0])}`;
  const code = changedByBoth(earlier.around as Inside, later.around as Inside);
  return code && `both put code around ${code[1]}() inside ${named(code[0])}`;
}

function sharedFunctions(earlier: Patch, later: Patch): string | undefined {
  const theirs = touchedFunctions(earlier);
  const shared = touchedFunctions(later).filter((name) => theirs.includes(name));
  return shared.length === 0 ? undefined : `both change ${shared.map(named).join(' and ')}`;
}

/** A version switch that the two set to different values. */
function sharedSwitch(earlier: Patch, later: Patch): string | undefined {
  const theirs = new Map<string, unknown>(Object.entries(earlier.config ?? {}));
  for (const [name, value] of Object.entries(later.config ?? {})) {
    if (theirs.has(name) && theirs.get(name) !== value) {
      return `both set the switch ${name}, to ${theirs.get(name)} and to ${String(value)}`;
    }
  }
  return undefined;
}

function excludedBy(earlier: Patch, later: Patch): string | undefined {
  if (later.excludes?.includes(earlier.id) === true) return `${later.id} excludes it`;
  if (earlier.excludes?.includes(later.id) === true) return `${earlier.id} excludes it`;
  return undefined;
}

/** Why two patches of a series cannot stand together; undefined when they can. */
function clash(version: string, earlier: Patch, later: Patch, series: readonly Patch[]) {
  const excluded = excludedBy(earlier, later);
  if (excluded !== undefined) {
    return doesNotApply(version, earlier.id, later.id, `${excluded}\n  run them as two series`);
  }
  if (predecessors(later, series).has(earlier.id)) return undefined;
  const shared = changedCalls(earlier, later) ?? sharedFunctions(earlier, later) ??
    sharedSwitch(earlier, later);
  if (shared === undefined) return undefined;
  const question = questionOf(later.id);
  const variants = question !== '' && question === questionOf(earlier.id)
    ? `\n  they are variants of one question, ${question}: run them as two series, ` +
      `-p ${earlier.id} -p ${later.id}`
    : '';
  return doesNotApply(
    version, earlier.id, later.id, `${shared}${variants}\n  ${laterPatchAdvice(earlier.id)}`);
}

/** The first lines of what is wrong with a change of a call that nobody makes. */
function notCalled(entry: Entry, patch: Patch, version: string, callee: string): string {
  const on = [version, ...entry.patches.filter((id) => id !== patch.id)].join(' + ');
  const calls = [...callsOf(entry).names].sort().join(', ') || 'no kernel function';
  return `${patch.id} does not apply on ${on}\n` +
    `  ${named(entry.name)} does not call ${callee}() there; it calls ${calls}`;
}

/** Code around a call that the caller does not make, or that sleeps where it cannot. */
function deadCode(table: FunctionTable, patch: Patch, version: string): readonly string[] {
  const problems: string[] = [];
  for (const [caller, callees] of Object.entries(patch.around ?? {})) {
    const entry = entryOf(table, caller, patch.id);
    const { names, open } = callsOf(entry);
    for (const [callee, code] of Object.entries(callees)) {
      entryOf(table, callee, patch.id);
      if (!open && !names.has(callee)) {
        problems.push(`${notCalled(entry, patch, version, callee)}\n` +
          '  put the code around one of these, or give the function a new body with  replaces');
      } else if (isSleeping(code) && !sleeps(callee) &&
        (!sleeps(caller) || (!open && !sleepingCalls(entry).includes(callee)))) {
        problems.push(cannotSleep(patch.id, entry, callee));
      }
    }
  }
  return problems;
}

/**
 * Calls inside `caller` that the version sends already where the patch wants them: the substitution
 * changes nothing, and what it is for is what the kernel does.
 */
export function doneAlready(version: string, patch: Patch, caller: string): readonly string[] {
  const entry = versionTable(version).get(caller);
  const callees = Object.entries(patch.substitutes ?? {}).find(([name]) => name === caller)?.[1];
  if (entry === undefined) return [];
  const { names } = callsOf(entry);
  return Object.entries(callees ?? {})
    .filter(([callee, target]) =>
      typeof target === 'string' && names.has(target) && !names.has(callee))
    .map(([callee]) => callee);
}

/** Substitutions of a call that the caller, as it stands by then, does not make. */
function deadSubstitutions(table: FunctionTable, patch: Patch, version: string): readonly string[] {
  const problems: string[] = [];
  for (const [caller, callees] of Object.entries(patch.substitutes ?? {})) {
    const entry = entryOf(table, caller, patch.id);
    const calls = callsOf(entry);
    for (const [callee, target] of Object.entries(callees)) {
      entryOf(table, callee, patch.id);
      const already = typeof target === 'string' && calls.names.has(target);
      if (calls.open || calls.names.has(callee) || already) continue;
      problems.push(`${notCalled(entry, patch, version, callee)}\n` +
        '  substitute one of these, or give the function a new body with  replaces' +
        (patch.base === version ? ''
          : `; it was made against ${patch.base}: --base ${patch.base}`));
    }
  }
  return problems;
}

function repeated(series: readonly Patch[]): readonly string[] {
  const ids = series.map((patch) => patch.id);
  return ids
    .filter((id, index) => ids.indexOf(id) !== index)
    .map((id) => `${id} is in the series twice\n  leave one of them out`);
}

function withoutBase(patch: Patch): readonly string[] {
  const known = versions.map((version) => version.id);
  if (known.includes(patch.base)) return [];
  return [`${patch.id} says it was made against ${patch.base}, which the model does not have` +
    `${didYouMean(patch.base, known)}\n  base is one of ${known.join(', ')}`];
}

/** Everything that keeps the series, in its order, from standing on the version. */
export function conflictsOf(version: string, series: readonly Patch[]): readonly string[] {
  const table = tableToPatch(version, series);
  const problems = [...repeated(series), ...series.flatMap(withoutBase)];
  series.forEach((later, index) => {
    for (const earlier of series.slice(0, index)) {
      const problem = earlier.id === later.id ? undefined : clash(version, earlier, later, series);
      if (problem !== undefined) problems.push(problem);
    }
    const owner = { name: later.id, isPatch: true };
    applyReplaces(table, later, owner);
    problems.push(...deadSubstitutions(table, later, version));
    applySubstitutes(table, later, owner);
    problems.push(...deadCode(table, later, version));
    applyAround(table, later, owner);
    applyWraps(table, later, owner);
  });
  return problems;
}

/** The patches compose on this version, together. */
export function standsOn(version: string, series: readonly Patch[]): boolean {
  return conflictsOf(version, series).length === 0;
}

/** Versions on which a list of patches was found to stand: it is composed for every trace. */
const foundToStand = onceFor((_series: readonly Patch[]) => new Set<string>());

/** Errors: PatchError with every conflict, before anything runs. */
export function checkSeries(version: string, series: readonly Patch[]): void {
  const known = foundToStand(series);
  if (known.has(version)) return;
  const problems = conflictsOf(version, series);
  if (problems.length > 0) throw new PatchError(problems.join('\nerror: '));
  known.add(version);
}
