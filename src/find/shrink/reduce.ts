/**
 * Makes a list as short as it can be while a test holds: large pieces first, from the end, then
 * single ones until none can be left out. The result is 1-minimal.
 */

export interface Reduced<T> {
  readonly list: readonly T[];
  readonly tests: number;
}

/**
 * Pieces that belong together go together: of a list, by index, what cannot stay without it;
 * undefined: all can. Asked once for each list that is tried: lists can be long.
 */
export type Dependents = (list: readonly unknown[]) => readonly (number | undefined)[];

const none: Dependents = () => [];

function without<T>(list: readonly T[], from: number, to: number, dependents: Dependents): T[] {
  const gone = new Set<number | undefined>();
  const partners = dependents(list);
  for (let index = from; index < to; index += 1) gone.add(index).add(partners[index]);
  return list.filter((_, index) => !gone.has(index));
}

/** One sweep with pieces of this size; the list when nothing could be left out. */
function sweep<T>(
  list: readonly T[], size: number, test: (list: readonly T[]) => boolean, dependents: Dependents,
): readonly T[] {
  let now = list;
  for (let to = now.length; to > 0;) {
    const from = Math.max(0, to - size);
    const less = without(now, from, to, dependents);
    const holds = less.length < now.length && test(less);
    if (holds) now = less;
    to = Math.min(from, now.length);
  }
  return now;
}

/** `test` is true of the list as it is given. */
export function reduceList<T>(
  given: readonly T[], test: (list: readonly T[]) => boolean, dependents: Dependents = none,
): Reduced<T> {
  let tests = 0;
  const counted = (list: readonly T[]): boolean => {
    tests += 1;
    return test(list);
  };
  let list = given;
  if (list.length > 1 && counted([])) return { list: [], tests };
  for (let size = Math.ceil(list.length / 2); size > 1; size = Math.floor(size / 2)) {
    size = Math.min(size, Math.ceil(list.length / 2));
    if (size > 1) list = sweep(list, size, counted, dependents);
  }
  for (let before = Infinity; list.length < before;) {
    before = list.length;
    list = sweep(list, 1, counted, dependents);
  }
  return { list, tests };
}
