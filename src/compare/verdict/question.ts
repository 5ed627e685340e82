/** What the policies of a question do over many traces: counts of what they fix, add and leave. */
import { byHarm, harms, type Harm } from '../../observe/harm.js';
import type { ComparisonLine } from '../comparison.js';
import type { Finding } from './finding.js';
import type { PolicyVerdict } from './verdict.js';

export { harms, type Harm };

/** The same finding on several traces. */
export interface FindingOn {
  readonly id: string;
  readonly harm: Harm;
  /** At its worst. */
  readonly worst: Finding;
  /** Names of the traces. */
  readonly traces: readonly string[];
}

export interface PolicyOnTraces {
  readonly name: string;
  /** Traces it was run on, and those of them on which something that it changes ran. */
  readonly run: number;
  readonly exercised: number;
  readonly fixes: readonly FindingOn[];
  readonly adds: readonly FindingOn[];
  readonly leaves: readonly FindingOn[];
  /** Findings of the base on the traces it was run on. */
  readonly of: number;
  /** Traces with recorded outcomes that it reproduces in full, and those it was held to. */
  readonly reproduces: number;
  readonly held: number;
  /** By harm, what a user has with it: left, added, or of a trace that it cannot run on. */
  readonly remaining: Readonly<Record<Harm, number>>;
}

export interface QuestionVerdict {
  /** '' of the user's own policies. */
  readonly question: string;
  readonly traces: number;
  readonly bases: readonly string[];
  readonly base: readonly FindingOn[];
  /** The best first. */
  readonly policies: readonly PolicyOnTraces[];
}

interface On {
  readonly trace: string;
  readonly finding: Finding;
}

function together(list: readonly On[]): readonly FindingOn[] {
  const same = new Map<string, On[]>();
  for (const one of list) {
    same.set(one.finding.id, [...same.get(one.finding.id) ?? [], one]);
  }
  return [...same].map(([id, found]): FindingOn => {
    const [worst] = [...found].sort((a, b) => b.finding.amount - a.finding.amount);
    const finding = (worst ?? found[0] as On).finding;
    return { id, harm: finding.harm, worst: finding, traces: found.map(({ trace }) => trace) };
  }).sort((a, b) => byHarm(a.harm, b.harm) || b.traces.length - a.traces.length ||
    (a.id < b.id ? -1 : 1));
}

function total(list: readonly FindingOn[]): number {
  return list.reduce((sum, one) => sum + one.traces.length, 0);
}

interface Judged {
  readonly comparison: ComparisonLine;
  readonly policy: PolicyVerdict;
}

function remaining(lists: readonly (readonly FindingOn[])[]): Record<Harm, number> {
  const counts = Object.fromEntries(harms.map((harm) => [harm, 0])) as Record<Harm, number>;
  for (const one of lists.flat()) counts[one.harm] += one.traces.length;
  return counts;
}

function policyOn(
  name: string, judged: readonly Judged[], comparisons: readonly ComparisonLine[],
): PolicyOnTraces {
  const on = (pick: (one: PolicyVerdict) => readonly Finding[]): readonly FindingOn[] =>
    together(judged.flatMap(({ comparison, policy }) =>
      pick(policy).map((finding) => ({ trace: comparison.trace.name, finding }))));
  const parts = {
    fixes: on((one) => one.fixes), adds: on((one) => one.adds), leaves: on((one) => one.leaves),
  };
  const ran = new Set(judged.map(({ comparison }) => comparison));
  const elsewhere = together(comparisons.filter((one) => !ran.has(one)).flatMap((one) =>
    (one.verdict?.base ?? []).map((finding) => ({ trace: one.trace.name, finding }))));
  const held = judged.filter(({ policy }) => policy.recorded !== undefined);
  return {
    name, run: judged.length,
    exercised: judged.filter(({ policy }) => policy.standing !== 'untested').length,
    ...parts, of: total(parts.fixes) + total(parts.leaves),
    reproduces: held.filter(({ policy }) => policy.recorded?.how === 'reproduces').length,
    held: held.length,
    remaining: remaining([parts.adds, parts.leaves, elsewhere]),
  };
}

/** The gravest harm that differs decides, then who was exercised more often, then the name. */
function byWorth(a: PolicyOnTraces, b: PolicyOnTraces): number {
  for (const harm of harms) {
    const order = a.remaining[harm] - b.remaining[harm];
    if (order !== 0) return order;
  }
  return b.exercised - a.exercised || (a.name < b.name ? -1 : 1);
}

/** Of these comparisons, which are all of one question. */
export function questionVerdict(
  question: string, comparisons: readonly ComparisonLine[], names: readonly string[],
): QuestionVerdict {
  const judgedOf = (name: string): Judged[] => comparisons.flatMap((comparison) =>
    (comparison.verdict?.policies ?? []).filter((one) => one.name === name)
      .map((policy) => ({ comparison, policy })));
  return {
    question, traces: comparisons.length,
    bases: [...new Set(comparisons.map(({ trace }) => trace.base))],
    base: together(comparisons.flatMap((one) => (one.verdict?.base ?? [])
      .map((finding) => ({ trace: one.trace.name, finding })))),
    policies: names.map((name) => policyOn(name, judgedOf(name), comparisons)).sort(byWorth),
  };
}
