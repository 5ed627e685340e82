/**
 * What a kernel does since which release. A change stands once: its values in the order of the
 * mainline releases that brought them. A stable or distribution release is a branch of a mainline
 * release with picks (branches.ts).
 */
import type { Difference } from '../base/difference.js';

/** A mainline release: `v6.1`. */
export type Mainline = `v${number}.${number}`;

export interface Change<V> {
  /** What it decides, without versions: those are in `values`. */
  readonly doc: string;
  /** Value since each release, the oldest first; the last is the model as written. */
  readonly values: Readonly<Record<Mainline, V>>;
  /** The commit that brought a value, where it is known. */
  readonly commits: Readonly<Partial<Record<Mainline, string>>>;
}

type Plain = boolean | number | string;
/** A table of `true` and of 128 allows false and 256 too; words allow those listed. */
type Widened<V extends Plain> = V extends boolean ? boolean : V extends number ? number : V;

/** A version switch, `k.config.<name>`: its values, what it decides, commits by release. */
export function since<const V extends Plain>(
  values: Readonly<Record<Mainline, V>>, doc: string, commits: Change<V>['commits'] = {},
): Change<Widened<V>> {
  return {
    doc, values: values as Readonly<Record<Mainline, Widened<V>>>, commits,
  };
}

/** Functions that differ as a whole: what to make of the model as written (`{}`: nothing). */
export function written(
  values: Readonly<Record<Mainline, Difference>>, doc: string,
  commits: Change<Difference>['commits'] = {},
): Change<Difference> {
  return { doc, values, commits };
}

const read = new Map<string, readonly [number, number]>();

function numbers(release: string): readonly [number, number] {
  const known = read.get(release);
  if (known !== undefined) return known;
  const [major, minor] = release.slice(1).split('.').map(Number);
  const made = [major ?? 0, minor ?? 0] as const;
  read.set(release, made);
  return made;
}

/** Order of mainline releases: negative when `a` is the older one. */
export function byAge(a: string, b: string): number {
  const [of_a, of_b] = [numbers(a), numbers(b)];
  return of_a[0] - of_b[0] || of_a[1] - of_b[1];
}

/** The value that the change has in a mainline release. */
export function valueIn<V>(change: Change<V>, release: Mainline): V {
  const entries = Object.entries(change.values) as [Mainline, V][];
  const found = entries.findLast(([from]) => byAge(from, release) <= 0);
  if (found === undefined) throw new Error(`${change.doc}: no value in ${release}`);
  return found[1];
}
