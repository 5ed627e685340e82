/**
 * A broken expectation of our own code: always a bug of mmreplay, never of a trace, a policy or
 * the modelled kernel (those have `TraceError`, `PatchError` and observations).
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`mmreplay bug: ${message}`);
}

/** The element at `index`, which the caller knows to exist. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const value = list[index];
  assert(value !== undefined, `no element ${index} in a list of ${list.length}`);
  return value;
}
