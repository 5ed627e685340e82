/** Pairs of shipped policies that a shipped trace tells apart: `traces/outcomes.json` knows. */
import { shippedOutcomes } from '../../compare/verdict/shipped.js';
import { questions } from '../../patch/catalogue.js';
import { pairKey } from './tournament.js';

export interface ShippedPairs {
  readonly question: string;
  /** Of its traces, the frequent ones first. */
  readonly versions: readonly string[];
  /** `base` and all of its policies that ran. */
  readonly names: readonly string[];
  readonly pairs: ReadonlySet<string>;
}

/** Pairs of runs that stand in different groups. */
function apart(groups: readonly (readonly string[])[]): string[] {
  return groups.flatMap((group, index) => groups.slice(index + 1).flatMap((other) =>
    group.flatMap((one) => other.map((two) => pairKey(one, two)))));
}

function ofQuestion(question: string): ShippedPairs {
  const traces = Object.entries(shippedOutcomes())
    .filter(([name]) => name.startsWith(`${question}-`)).map(([, outcomes]) => outcomes);
  const versions = new Map<string, number>();
  for (const { base } of traces) versions.set(base, (versions.get(base) ?? 0) + 1);
  return {
    question, pairs: new Set(traces.flatMap(({ groups }) => apart(groups))),
    names: [...new Set(traces.flatMap(({ groups }) => groups.flat()))].sort(),
    versions: [...versions].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
      .map(([version]) => version),
  };
}

/** Of each question. */
export function shippedPairs(): readonly ShippedPairs[] {
  return questions().map(ofQuestion);
}
