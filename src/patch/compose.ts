/**
 * A kernel = a version + a series of patches. The function table is filled from src/linux, each
 * difference is applied in order, and every function is bound to the kernel when it is first asked
 * for, so that model code calls `k.name(...)`.
 */
import { PatchError } from '../base/errors.js';
import type { Kernel, KernelFn } from '../linux/base/kernel.js';
import type { Machine } from '../linux/base/machine.js';
import { emptyState } from '../linux/base/state.js';
import { PASSED_BY, PASSING_BY } from '../linux/mm/page_alloc/direct.js';
import { isSteps, withAround, type Call } from './around.js';
import { checkedResult } from './check/result.js';
import {
  checkSeries, tableToPatch, touchedFunctions, versionParts, versionTable,
} from './conflicts.js';
import { makeState, type PolicyEvent } from './additions.js';
import type { Patch } from './define.js';
import type { AnyFunction } from './any_function.js';
import type { Entry, ReadonlyTable, Redirect } from './table.js';
import {
  applyDifference, callsAsWritten, entryOf, isAsWritten, isSleeping, modelHas, sleeps,
} from './table.js';

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
  /** A switch that a patch sets is read for the first time. */
  switchRead?(name: string): void;
}

/** The switches as they are read: of those that the series sets, the first time is told. */
function toldSwitches(
  config: Readonly<Record<string, unknown>>, series: readonly Patch[], watcher: CallWatcher,
): void {
  // Two patches may set one switch, to one value: looking at it a second time is no reading.
  for (const name of new Set(series.flatMap(({ config: own }) => Object.keys(own ?? {})))) {
    const value = config[name];
    const plain = { value, enumerable: true, configurable: true, writable: true };
    Object.defineProperty(config, name, { enumerable: true, configurable: true, get: () => {
      Object.defineProperty(config, name, plain);
      watcher.switchRead?.(name);
      return value;
    } });
  }
}

/**
 * What stands around the calls of kernel functions and is no part of the kernel: whoever runs it
 * knows what comes of a call without making it. A call that is not made is told to nobody.
 */
export type StandIns = {
  readonly [N in KernelFn]?: (k: Kernel, call: Kernel[N]) => Kernel[N];
};

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

/** What binds the functions of one kernel. */
interface Binding {
  readonly k: Kernel;
  readonly series: readonly Patch[];
  readonly watcher: CallWatcher | undefined;
  readonly standIns: StandIns;
}

const binding = Symbol('binding');
type Bound = Record<string, unknown> & { readonly [binding]: Binding };

/** The function as this kernel calls it; from now on a property of the kernel itself. */
function bindOne({ k, series, watcher, standIns }: Binding, name: string, entry: Entry): Call {
  const view = entry.redirected.size === 0 ? undefined : Object.create(k) as Kernel;
  const self = view ?? k;
  const body = entry.around.size === 0 ? entry.body
    : withAround(entry, k, self, watcher?.substituted?.bind(watcher));
  const last = series.find((patch) => patch.id === entry.patches.at(-1));
  const maySleep = modelHas(name) ? sleeps(name) : isSleeping(entry.body);
  let call = checkedResult(name, body.bind(undefined, self) as Call, maySleep, last);
  if (watcher !== undefined && (watcher.functions.has(name) || entry.patches.length > 0)) {
    call = (maySleep ? watched : watchedPlain)(name, entry, call, watcher);
  }
  const around = standIns[name as KernelFn] as ((k: Kernel, call: Call) => Call) | undefined;
  if (around !== undefined) call = around(k, call);
  // Fault injection can put itself in front of it.
  Object.defineProperty(k, name, { value: call, configurable: true });
  // Last, because its function's own calls can be sent to functions that call this one.
  for (const [callee, to] of entry.redirected) {
    Object.defineProperty(view, callee, { value: redirectedCall(k, name, callee, to, watcher) });
  }
  return call;
}

/** A property that binds the function when it is first asked for. */
function unbound(name: string, entry: Entry): PropertyDescriptor & ThisType<Bound> {
  return {
    configurable: true,
    get() {
      return bindOne(this[binding], name, entry);
    },
    // As of what is bound: it cannot be written.
    set(value) {
      bindOne(this[binding], name, entry);
      this[name] = value;
    },
  };
}

/** Of its hundreds of functions a kernel calls some; all of a version share what binds them. */
const prototypes = new Map<string, object>();

function prototypeOf(version: string): object {
  const known = prototypes.get(version);
  if (known !== undefined) return known;
  const made = {};
  for (const [name, entry] of versionTable(version)) {
    Object.defineProperty(made, name, unbound(name, entry));
  }
  prototypes.set(version, made);
  return made;
}

/** Functions, node states and counters of the policy's own. */
function addTo(k: Kernel, { id, adds = {} }: Patch, version: string): void {
  for (const [name, body] of Object.entries(adds.functions ?? {})) {
    const entry: Entry = { name, body, texts: [body], redirected: new Map(), around: new Map(),
      patches: [id] };
    if (name in k) throw new PatchError(`${id} adds ${name}(), which ${version} has already`);
    Object.defineProperty(k, name, unbound(name, entry));
  }
  const states = k.state.node_states as Record<string, Set<number>>;
  for (const name of Object.keys(adds.node_states ?? {})) states[name] ??= new Set();
  const counters = k.state.costs as unknown as Record<string, number>;
  for (const name of Object.keys(adds.counters ?? {})) counters[name] ??= 0;
}

/** The events that the policies of this kernel add. */
export function addedEvents(k: Kernel): ReadonlyMap<string, PolicyEvent> {
  const { series } = (k as unknown as Bound)[binding];
  return new Map(series.flatMap(({ adds }) => Object.entries(adds?.events ?? {})));
}

/** A policy that says its difference from another one is nothing without that. */
function checkRequired(version: string, series: readonly Patch[]): void {
  const before = new Set<string>();
  for (const { id, requires = [] } of series) {
    const missing = requires.filter((one) => !before.has(one));
    if (missing.length > 0) {
      throw new PatchError(`${id} does not apply on ${version}\n` +
        `  it requires ${missing.join(', ')}, expected before it in the series`);
    }
    before.add(id);
  }
}

/** Nothing stands around the calls of functions of the page allocator that can be passed by. */
function isPassedBy(
  table: ReadonlyTable, watcher: CallWatcher | undefined, standIns: StandIns,
): boolean {
  return PASSING_BY.every((name) => callsAsWritten(table, name)) && PASSED_BY.every((name) =>
    isAsWritten(table, name) && watcher?.functions.has(name) !== true && !(name in standIns));
}

/**
 * The kernel of this version with this series applied, not yet booted (`k.start_kernel()`).
 * Errors: PatchError for an unknown version or function, for patches that clash, and for one
 * without what it requires before it.
 */
export function compose(
  version: string, series: readonly Patch[], machine: Machine, watcher?: CallWatcher,
  standIns: StandIns = {},
): Kernel {
  checkRequired(version, series);
  checkSeries(version, series);
  const table = tableToPatch(version, series);
  const config = { ...versionParts(version).config };
  for (const patch of series) {
    applyDifference(table, patch, { name: patch.id, isPatch: true });
    Object.assign(config, patch.config);
  }
  if (watcher?.switchRead !== undefined) toldSwitches(config, series, watcher);
  const k = Object.assign(
    Object.create(prototypeOf(version)) as Kernel,
    { version, machine, config, state: emptyState(),
      direct: { page_allocator: isPassedBy(table, watcher, standIns) } });
  Object.defineProperty(k, binding, { value: { k, series, watcher, standIns } satisfies Binding });
  for (const name of series.flatMap(touchedFunctions)) {
    Object.defineProperty(k, name, unbound(name, entryOf(table, name, version)));
  }
  for (const patch of series) addTo(k, patch, version);
  for (const { id, adds } of series) if (adds !== undefined) makeState(k, id, adds);
  return k;
}

/**
 * Binds every function now. While it is bound piece by piece a kernel changes its shape each time,
 * and a loop over hundreds of thousands of rows stays slow; for a few rows it costs more than it
 * gives.
 */
export function bindAll(k: Kernel): void {
  const functions = k as unknown as Record<string, unknown>;
  for (const name of Object.getOwnPropertyNames(Object.getPrototypeOf(k))) void functions[name];
  for (const name of Object.getOwnPropertyNames(k)) void functions[name];
}
