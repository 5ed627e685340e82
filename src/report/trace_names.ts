/** Traces of one name are told apart: by where they are, or by the base they were replayed on. */
import type { Comparison, ComparisonLine } from '../compare/comparison.js';
import type { Results } from './report.js';

type Told = Pick<ComparisonLine, 'trace'>;

/** What stands there more than once. */
function several(list: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  return new Set(list.filter((one) => seen.size === seen.add(one).size));
}

/** The name of each, or its path; with its base where that is of several lines too. */
export function distinctNames(lines: readonly Told[]): readonly string[] {
  const names = several(lines.map(({ trace }) => trace.name));
  const paths = several(lines.map(({ trace }) => trace.path));
  return lines.map(({ trace: { name, path, base } }) => {
    if (!names.has(name)) return name;
    return paths.has(path) ? `${path} on ${base}` : path;
  });
}

function* renamed(
  comparisons: Iterable<Comparison>, names: readonly string[],
): Generator<Comparison> {
  let place = 0;
  for (const one of comparisons) {
    yield { ...one, trace: { ...one.trace, name: names[place] ?? one.trace.name } };
    place += 1;
  }
}

/** The same results, no two lines of one name. */
export function distinctlyNamed(results: Results): Results {
  const { lines, comparisons } = results;
  const names = distinctNames(lines);
  if (lines.every(({ trace }, place) => trace.name === names[place])) return results;
  return {
    ...results,
    lines: lines.map((line, place) =>
      ({ ...line, trace: { ...line.trace, name: names[place] ?? line.trace.name } })),
    comparisons: { [Symbol.iterator]: () => renamed(comparisons, names) },
  };
}
