/**
 * A kernel = a version + a series of patches. The function table is filled from src/linux, each
 * difference is applied in order, then every function is bound to the kernel, so that model code
 * calls `k.name(...)`.
 */
import type { Kernel } from '../linux/base/kernel.js';
import type { Machine } from '../linux/base/machine.js';
import { emptyState } from '../linux/base/state.js';
import { isSteps, withAround, type Call } from './around.js';
import { checkedResult } from './check/result.js';
import { checkSeries, versionParts } from './conflicts.js';
import type { Patch } from './define.js';
import type { AnyFunction, Entry, FunctionTable, Redirect } from './table.js';
import { applyDifference, sleeps } from './table.js';

/** Watches calls of kernel functions; sees only those it names. */
export interface CallWatcher {
  /** Functions whose calls are told; undefined watches none but those that patches touch. */
  readonly functions: ReadonlySet<string>;
  enter(fn: string, args: readonly unknown[]): void;
  leave(fn: string, result: unknown): void;
  /** A function that a patch of the series replaced, wrapped or changed is entered. */
  patched(fn: string, patch: string): void;
  /** Inside `caller`, a call of `callee` goes where the patch sent it, or through its code. */
  substituted?(caller: string, callee: string, patch: string): void;
}

/** Tells the watcher of entry and exit, also of functions that sleep. */
function watched(name: string, entry: Entry, call: Call, watcher: CallWatcher): Call {
  const tell = watcher.functions.has(name);
  function* finish(steps: Generator<string, unknown, void>, args: never[]) {
    if (tell) watcher.enter(name, args);
    const result = yield* steps;
    if (tell) watcher.leave(name, result);
    return result;
  }
  return (...args) => {
    for (const patch of entry.patches) watcher.patched(name, patch);
    const result = call(...args);
    if (isSteps(result)) return finish(result, args);
    return result;
  };
}

/** As `watched`, for a function that does not sleep: entry is told before its body runs. */
function watchedPlain(name: string, entry: Entry, call: Call, watcher: CallWatcher): Call {
  const tell = watcher.functions.has(name);
  return (...args) => {
    for (const patch of entry.patches) watcher.patched(name, patch);
    if (tell) watcher.enter(name, args);
    const result = call(...args);
    if (tell) watcher.leave(name, result);
    return result;
  };
}

/** The call that stands where `caller` calls `callee`. */
function redirectedCall(
  k: Kernel, caller: string, callee: string, to: Redirect, watcher: CallWatcher | undefined,
): Call {
  const call = typeof to.target === 'string'
    ? (k as unknown as Record<string, Call>)[to.target] as Call
    : (to.target as AnyFunction).bind(undefined, k) as Call;
  const { patch } = to;
  if (patch === undefined || watcher?.substituted === undefined) return call;
  return (...args) => {
    watcher.substituted?.(caller, callee, patch);
    return call(...args);
  };
}

function bindAll(
  base: object, table: FunctionTable, series: readonly Patch[], watcher: CallWatcher | undefined,
): Kernel {
  const k = base as Kernel;
  const views: (() => void)[] = [];
  for (const [name, entry] of table) {
    let self = k;
    if (entry.redirected.size > 0) {
      const view = Object.create(k) as Kernel;
      self = view;
      views.push(() => {
        for (const [callee, to] of entry.redirected) {
          const value = redirectedCall(k, name, callee, to, watcher);
          Object.defineProperty(view, callee, { value });
        }
      });
    }
    const body = entry.around.size === 0 ? entry.body
      : withAround(entry, self, watcher?.substituted?.bind(watcher));
    const last = series.find((patch) => patch.id === entry.patches.at(-1));
    let call = checkedResult(name, body.bind(undefined, self) as Call, sleeps(name), last);
    if (watcher !== undefined && (watcher.functions.has(name) || entry.patches.length > 0)) {
      call = (sleeps(name) ? watched : watchedPlain)(name, entry, call, watcher);
    }
    Object.defineProperty(k, name, { value: call });
  }
  // Last, because a view holds the finished calls that its function's own calls are sent to.
  for (const fill of views) fill();
  return k;
}

/**
 * The kernel of this version with this series applied, not yet booted (`k.start_kernel()`).
 * Errors: PatchError for an unknown version or function, and for patches that clash.
 */
export function compose(
  version: string, series: readonly Patch[], machine: Machine, watcher?: CallWatcher,
): Kernel {
  checkSeries(version, series);
  const { table, config: released } = versionParts(version);
  const config = { ...released };
  for (const patch of series) {
    applyDifference(table, patch, { name: patch.id, isPatch: true });
    Object.assign(config, patch.config);
  }
  const k = bindAll({ version, machine, config, state: emptyState() }, table, series, watcher);
  for (const patch of series) {
    const state = patch.adds?.state?.(k);
    if (state !== undefined) k.state.added.set(patch.id, state);
  }
  return k;
}
