/** An expectation of our own code that does not hold. */
export class Broken extends Error {
  /** Without whose fault it is: code of a policy can break an expectation, too. */
  readonly what: string;

  constructor(what: string) {
    super(`mmreplay bug: ${what}`);
    this.what = what;
  }
}

/**
 * A broken expectation of our own code: never of a trace or the modelled kernel (those have
 * `TraceError`, `PatchError` and observations). Where a policy runs, it may have asked the model
 * for what no kernel does.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Broken(message);
}

/** The element at `index`, which the caller knows to exist. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index];
  assert(value !== undefined, `no element ${index} in a list of ${list.length}`);
  return value;
}
