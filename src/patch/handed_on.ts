/**
 * What code around a whole function (`wraps`) hands on to it. A function that got an argument more
 * in a later kernel is called with it there; code that was written against the shorter list does
 * not name it, and the function must not lose it.
 */
import * as functions from '../linux/functions.js';
import type { AnyFunction } from './any_function.js';

type Steps = Generator<string, unknown, void>;
type Wrap = (next: AnyFunction) => AnyFunction;

const opening = '([{';
const closing = ')]}';

/** Parts of a list that begins at `from`, behind its bracket; undefined where some are spread. */
function partsFrom(text: string, from: number): number | undefined {
  let depth = 0;
  let commas = 0;
  let isEmpty = true;
  for (let index = from; index < text.length; index += 1) {
    const char = text.charAt(index);
    if (depth === 0 && text.startsWith('...', index)) return undefined;
    if (opening.includes(char)) depth += 1;
    if (closing.includes(char)) {
      if (depth === 0) return isEmpty ? 0 : commas + 1;
      depth -= 1;
    }
    // A comma at the end of a list begins no part.
    if (char === ',' && depth === 0 && !/^\s*[)\]}]/.test(text.slice(index + 1))) commas += 1;
    if (char.trim() !== '') isEmpty = false;
  }
  return undefined;
}

const callOfNext = /\bnext\s*\(/g;

/** A call of `next` in this text hands on less than the function takes, k among it. */
export function handsOnLess(wrap: { toString(): string }, name: string): boolean {
  const model = (functions as unknown as Record<string, { toString(): string } | undefined>)[name];
  const head = model?.toString() ?? '';
  const taken = partsFrom(head, head.indexOf('(') + 1) ?? 0;
  const text = wrap.toString();
  return [...text.matchAll(callOfNext)].some((call) =>
    (partsFrom(text, call.index + call[0].length) ?? taken) < taken);
}

/** As the wrapped function; what `wrap` does not hand on is what the function was called with. */
export function wrappedWithRest(wrap: Wrap, inner: AnyFunction, isSleeping: boolean): AnyFunction {
  let given: readonly never[] = [];
  const during = <T>(args: readonly never[], run: () => T): T => {
    const before = given;
    given = args;
    try {
      return run();
    } finally {
      given = before;
    }
  };
  const body = wrap((k, ...args) => inner(k, ...args, ...given.slice(args.length)));
  if (!isSleeping) return (k, ...args) => during(args, () => body(k, ...args));
  return function* (k, ...args) {
    // Other tasks run at each yield, and may be inside the same function.
    const steps = during(args, () => body(k, ...args)) as Steps;
    for (;;) {
      const step = during(args, () => steps.next());
      if (step.done === true) return step.value;
      yield step.value;
    }
  };
}
