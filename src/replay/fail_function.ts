/** Rows that make a kernel function fail, as fail_function of the kernel's fault injection does. */
import { didYouMean } from '../base/closest.js';
import { TraceError } from '../base/errors.js';
import type { Kernel } from '../linux/base/kernel.js';
import { sleeps } from '../patch/table.js';
import type { EntryPoint } from './entry_point.js';
import { rowWords } from '../trace/row_words.js';

type Call = (...args: unknown[]) => unknown;

interface MadeToFail {
  readonly fn: string;
  readonly ret: number;
}

const failed = new WeakMap<Kernel, MadeToFail>();

/** The function that was made to fail since somebody asked; it is told once. */
export function takeMadeToFail(k: Kernel): MadeToFail | undefined {
  const last = failed.get(k);
  if (last !== undefined) failed.delete(k);
  return last;
}

/** This call is the one that fails; it is told once. */
function isDue(k: Kernel, fn: string): number | undefined {
  const failing = k.state.failing.get(fn);
  if (failing === undefined) return undefined;
  failing.nth -= 1;
  if (failing.nth > 0) return undefined;
  k.state.failing.delete(fn);
  failed.set(k, { fn, ret: failing.ret });
  return failing.ret;
}

/** The function with its failure in front; its body is not entered then. */
function failing(k: Kernel, fn: string, call: Call): Call {
  if (!sleeps(fn)) return (...args) => isDue(k, fn) ?? call(...args);
  return function* (...args): Generator<unknown, unknown, unknown> {
    const ret = isDue(k, fn);
    return ret ?? (yield* call(...args) as Generator<unknown, unknown, unknown>);
  };
}

const wrapped = new WeakMap<Kernel, Set<string>>();

/** A function is wrapped once for each kernel; what is due stands in its state. */
function wrapOnce(k: Kernel, fn: string): void {
  const known = wrapped.get(k) ?? new Set<string>();
  wrapped.set(k, known);
  if (known.has(fn)) return;
  known.add(fn);
  const call = (k as unknown as Record<string, Call>)[fn] as Call;
  Object.defineProperty(k, fn, { value: failing(k, fn, call), configurable: true });
  k.direct.page_allocator = false;
}

/** From here on the `nth` call of `fn` gives `ret`, and does nothing. */
export const fail_function: EntryPoint = (k, { trace, row }) => {
  const { fn = '', nth = 1 } = rowWords(trace, row, 'fail_function');
  if (typeof (k as unknown as Record<string, unknown>)[fn] !== 'function') {
    const known = Object.keys(Object.getPrototypeOf(k) as object);
    throw new TraceError(trace.where(row),
      `fail_function: fn= is "${fn}", expected a function of the model${didYouMean(fn, known)}`);
  }
  const ret = trace.ret(row);
  if (nth < 1) {
    throw new TraceError(trace.where(row), `fail_function: nth= is ${nth}, expected 1 or more`);
  }
  wrapOnce(k, fn);
  k.state.failing.set(fn, { nth, ret });
  return {};
};
