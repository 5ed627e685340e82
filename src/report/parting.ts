/** In what two runs part that findings do not tell: the first thing, in a line of the verdict. */
import type { Comparison, ValueGroup } from '../compare/comparison.js';
import type { RunIndex } from '../compare/document_parts.js';
import { withUnknown } from '../compare/values.js';
import type { PolicyVerdict } from '../compare/verdict/verdict.js';
import { outcomeKinds, type Kind } from '../observe/observation.js';
import { differingWords, shortName } from './names.js';

/** A value that some of the runs have, as a subject has it. */
const valueOf = (values: readonly ValueGroup[], run: RunIndex): ValueGroup | undefined =>
  values.find(({ runs }) => runs.includes(run));

/** The first thing of the gravest of these kinds in which two runs part, with what each has. */
function firstParting(
  { divergences }: Comparison, [a, b]: readonly [RunIndex, RunIndex], kinds: readonly Kind[],
): { readonly subject: string; readonly has: readonly [string, string] } | undefined {
  const parted = divergences.filter(({ unknown, values }) =>
    unknown === undefined && valueOf(values, a) !== valueOf(values, b));
  const kind = kinds.find((one) => parted.some((divergence) => divergence.kind === one));
  const first = parted.find((one) => one.kind === kind);
  const [mine, other] = first === undefined ? []
    : [valueOf(first.values, a), valueOf(first.values, b)];
  if (first === undefined || mine === undefined || other === undefined) return undefined;
  const [mineTold, otherTold] = withUnknown(mine.value, other.value);
  const [now = mine, before = other] = differingWords(
    [{ ...mine, value: mineTold }, { ...other, value: otherTold }]);
  const text = ({ value }: ValueGroup): string => `${value}`.split('\n')[0] ?? '';
  return { subject: first.subject, has: [text(now), text(before)] };
}

/**
 * What a user of the machine sees otherwise, the first thing of the gravest kind; faults and broken
 * invariants are findings, told as such.
 */
export function stateText(comparison: Comparison, { run }: PolicyVerdict): string {
  const base = comparison.runs.findIndex(({ name }) => name === 'base');
  const parting = firstParting(comparison, [run, base],
    outcomeKinds.slice(outcomeKinds.indexOf('state')));
  return parting === undefined ? ''
    : `${parting.subject}: ${parting.has[0]} (base ${parting.has[1]})`;
}

/**
 * Policies of which the same is said, and that are not alike: the first thing in which the first of
 * them and another part.
 */
export function partText(
  comparison: Comparison, list: readonly PolicyVerdict[], say: (one: PolicyVerdict) => string,
): string {
  for (const [index, one] of list.entries()) {
    const other = list.slice(index + 1)
      .find((two) => !one.alike.includes(two.run) && say(one) === say(two));
    const parting = other === undefined ? undefined
      : firstParting(comparison, [one.run, other.run], outcomeKinds);
    if (other === undefined || parting === undefined) continue;
    const [mine, its] = [one, other].map(({ name }) => shortName(comparison, name));
    return `${mine} / ${its} part: ${parting.subject}: ${parting.has[0]} / ${parting.has[1]}`;
  }
  return '';
}
