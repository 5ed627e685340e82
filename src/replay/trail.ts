/**
 * What a run leaves behind beside its outcome: what the functions that policies change gave back,
 * and the state when it ended. Where a policy's trail is another one than the base's and the
 * outcomes are equal, it did something that nobody looks at.
 */
import type { Kernel } from '../linux/base/kernel.js';
import type { ReplayObserver } from './observer.js';
import { pageTrail } from './page_trail.js';

/** Numbers by name, as pairs: a trail is kept on disk with its run. */
type Pairs = readonly (readonly [name: string, number: number])[];

export interface Trail {
  /** Of each function a number that its results in order make. */
  readonly results: Pairs;
  /** How many calls of a function returned that gave nothing in any of them. */
  readonly calls: Pairs;
  /** Of `nodes[].nr_zones` a number that all values there make. */
  readonly state: Pairs;
  /** Whether all of the state is in it, as it is but for machines with very many blocks. */
  readonly whole: boolean;
}

/** Not state of the machine, or told otherwise. */
const leftOut: ReadonlySet<string> = new Set([
  'log', 'costs', 'faults', 'added', 'pages', 'current', 'waiting', 'signalled', 'locks',
  'notifiers', 'isolation_tests', 'drain_work', 'now_ns', 'clock_reads', 'timers',
]);

/** Objects that are looked at: of a machine with very many blocks a part, which is said. */
const OBJECTS_MAX = 100_000;

function mixed(hash: number, text: string): number {
  let next = hash;
  for (let index = 0; index < text.length; index += 1) {
    next = (Math.imul(next, 31) + text.charCodeAt(index)) | 0;
  }
  return (Math.imul(next, 31) + 10) | 0;
}

function mixedResult(hash: number, value: unknown): number {
  if (typeof value === 'number' && Number.isInteger(value)) {
    // As two halves: page frame numbers need more than 32 bits.
    const high = Math.floor(value / 2 ** 32);
    return (Math.imul(Math.imul(hash, 31) + (value | 0), 31) + high) | 0;
  }
  return mixed(hash, typeof value === 'object' && value !== null ? 'object' : String(value));
}

/** All that the state holds, by the path of fields that leads there. */
function fingerprint(k: Kernel, most: number): Pick<Trail, 'state' | 'whole'> {
  const found = new Map<string, number>();
  const seen = new Set<object>();
  let whole = true;
  const note = (path: string, value: unknown): void => {
    if (typeof value === 'function') return;
    if (typeof value !== 'object' || value === null) {
      found.set(path, mixed(found.get(path) ?? 0, String(value)));
      return;
    }
    if (seen.has(value)) return;
    if (seen.size >= most) {
      whole = false;
      return;
    }
    seen.add(value);
    if (value instanceof Map) {
      for (const [key, one] of value) {
        note(`${path}.keys`, typeof key === 'object' ? 'object' : key);
        note(`${path}[]`, one);
      }
    } else if (Array.isArray(value) || value instanceof Set) {
      for (const one of value as Iterable<unknown>) note(`${path}[]`, one);
    } else {
      for (const [key, one] of Object.entries(value)) {
        if (path !== '' || !leftOut.has(key)) note(path === '' ? key : `${path}.${key}`, one);
      }
    }
  };
  note('', k.state);
  for (const [path, number] of k.state.pages === undefined ? [] : pageTrail(k.state.pages)) {
    found.set(path, number);
  }
  return { state: [...found], whole };
}

/**
 * An observer that keeps what these functions give back, and then the trail itself, of at most so
 * many objects of the state.
 */
export function trailOf(functions: ReadonlySet<string>, most = OBJECTS_MAX): {
  readonly observer: ReplayObserver; readonly trail: () => Trail;
} {
  const results = new Map<string, number>();
  const calls = new Map<string, number>();
  const giving = new Set<string>();
  let kernel: Kernel | undefined;
  return {
    observer: {
      functions,
      composed: (k) => {
        kernel = k;
      },
      leave: (fn, result) => {
        results.set(fn, mixedResult(results.get(fn) ?? 0, result));
        calls.set(fn, (calls.get(fn) ?? 0) + 1);
        if (result !== undefined) giving.add(fn);
      },
    },
    trail: () => ({
      results: [...results], calls: [...calls].filter(([fn]) => !giving.has(fn)),
      ...(kernel === undefined ? { state: [], whole: true } : fingerprint(kernel, most)),
    }),
  };
}

function differing(before: Pairs, after: Pairs): string[] {
  const [a, b] = [new Map(before), new Map(after)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key)).sort();
}

/** Calls that returned, of a function that gives nothing. */
export interface CallCounts {
  readonly base: number;
  readonly run: number;
}

/** Functions and fields in which the trails differ. */
export function differences(base: Trail, run: Trail): {
  readonly functions: readonly string[]; readonly fields: readonly string[];
  /** Whether all of both states was held against each other. */
  readonly whole: boolean;
  /** Of those of the functions that give nothing: in what else could they differ. */
  readonly calls: ReadonlyMap<string, CallCounts>;
} {
  // What only one of them was asked to keep says nothing.
  const names = [base, run].map(({ results }) => new Set(results.map(([name]) => name)));
  const [before, after] = [new Map(base.calls), new Map(run.calls)];
  return {
    calls: new Map([...before].flatMap(([fn, count]) => {
      const now = after.get(fn);
      return now === undefined ? [] : [[fn, { base: count, run: now }] as const];
    })),
    functions: differing(base.results, run.results)
      .filter((fn) => names.every((known) => known.has(fn))),
    fields: differing(base.state, run.state), whole: base.whole && run.whole,
  };
}
