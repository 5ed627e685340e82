/**
 * What the generators of policies remember. JavaScript lets nobody look into a suspended generator,
 * and a policy may keep anything in its local variables: how often a test has failed, what a count
 * was before. So a policy's generator is given a kernel that writes down all that it is told, and
 * that list is part of the state for as long as the generator lives:
 *
 * - the results of all functions that it calls, and the fields of zones that it reads;
 * - where it looks at an object of `k.state`, everything that states are made of, then and whenever
 *   it goes on.
 *
 * It runs without anybody else between two preemption points, so what it was told decides where it
 * stands and what it does next: two generators with equal lists do the same. Costs are not told;
 * nothing may depend on them. What the model's own generators remember is known without this.
 *
 * A policy with a loop of its own is told more in every round, so its states would never come
 * again. Rounds that tell it the same thing more than RETRIES times in a row count as RETRIES:
 * then the search says that it is bounded, and a loop that goes round so is run on for long before
 * it is said to hang.
 */
import type { Kernel } from '../linux/base/kernel.js';
import type { Locals } from '../linux/base/difference.js';
import { isSteps } from '../patch/around.js';
import type { Patch } from '../patch/define.js';
import { isSleeping, sleeps } from '../patch/table.js';
import { further, hasHeard, inFrame, moved, type Context, type WordLists } from './local.js';

/** Equal rounds of a policy's own loop that are told apart. */
export const RETRIES = 16;
/** Steps of the offliner alone after which such a loop is taken to be endless. */
export const ALONE_MAX = 10_000;

/** Values of local variables of the model's functions that are told apart. */
const LOCALS = 32;

/** Who runs the generators. */
export interface FrameHost {
  readonly lists: WordLists;
  /** Tasks are explored now; before, the trace is replayed. */
  readonly watches: boolean;
  /** Of the task that runs now; undefined: no task does. */
  context: Context | undefined;
  /** Whose own code runs now. */
  reader: { read(name: string, value: unknown): void } | undefined;
  /** What states are made of, and what of it policies brought along. */
  allText(): string;
  addedText(): string;
  /** Rounds were taken to be equal. */
  settled(): void;
}

type AnyFunction = (k: Kernel, ...args: unknown[]) => unknown;
interface Inside {
  readonly args: readonly unknown[];
  readonly caller: readonly unknown[];
  readonly local: Locals;
}
type AroundCode = (next: (...args: unknown[]) => unknown, k: Kernel, call: Inside) => unknown;
type Call = (...args: unknown[]) => unknown;
type Wrap = (next: AnyFunction) => AnyFunction;
type Steps = Generator<string, unknown, void>;

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** An argument as text; objects are the same ones whenever the same thing was told before. */
function textOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  return isObject(value) ? 'object' : String(value);
}

/** One generator of a policy while it lives. */
class Frame {
  readonly k: Kernel;
  readonly #host: FrameHost;
  readonly #own: Kernel;
  /** It called a generator that has not ended: it does nothing itself. */
  #waits = false;
  #looks: 'nothing' | 'added' | 'all' = 'nothing';
  #told: string[] = [];

  constructor(host: FrameHost, own: Kernel) {
    this.#host = host;
    this.#own = own;
    const calls = new Map<string | symbol, unknown>();
    const state = this.#stateView();
    this.k = new Proxy({} as Kernel, {
      get: (_none, name) => {
        if (name === 'state') return state;
        const value: unknown = Reflect.get(own, name);
        if (typeof value !== 'function') return value;
        if (!calls.has(name)) calls.set(name, this.#watched(value as Call));
        return calls.get(name);
      },
    });
  }

  /** Its own code reads a field of a zone. */
  read(name: string, value: unknown): void {
    this.#told.push(`${name}=${String(value)}`);
  }

  #stateView(): object {
    const { state } = this.#own;
    return new Proxy({}, {
      get: (_none, name) => {
        const value: unknown = Reflect.get(state, name);
        if (!isObject(value)) this.#told.push(`${String(name)}=${String(value)}`);
        else if (name !== 'costs') this.#look(name === 'added' ? 'added' : 'all');
        return value;
      },
      set: (_none, name, value) => Reflect.set(state, name, value),
    });
  }

  /** It may have kept what it found there, to look at it again. */
  #look(at: 'added' | 'all'): void {
    if (this.#looks !== 'all') this.#looks = at;
    this.#lookAgain();
  }

  #lookAgain(): void {
    if (this.#looks === 'all') this.#told.push(this.#host.allText());
    else if (this.#looks === 'added') this.#told.push(this.#host.addedText());
  }

  #watched(call: Call): unknown {
    return (...args: unknown[]) => this.calls(() => call(...args));
  }

  /** Local variables of a function that it stands in: what it reads there it is told. */
  localsView(local: Locals): Locals {
    return new Proxy(local, {
      get: (_none, name) => {
        const value: unknown = Reflect.get(local, name);
        this.#told.push(`${String(name)}=${String(value)}`);
        return value;
      },
    });
  }

  /** It calls something: what that reads is nothing that the policy is told. */
  calls(call: () => unknown): unknown {
    this.#host.reader = undefined;
    const result = call();
    this.#host.reader = this;
    if (isSteps(result)) return this.#wait(result);
    this.#tell(result);
    return result;
  }

  #tell(result: unknown): void {
    this.#told.push(textOf(result));
    this.#lookAgain();
  }

  * #wait(steps: Steps): Steps {
    this.#rest();
    this.#waits = true;
    const result = yield* steps;
    this.#waits = false;
    this.#goOn();
    this.#tell(result);
    return result;
  }

  /** Its own code runs now: what the model's functions below it were told is over. */
  #goOn(): void {
    this.#host.reader = this;
    const { context } = this.#host;
    if (context === undefined) return;
    this.#host.context = moved(context, 0, 0, 0, false);
    this.#lookAgain();
  }

  /** Its own code stands still. */
  #rest(): void {
    this.#host.reader = undefined;
    const { lists, context } = this.#host;
    if (context === undefined) return;
    const longer = lists.add(context.frame, this.#told.join('|'));
    const frame = lists.settled(longer, RETRIES);
    if (frame !== longer) this.#host.settled();
    this.#told = [];
    this.#host.context = inFrame(context, frame);
  }

  * run(name: string, args: readonly unknown[], steps: Steps, inside = false): Steps {
    const outer = this.#host.context;
    if (outer === undefined) return yield* steps;
    const { lists } = this.#host;
    this.#host.context = {
      frame: lists.add(0, `${name} ${args.map(textOf).join()}`), position: 0, passed: 0, told: 0,
      migrated: false, locals: 0, inside, outer: further(outer, lists, name),
    };
    for (;;) {
      if (!this.#waits) this.#goOn();
      const step = steps.next();
      if (step.done === true) return this.#end(step.value);
      if (!this.#waits) this.#rest();
      yield step.value;
    }
  }

  #end(result: unknown): unknown {
    this.#host.reader = undefined;
    const { lists, context } = this.#host;
    const outer = context?.outer;
    if (outer !== undefined) {
      this.#host.context = hasHeard(outer, lists.add(outer.told, textOf(result)));
    }
    return result;
  }
}

export class PolicyFrames {
  readonly #host: FrameHost;
  readonly #frames = new WeakMap<object, { readonly frame: Frame; readonly own: Kernel }>();

  /** Different values of local variables, in the order in which they were met. */
  readonly #locals: string[] = [];
  #any = false;

  constructor(host: FrameHost) {
    this.#host = host;
  }

  /** The patch with generators that are written down. */
  watched(patch: Patch): Patch {
    const replaces = each(patch.replaces, (name, body) => this.#body(name, body as AnyFunction));
    const wraps = each(patch.wraps, (name, wrap) => !sleeps(name) ? wrap : readAs(wrap as Wrap,
      (next: AnyFunction) => this.#body(name, (wrap as Wrap)(this.#next(next)))));
    const substitutes = each(patch.substitutes, (_caller, callees) => each(
      callees as object, (name, target) =>
        typeof target === 'string' ? target : this.#body(name, target as AnyFunction)));
    const around = each(patch.around, (caller, callees) => each(
      callees as object,
      (callee, code) => this.#around(`${caller} ${callee}`, code as AroundCode)));
    return { ...patch, replaces, wraps, substitutes, around } as Patch;
  }

  /**
   * Code around a call. What it keeps from call to call is in the local variables that it is given,
   * whose values are part of where the caller stands.
   */
  #around(name: string, code: AroundCode): AroundCode {
    this.#any = true;
    const watched: AroundCode = (next, k, call) => {
      if (!this.#host.watches) return code(next, k, call);
      const { reader } = this.#host;
      const frame = new Frame(this.#host, k);
      const local = frame.localsView(call.local);
      const made = (...args: unknown[]): unknown => frame.calls(() => next(...args));
      const result = code(made, frame.k, { ...call, local });
      if (!isSteps(result)) {
        // Done, with nobody else between.
        this.#host.reader = reader;
        this.#tells(result);
        this.#keeps(call.local);
        return result;
      }
      return this.#thenKeeps(frame.run(name, call.args, result, true), call.local);
    };
    return readAs(code, isSleeping(code) ? asSleeping(watched) : watched);
  }

  * #thenKeeps(steps: Steps, local: Locals): Steps {
    const result = yield* steps;
    this.#keeps(local);
    return result;
  }

  /** The model's function is told this. */
  #tells(result: unknown): void {
    const { context, lists } = this.#host;
    if (context === undefined) return;
    this.#host.context = hasHeard(context, lists.add(context.told, textOf(result)));
  }

  /** The values that the local variables have now. */
  #keeps(local: Locals): void {
    const { context, lists } = this.#host;
    if (context === undefined || Object.keys(local).length === 0) return;
    const values = JSON.stringify(local);
    if (!this.#locals.includes(values) && this.#locals.push(values) > LOCALS) this.#host.settled();
    const known = Math.min(this.#locals.indexOf(values), LOCALS);
    this.#host.context = { ...context, locals: lists.add(0, `locals ${known}`) };
  }

  /** Has reads of the fields of these objects told, if there is anybody to tell. */
  watchFields(objects: readonly object[]): void {
    if (this.#any) for (const object of objects) watchFields(object, this.#host);
  }

  #body(name: string, body: AnyFunction): AnyFunction {
    if (!sleeps(name)) return body;
    this.#any = true;
    const watched: AnyFunction = (k, ...args) => {
      if (!this.#host.watches) return body(k, ...args);
      const frame = new Frame(this.#host, k);
      this.#frames.set(frame.k, { frame, own: k });
      const steps = body(frame.k, ...args);
      return isSteps(steps) ? frame.run(name, args, steps) : steps;
    };
    return readAs(body, watched);
  }

  /** What a wrap calls: the rest of the kernel, not the policy. */
  #next(next: AnyFunction): AnyFunction {
    return (k, ...args) => {
      const known = this.#frames.get(k);
      if (known === undefined) return next(k, ...args);
      return known.frame.calls(() => next(known.own, ...args));
    };
  }
}

/** What calls it sees that it sleeps. */
function asSleeping(code: AroundCode): AroundCode {
  return function* (next, k, call) {
    return yield* code(next, k, call) as Steps;
  };
}

function watchFields(object: object, host: FrameHost): void {
  for (const [name, first] of Object.entries(object)) {
    if (isObject(first)) continue;
    let now: unknown = first;
    Object.defineProperty(object, name, {
      get: () => {
        host.reader?.read(name, now);
        return now;
      },
      set: (value: unknown) => {
        now = value;
      },
    });
  }
}

function each(of: object | undefined, change: (name: string, value: unknown) => unknown): object {
  return Object.fromEntries(
    Object.entries(of ?? {}).map(([name, value]) => [name, change(name, value)]));
}

/** Who reads what a function calls reads the policy's text. */
function readAs<T extends object>(text: object, made: T): T {
  return Object.defineProperty(made, 'toString', { value: () => text.toString() });
}
