/** Where the lines of the kernel's log part first, in two runs that may come to the same. */
import type { Observation } from './observation.js';

export interface LogParting {
  readonly row: number;
  /** Lines that only this run printed there; none: it printed nothing of this. */
  readonly first: readonly string[];
  readonly second: readonly string[];
}

const linesOf = (list: readonly Observation[]): readonly Observation[] =>
  list.filter(({ kind }) => kind === 'log');

/** Undefined: both print the same. */
export function logParting(
  a: readonly Observation[], b: readonly Observation[],
): LogParting | undefined {
  const [left, right] = [linesOf(a), linesOf(b)];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x, y] = [left[index], right[index]];
    if (x?.row === y?.row && x?.value === y?.value) continue;
    const row = Math.min(x?.row ?? Infinity, y?.row ?? Infinity);
    const lines = (one: Observation | undefined): readonly string[] =>
      (one?.row === row ? `${one.value}`.split('\n') : []);
    const own = (mine: readonly string[], its: readonly string[]): readonly string[] =>
      mine.filter((line) => !its.includes(line));
    return { row, first: own(lines(x), lines(y)), second: own(lines(y), lines(x)) };
  }
  return undefined;
}
