/** The function table of a kernel being composed: base bodies with differences applied in order. */
import { didYouMean } from '../base/closest.js';
import { PatchError } from '../base/errors.js';
import * as functions from '../linux/functions.js';
import type { CallInside, Difference } from '../linux/base/difference.js';
import type { Kernel, KernelFn } from '../linux/base/kernel.js';
import { handsOnLess, wrappedWithRest } from './handed_on.js';
import type { AnyFunction } from './any_function.js';

/** What a call goes to instead of the function that the text names. */
export interface Redirect {
  readonly target: AnyFunction | string;
  /** The patch that says so; undefined: the base version. */
  readonly patch: string | undefined;
}

/** Code around the calls of one callee, in the order in which it was put there. */
export interface Layer {
  readonly code: AroundCode;
  /** The patch that says so; undefined: the base version. */
  readonly patch: string | undefined;
}

/** `Around` of any caller and callee. */
export type AroundCode = (
  next: (...args: never[]) => unknown, k: Kernel, call: CallInside<KernelFn, KernelFn>) => unknown;

export interface Entry {
  readonly name: string;
  body: AnyFunction;
  /** What `body` is made of, for the search of calls: the function and what was put around it. */
  texts: readonly { toString(): string }[];
  /** Callee as the text names it to what is called, inside this function only. */
  redirected: Map<string, Redirect>;
  /** Callee as the text names it to the code around its calls, inside this function only. */
  around: Map<string, readonly Layer[]>;
  /** Patches whose code is in it, in order; those that a later body replaced are not. */
  patches: readonly string[];
}

export type FunctionTable = Map<string, Entry>;
export type ReadonlyTable = ReadonlyMap<string, Entry>;

/** For differences that are not to change the other one. */
export function copyOf(entry: Entry): Entry {
  return { ...entry, redirected: new Map(entry.redirected), around: new Map(entry.around) };
}

/** A module's exports are slow to go through, and a kernel is composed for every policy. */
const asWritten = new Map<string, unknown>(Object.entries(functions));

/** The newest version, with nothing changed. */
export function baseTable(): FunctionTable {
  const table: FunctionTable = new Map();
  for (const [name, value] of asWritten) {
    if (typeof value !== 'function') continue;
    const body = value as AnyFunction;
    table.set(name, { name, body, texts: [body], redirected: new Map(), around: new Map(),
      patches: [] });
  }
  return table;
}

/** The calls inside the function go where its text says. */
export function callsAsWritten(table: ReadonlyTable, name: string): boolean {
  const entry = table.get(name);
  return entry !== undefined && entry.redirected.size === 0 && entry.around.size === 0;
}

/** The function is that of src/linux, in this version and with these patches. */
export function isAsWritten(table: ReadonlyTable, name: string): boolean {
  return table.get(name)?.body === asWritten.get(name) && callsAsWritten(table, name);
}

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor as Function;

/** A generator function: code that sleeps. */
export function isSleeping(code: unknown): boolean {
  return code instanceof GeneratorFunction;
}

/** The model has it: a policy did not add it. */
export function modelHas(name: string): boolean {
  return asWritten.has(name);
}

/** A kernel function that sleeps: a generator function, before any wrapping. */
export function sleeps(name: string): boolean {
  return isSleeping(asWritten.get(name));
}

/** Error: PatchError with the nearest names when the model has no such function. */
export function entryOf(table: FunctionTable, name: string, owner: string): Entry {
  const entry = table.get(name);
  if (entry !== undefined) return entry;
  throw new PatchError(
    `${owner} names the kernel function ${name}(), which the model does not have` +
      `${didYouMean(name, table.keys())}\n  \`mmreplay list functions\` names them all`);
}

/** Who makes a difference: a patch by its id, or the base version. */
export interface Owner {
  readonly name: string;
  readonly isPatch: boolean;
}

function touch(table: FunctionTable, name: string, owner: Owner): Entry {
  const entry = entryOf(table, name, owner.name);
  if (owner.isPatch && !entry.patches.includes(owner.name)) {
    entry.patches = [...entry.patches, owner.name];
  }
  return entry;
}

/** New bodies: what earlier differences did inside the function is gone with the old one. */
export function applyReplaces(table: FunctionTable, difference: Difference, owner: Owner): void {
  for (const [name, body] of Object.entries(difference.replaces ?? {})) {
    const entry = entryOf(table, name, owner.name);
    entry.body = body as AnyFunction;
    entry.texts = [entry.body];
    entry.redirected = new Map();
    entry.around = new Map();
    entry.patches = owner.isPatch ? [owner.name] : [];
  }
}

/** Calls that go elsewhere; a call that already went elsewhere counts under its present name. */
export function applySubstitutes(table: FunctionTable, difference: Difference, owner: Owner): void {
  for (const [caller, callees] of Object.entries(difference.substitutes ?? {})) {
    const entry = touch(table, caller, owner);
    for (const [callee, target] of Object.entries(callees)) {
      entryOf(table, callee, owner.name);
      if (typeof target === 'string') entryOf(table, target, owner.name);
      redirect(entry, callee, {
        target: target as AnyFunction | string, patch: owner.isPatch ? owner.name : undefined });
    }
  }
}

function redirect(entry: Entry, callee: string, to: Redirect): void {
  // A call that an earlier difference took out, or gave code of its own, has no other name.
  const named = typeof entry.redirected.get(callee)?.target === 'string';
  for (const [inText, now] of entry.redirected) {
    if (now.target === callee) entry.redirected.set(inText, to);
  }
  if (!named) entry.redirected.set(callee, to);
}

/** Names that calls of `callee` have in the text, where some went to it by a substitution. */
function namesInText(entry: Entry, callee: string): readonly string[] {
  const sent = [...entry.redirected].filter(([, { target }]) => target === callee);
  return sent.length === 0 ? [callee] : sent.map(([inText]) => inText);
}

/** Code around calls, the later outside of the earlier. Its text is text of the caller. */
export function applyAround(table: FunctionTable, difference: Difference, owner: Owner): void {
  for (const [caller, callees] of Object.entries(difference.around ?? {})) {
    const entry = touch(table, caller, owner);
    for (const [callee, code] of Object.entries(callees)) {
      entryOf(table, callee, owner.name);
      const layer = {
        code: code as unknown as AroundCode, patch: owner.isPatch ? owner.name : undefined };
      for (const name of namesInText(entry, callee)) {
        entry.around.set(name, [...entry.around.get(name) ?? [], layer]);
      }
      entry.texts = [...entry.texts, code];
    }
  }
}

/** Code around the whole function, as it stands after replacing and substituting. */
export function applyWraps(table: FunctionTable, difference: Difference, owner: Owner): void {
  for (const [name, wrap] of Object.entries(difference.wraps ?? {})) {
    const entry = touch(table, name, owner);
    const around = wrap as unknown as (next: AnyFunction) => AnyFunction;
    entry.body = handsOnLess(wrap, name)
      ? wrappedWithRest(around, entry.body, sleeps(name)) : around(entry.body);
    entry.texts = [...entry.texts, wrap];
  }
}

/** Applies one difference: new bodies, changed calls, code around calls, around functions. */
export function applyDifference(table: FunctionTable, difference: Difference, owner: Owner): void {
  applyReplaces(table, difference, owner);
  applySubstitutes(table, difference, owner);
  applyAround(table, difference, owner);
  applyWraps(table, difference, owner);
}
