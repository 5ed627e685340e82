/**
 * What all runs of a process share: built-in objects, and the constants that a policy imports. A
 * policy that changes one of them would change every run after its own.
 */
import { PatchError } from '../base/errors.js';
import * as policyInterface from './define.js';
import { emptyState } from '../linux/base/state.js';

// Taken now: while a policy's changes stand, none of these can be trusted by its name.
const { getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Object;
const { ownKeys, deleteProperty } = Reflect;

interface Kept {
  readonly name: string;
  readonly object: object;
  readonly keys: readonly PropertyKey[];
  readonly descriptors: readonly PropertyDescriptor[];
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** `Array.prototype`, `Math`, `ZONE_NAMES`, ... */
function namedObjects(): readonly (readonly [name: string, object: object])[] {
  const found: (readonly [string, object])[] = [['globalThis', globalThis]];
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const { value } = getOwnPropertyDescriptor(globalThis, name) ?? {};
    if (!isObject(value) || value === globalThis || !/^[A-Z]/.test(name)) continue;
    found.push([name, value]);
    const { prototype } = value as { readonly prototype?: unknown };
    if (isObject(prototype)) found.push([`${name}.prototype`, prototype]);
  }
  const iterators: readonly (readonly [string, object])[] = [
    ['the iterator of arrays', [].values()], ['the iterator of maps', new Map().values()],
    ['the iterator of sets', new Set().values()], ['generators', (function* () {})()],
    ['regular expression matches', 'a'.matchAll(/a/g)],
  ];
  for (const [name, one] of iterators) {
    for (let proto = getPrototypeOf(one); proto !== null && proto !== Object.prototype;) {
      found.push([name, proto]);
      proto = getPrototypeOf(proto) as object | null;
    }
  }
  for (const [name, value] of Object.entries(policyInterface)) {
    if (isObject(value)) found.push([name, value]);
  }
  for (const [name, value] of Object.entries(emptyState())) {
    if (!isObject(value)) continue;
    found.push([`the class of state.${name}`, getPrototypeOf(value) as object]);
  }
  const seen = new Set<object>();
  return found.filter(([, object]) => !seen.has(object) && seen.add(object));
}

function kept(): readonly Kept[] {
  return namedObjects().map(([name, object]) => {
    const keys = ownKeys(object);
    return {
      name, object, keys,
      descriptors: keys.map((key) => getOwnPropertyDescriptor(object, key) ?? {}),
    };
  });
}

let before: readonly Kept[] | undefined;

/** Keeps what the shared objects are now, the first time that it is asked. */
export function keepSharedObjects(): void {
  before ??= kept();
}

function isSame(a: PropertyDescriptor | undefined, b: PropertyDescriptor | undefined): boolean {
  return a !== undefined && b !== undefined && a.value === b.value && a.get === b.get &&
    a.set === b.set;
}

/** What loaders of source maps set, and no policy has a use for. */
const loaders: readonly PropertyKey[] = ['prepareStackTrace', 'stackTraceLimit'];

/** Puts the properties of one object back; the first one that had changed. */
function restore({ object, keys, descriptors }: Kept): PropertyKey | undefined {
  let first: PropertyKey | undefined;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index];
    const was = descriptors[index];
    if (key === undefined || was === undefined || holds(loaders, key)) continue;
    const now = getOwnPropertyDescriptor(object, key);
    if (isSame(was, now)) continue;
    // Node makes some of its global objects when they are first asked for.
    if (object === globalThis && was.value === undefined) continue;
    if (now !== undefined && now.configurable !== true && now.writable !== true) continue;
    first ??= key;
    defineProperty(object, key, was);
  }
  const now = ownKeys(object);
  for (let index = 0; now.length > keys.length && index < now.length; index += 1) {
    const key = now[index];
    if (key === undefined || holds(keys, key) || holds(loaders, key)) continue;
    first ??= key;
    deleteProperty(object, key);
  }
  return first;
}

function holds(keys: readonly PropertyKey[], key: PropertyKey): boolean {
  for (let index = 0; index < keys.length; index += 1) if (keys[index] === key) return true;
  return false;
}

/** Puts all shared objects back; `Array.prototype.map` for the first one that had changed. */
export function restoreSharedObjects(): string | undefined {
  let changed: string | undefined;
  for (let index = 0; before !== undefined && index < before.length; index += 1) {
    const one = before[index];
    const key = one === undefined ? undefined : restore(one);
    if (one !== undefined && key !== undefined) changed ??= `${one.name}.${String(key)}`;
  }
  return changed;
}

const holders: readonly (readonly [holder: object, name: string])[] = [
  [Object, 'freeze'], [Object, 'seal'], [Object, 'preventExtensions'], [Object, 'defineProperty'],
  [Object, 'defineProperties'], [Reflect, 'defineProperty'], [Reflect, 'preventExtensions'],
];
const { apply } = Reflect;
const { has } = WeakSet.prototype;

/**
 * Runs it while nothing can be fixed for good in a shared object: what is frozen, or defined not to
 * be changed again, nobody could put back. Error: PatchError at whoever tries.
 */
export function withoutFreezing<T>(run: () => T): T {
  const shared = new WeakSet((before ?? []).map(({ object }) => object));
  const were = holders.map(([holder, name]) => getOwnPropertyDescriptor(holder, name) ?? {});
  holders.forEach(([holder, name], index) => {
    const real = were[index]?.value as (...args: unknown[]) => unknown;
    const value = (target: unknown, ...rest: unknown[]): unknown => {
      if (isObject(target) && apply(has, shared, [target]) === true) {
        throw new PatchError(`it calls ${name}() with an object that all runs share`);
      }
      return real(target, ...rest);
    };
    defineProperty(holder, name, { ...were[index], value });
  });
  try {
    return run();
  } finally {
    for (let index = 0; index < holders.length; index += 1) {
      const [holder, name] = holders[index] ?? [];
      if (holder !== undefined && name !== undefined) {
        defineProperty(holder, name, were[index] ?? {});
      }
    }
  }
}
