/**
 * What is done with lists that are as long as the input. `Math.max(...list)` and `push(...list)`
 * put each element on the stack, and end with a RangeError from some 120,000 on.
 */

/** The greatest of all, and no less than `least`. */
export function maxOf(values: Iterable<number>, least = -Infinity): number {
  let most = least;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The smallest of all, and no more than `most`. */
export function minOf(values: Iterable<number>, most = Infinity): number {
  let least = most;
  for (const value of values) least = Math.min(least, value);
  return least;
}

export function pushAll<T>(list: T[], more: Iterable<T>): void {
  for (const one of more) list.push(one);
}

/** Puts a value behind the others of its key: `[...others, value]` copies all of them each time. */
export function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const others = lists.get(key);
  if (others === undefined) lists.set(key, [value]);
  else others.push(value);
}
