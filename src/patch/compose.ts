/**
 * A kernel = a version + a series of patches. The function table is filled from src/mm, each
 * difference is applied in order, then every function is bound to the kernel, so that model code
 * calls `k.name(...)`.
 */
import { PatchError } from '../base/errors.js';
import * as functions from '../mm/functions.js';
import { bootNewest } from '../mm/config_boot.js';
import { hotplugNewest } from '../mm/config_hotplug.js';
import { pageAllocNewest } from '../mm/config_page_alloc.js';
import type { Difference } from '../mm/difference.js';
import type { Kernel, KernelFn } from '../mm/kernel.js';
import type { Machine } from '../mm/machine.js';
import { emptyState } from '../mm/state.js';
import { differencesTo, versions } from '../mm/versions/versions.js';
import type { Patch } from './define.js';

/** Watches calls of kernel functions; sees only those it names. */
export interface CallWatcher {
  /** Functions whose calls are told; undefined watches none but those that patches touch. */
  readonly functions: ReadonlySet<string>;
  enter(fn: string, args: readonly unknown[]): void;
  leave(fn: string, result: unknown): void;
  /** A function that a patch of the series replaced, wrapped or changed is entered. */
  patched(fn: string, patch: string): void;
}

type AnyFunction = (k: Kernel, ...args: never[]) => unknown;
type Call = (...args: never[]) => unknown;

interface Entry {
  body: AnyFunction;
  /** Callee name to what is called instead, inside this function only. */
  redirected: Map<string, AnyFunction | string>;
  /** Ids of the patches that touched it, in order. */
  patches: string[];
}

function baseTable(): Map<string, Entry> {
  const table = new Map<string, Entry>();
  for (const [name, body] of Object.entries(functions)) {
    if (typeof body !== 'function') continue;
    table.set(name, { body: body as AnyFunction, redirected: new Map(), patches: [] });
  }
  return table;
}

function entryOf(table: Map<string, Entry>, name: string, owner: string): Entry {
  const entry = table.get(name);
  if (entry !== undefined) return entry;
  throw new PatchError(
    `${owner} names the kernel function ${name}(), which this version does not have; ` +
      '`mmreplay list functions` names them all');
}

/** Applies one difference to the table; `owner` is the patch id or the version. */
function apply(table: Map<string, Entry>, difference: Difference, owner: string, patch: boolean) {
  const touch = (name: string): Entry => {
    const entry = entryOf(table, name, owner);
    if (patch && !entry.patches.includes(owner)) entry.patches.push(owner);
    return entry;
  };
  for (const [name, body] of Object.entries(difference.replaces ?? {})) {
    const entry = touch(name);
    entry.body = body as AnyFunction;
    entry.redirected = new Map();
  }
  for (const [caller, callees] of Object.entries(difference.substitutes ?? {})) {
    const entry = touch(caller);
    for (const [callee, target] of Object.entries(callees)) {
      entryOf(table, callee, owner);
      if (typeof target === 'string') entryOf(table, target, owner);
      entry.redirected.set(callee, target as AnyFunction | string);
    }
  }
  for (const [name, wrap] of Object.entries(difference.wraps ?? {})) {
    const entry = touch(name);
    const inner = entry.body;
    entry.body = (wrap as unknown as (next: AnyFunction) => AnyFunction)(inner);
  }
}

function isGenerator(value: unknown): value is Generator<string, unknown, void> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value &&
    typeof (value as { next?: unknown }).next === 'function';
}

/** Tells the watcher of entry and exit, also of functions that sleep. */
function watched(name: string, entry: Entry, call: Call, watcher: CallWatcher): Call {
  const last = entry.patches.at(-1);
  const tell = watcher.functions.has(name);
  function* finish(steps: Generator<string, unknown, void>, args: never[]) {
    if (tell) watcher.enter(name, args);
    const result = yield* steps;
    if (tell) watcher.leave(name, result);
    return result;
  }
  return (...args) => {
    if (last !== undefined) watcher.patched(name, last);
    const result = call(...args);
    if (isGenerator(result)) return finish(result, args);
    return result;
  };
}

/** As `watched`, for a function that does not sleep: entry is told before its body runs. */
function watchedPlain(name: string, entry: Entry, call: Call, watcher: CallWatcher): Call {
  const last = entry.patches.at(-1);
  const tell = watcher.functions.has(name);
  return (...args) => {
    if (last !== undefined) watcher.patched(name, last);
    if (tell) watcher.enter(name, args);
    const result = call(...args);
    if (tell) watcher.leave(name, result);
    return result;
  };
}

const GeneratorFunction = Object.getPrototypeOf(function* () {}).constructor as Function;

/** A function that sleeps: a generator function, before any wrapping. */
function sleeps(body: AnyFunction): boolean {
  return body instanceof GeneratorFunction;
}

function bindAll(base: object, table: Map<string, Entry>, watcher: CallWatcher | undefined): Kernel {
  const k = base as Kernel & Record<string, unknown>;
  for (const [name, entry] of table) {
    let self: Kernel = k;
    if (entry.redirected.size > 0) {
      const view = Object.create(k) as Kernel & Record<string, unknown>;
      for (const [callee, target] of entry.redirected) {
        Object.defineProperty(view, callee, typeof target === 'string'
          ? { get: () => k[target] }
          : { value: (target as AnyFunction).bind(undefined, k) });
      }
      self = view;
    }
    let call = entry.body.bind(undefined, self) as Call;
    if (watcher !== undefined && (watcher.functions.has(name) || entry.patches.length > 0)) {
      call = (sleeps(functions[name as KernelFn] as AnyFunction) ? watched : watchedPlain)(
        name, entry, call, watcher);
    }
    Object.defineProperty(k, name, { value: call });
  }
  return k;
}

/**
 * The kernel of this version with this series applied, not yet booted (`k.start_kernel()`).
 * Errors: PatchError for an unknown version or function.
 */
export function compose(
  version: string, series: readonly Patch[], machine: Machine, watcher?: CallWatcher,
): Kernel {
  const differences = differencesTo(version);
  if (differences === undefined) {
    const known = versions.map((one) => one.id).join(', ');
    throw new PatchError(`there is no base version ${version}; there are ${known}`);
  }
  const table = baseTable();
  const config = { ...bootNewest, ...pageAllocNewest, ...hotplugNewest };
  for (const difference of differences) {
    apply(table, difference, version, false);
    Object.assign(config, difference.config);
  }
  for (const patch of series) {
    apply(table, patch, patch.id, true);
    Object.assign(config, patch.config);
  }
  const k = bindAll({ version, machine, config, state: emptyState() }, table, watcher);
  for (const patch of series) {
    const state = patch.adds?.state?.(k);
    if (state !== undefined) k.state.added.set(patch.id, state);
  }
  return k;
}
