/** Where the lines of the kernel's log part first, in two runs that may come to the same. */
import type { Observation } from './observation.js';

export interface LogParting {
  readonly row: number;
  /** Lines that only this run printed there; none in both: the same ones in another order. */
  readonly first: readonly string[];
  readonly second: readonly string[];
}

const linesOf = (list: readonly Observation[]): readonly Observation[] =>
  list.filter(({ kind }) => kind === 'log');

/** Lines of one list that the other has not, each as often as it has more of it. */
function without(mine: readonly string[], its: readonly string[]): readonly string[] {
  const left = [...its];
  return mine.filter((line) => {
    const place = left.indexOf(line);
    if (place >= 0) left.splice(place, 1);
    return place < 0;
  });
}

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
    return { row, first: without(lines(x), lines(y)), second: without(lines(y), lines(x)) };
  }
  return undefined;
}
