/** What a policy adds to the kernel: node states, counters, functions, events of a trace. */
import { didYouMean } from '../base/closest.js';
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import type { AnyFunction } from './any_function.js';

/** What a row `policy_call` of a trace says, for the event of a policy; pages, not bytes. */
export interface PolicyRow {
  readonly nid?: number;
  readonly pfn?: number;
  readonly nr_pages?: number;
  readonly order?: number;
  /** The word `value` of the row. */
  readonly value?: string;
}

/** Gives what the row's call returned: 0, a negative errno, or nothing. */
export type PolicyEvent = (k: Kernel, row: PolicyRow) =>
number | undefined | void | Preempt<number | undefined | void>;

/** All parts may be left out; a text says what the thing is. */
export interface Additions {
  /**
   * State that the patch brings along, as plain data, for it is copied: made once for each kernel,
   * found in `k.state.added`, or with `additions()` as `mine(k).state`.
   */
  readonly state?: (k: Kernel) => object;
  /** As N_MEMORY: a set of nids each, shown with the node states of sysfs. */
  readonly node_states?: Readonly<Record<string, string>>;
  /** As an event of /proc/vmstat: counts from 0, shown with the costs. */
  readonly counters?: Readonly<Record<string, string>>;
  /** New kernel functions, `k` first. */
  readonly functions?: Readonly<Record<string, AnyFunction>>;
  /** What rows `policy_call` of a trace with `call=NAME` do. */
  readonly events?: Readonly<Record<string, PolicyEvent>>;
}

type Bound<F> = F extends (k: Kernel, ...args: infer A) => infer R ? (...args: A) => R : never;
type Keys<T> = T extends object ? keyof T : never;

/** What `additions()` gives for a kernel. */
export type Added<A extends Additions> = {
  readonly state: A['state'] extends (k: Kernel) => infer S ? S : never;
  readonly node_states: { readonly [N in Keys<A['node_states']>]: Set<number> };
  readonly counters: { [N in Keys<A['counters']>]: number };
} & { readonly [N in Keys<A['functions']>]: Bound<NonNullable<A['functions']>[N & string]> };

/** The same object, which throws for a name that it does not have. */
function strict<T extends object>(of: T, what: string): T {
  return new Proxy(of, {
    get(target, name) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name)) {
        return Reflect.get(target, name) as unknown;
      }
      throw new Error(`${what} have no ${name}${didYouMean(name, Object.keys(target))}`);
    },
  });
}

/** The object with properties more, which read and write those of `from`. */
function withViews<T extends object>(of: T, names: readonly string[], from: () => object): T {
  return Object.defineProperties(of, Object.fromEntries(names.map((name) => [name, {
    enumerable: true,
    get: () => Reflect.get(from(), name) as unknown,
    set: (value: unknown) => Reflect.set(from(), name, value),
  }])));
}

/**
 * Parts of a policy's own, for `adds`; called with `k` it gives them, with their types:
 * `mine(k).state.users`, `mine(k).node_states.private.has(nid)`, `mine(k).is_private(nid)`,
 * `mine(k).counters.hits += 1`.
 */
export function additions<const A extends Additions>(parts: A): A & ((k: Kernel) => Added<A>) {
  const names = (of: object | undefined): readonly string[] => Object.keys(of ?? {});
  const known = new WeakMap<Kernel, Added<A>>();
  const make = (k: Kernel): Added<A> => {
    const made = strict(withViews({
      // Each time from where it is kept: whoever goes back in time puts a copy there.
      get state() {
        return k.state.added.get(owners.get(of) ?? '');
      },
      node_states: strict(withViews({}, names(parts.node_states), () => k.state.node_states),
        'added node states'),
      counters: strict(withViews({}, names(parts.counters), () => k.state.costs),
        'added counters'),
    }, names(parts.functions), () => k), 'additions') as Added<A>;
    known.set(k, made);
    return made;
  };
  const of = Object.assign((k: Kernel) => known.get(k) ?? make(k), parts);
  return of;
}

/** Ids of the policies that these are of. */
const owners = new WeakMap<Additions, string>();

/** Makes the state of the policy's own, if it has some. */
export function makeState(k: Kernel, id: string, adds: Additions): void {
  owners.set(adds, id);
  const state = adds.state?.(k);
  if (state !== undefined) k.state.added.set(id, state);
}

/** All that policies keep in their states, so that what differs has another text. */
export function addedText({ state: { added } }: Kernel): string {
  if (added.size === 0) return '';
  return JSON.stringify([...added], (_key, value: unknown) =>
    (value instanceof Map || value instanceof Set ? [...value] : value));
}

/** What the parts are, by name: for lists and messages. */
export function additionNames(adds: Additions | undefined): readonly {
  readonly name: string; readonly kind: string; readonly doc: string;
}[] {
  const texts = (kind: string, of: Readonly<Record<string, string>> = {}) =>
    Object.entries(of).map(([name, doc]) => ({ name, kind, doc }));
  const bodies = (kind: string, of: object = {}) =>
    Object.entries(of).map(([name, body]) => ({ name, kind, doc: String(body) }));
  return [
    ...texts('node state', adds?.node_states), ...texts('counter', adds?.counters),
    ...bodies('function', adds?.functions), ...bodies('event', adds?.events),
  ];
}
