/**
 * Code around calls inside a function (`around`). Each call of the function gets a kernel of its
 * own, through which its text calls, and local variables for the patches that put code into it.
 */
import { PatchError } from '../base/errors.js';
import type { CallInside, Locals } from '../linux/base/difference.js';
import type { Kernel, KernelFn } from '../linux/base/kernel.js';
import { sleeps, type Entry, type Layer } from './table.js';
import type { AnyFunction } from './any_function.js';

export type Call = (...args: never[]) => unknown;
type Steps = Generator<string, unknown, void>;

/** Told where code of a patch runs around a call. */
export type ToldAround = (caller: string, callee: string, patch: string) => void;

export function isSteps(value: unknown): value is Steps {
  return typeof value === 'object' && value !== null && Symbol.iterator in value &&
    typeof (value as { next?: unknown }).next === 'function';
}

/** Variables that patches gave to functions which run now. */
const running = new WeakMap<Kernel, Set<Locals>>();

/** What patches remember of the calls that run now, as text. */
export function localsText(k: Kernel): string {
  const used = [...running.get(k) ?? []].filter((local) => Object.keys(local).length > 0);
  return JSON.stringify(used);
}

/** One call of a function that has code around calls inside. */
class Invocation {
  readonly #entry: Entry;
  readonly #args: readonly unknown[];
  /** The kernel as everybody else calls it. */
  readonly #plain: Kernel;
  /** Through which the function's text calls. */
  readonly k: Kernel;
  readonly #locals = new Map<string | undefined, Locals>();
  /** Code that sleeps was given to the function's text, which has not run it yet. */
  #given: { readonly callee: string; readonly patch: string | undefined } | undefined;

  constructor(
    entry: Entry, plain: Kernel, view: Kernel, args: readonly unknown[],
    told: ToldAround | undefined,
  ) {
    this.#entry = entry;
    this.#plain = plain;
    if (!running.has(plain)) running.set(plain, new Set());
    this.#args = args;
    this.k = Object.create(view) as Kernel;
    for (const [callee, layers] of entry.around) {
      const standing = (view as unknown as Record<string, Call>)[callee] as Call;
      let call = standing;
      // Code of the version stands outside of what patches put around the same call.
      const ofPatches = layers.filter(({ patch }) => patch !== undefined);
      const ofVersion = layers.filter(({ patch }) => patch === undefined);
      for (const layer of [...ofPatches, ...ofVersion]) {
        call = this.#layer(callee, layer, call, told);
      }
      Object.defineProperty(this.k, callee, { value: call });
    }
  }

  #localsOf(patch: string | undefined): Locals {
    const known = this.#locals.get(patch);
    if (known !== undefined) return known;
    const made: Locals = {};
    this.#locals.set(patch, made);
    if (patch !== undefined) running.get(this.#plain)?.add(made);
    return made;
  }

  #layer(
    callee: string, { code, patch }: Layer, inner: Call, told: ToldAround | undefined,
  ): Call {
    // Code of the version is text of the function, whose calls patches change; code of a patch is
    // as the patch wants it.
    const k = Object.create(patch === undefined ? this.k : this.#plain) as Kernel;
    Object.defineProperty(k, callee, { value: inner });
    return (...args) => {
      this.check();
      if (patch !== undefined) told?.(this.#entry.name, callee, patch);
      const next = (...changed: never[]): unknown =>
        inner(...changed, ...args.slice(changed.length));
      const call = { args, caller: this.#args, local: this.#localsOf(patch) };
      const result = code(next, k, call as unknown as CallInside<KernelFn, KernelFn>);
      return sleeps(callee) || !isSteps(result) ? result : this.#expected(result, callee, patch);
    };
  }

  /** The call is over, and its variables with it. */
  end(): void {
    for (const local of this.#locals.values()) running.get(this.#plain)?.delete(local);
  }

  /** Steps that only `mightSleep()` runs: elsewhere they would be taken for the result. */
  #expected(steps: Steps, callee: string, patch: string | undefined): Steps {
    this.#given = { callee, patch };
    const ran = (): void => {
      this.#given = undefined;
    };
    return (function* () {
      ran();
      return yield* steps;
    })();
  }

  /** Error: PatchError where code that sleeps was put where the function cannot sleep. */
  check(): void {
    if (this.#given === undefined) return;
    const { callee, patch } = this.#given;
    throw new PatchError(cannotSleep(patch ?? 'the base version', this.#entry, callee));
  }
}

/** What is wrong with code that sleeps around this call. */
export function cannotSleep(owner: string, entry: Entry, callee: string): string {
  return `${owner} puts code that sleeps around ${callee}() inside ${entry.name}(), where the ` +
    'kernel cannot sleep\n  put it around a call that may: ' +
    (sleepingCalls(entry).join(', ') || `there is none in ${entry.name}()`);
}

const sleepingCall = /yield\s*\*\s*(?:\(0, )?(?:[\w$.]*mightSleep\)?\(\s*)?k\.([A-Za-z_]\w*)\(/g;

/** Callees of the function's text around which code may sleep. */
export function sleepingCalls(entry: Entry): readonly string[] {
  const found = new Set<string>();
  for (const text of entry.texts) {
    for (const match of text.toString().matchAll(sleepingCall)) found.add(match[1] ?? '');
  }
  return [...found].sort();
}

/** The body of a function that has code around calls inside. `view`: its own kernel. */
export function withAround(
  entry: Entry, plain: Kernel, view: Kernel, told: ToldAround | undefined,
): AnyFunction {
  return (_k: Kernel, ...args: never[]) => {
    const one = new Invocation(entry, plain, view, args, told);
    const result = entry.body(one.k, ...args);
    if (isSteps(result)) return checked(result, one);
    one.check();
    one.end();
    return result;
  };
}

function* checked(steps: Steps, one: Invocation): Steps {
  for (;;) {
    const step = steps.next();
    one.check();
    if (step.done === true) {
      one.end();
      return step.value;
    }
    yield step.value;
  }
}
