/** What the policies of a question do over many traces: counts of what they fix, add and leave. */
import { addTo } from '../../base/long_lists.js';
import { byHarm, harms, type Harm } from '../../observe/harm.js';
import type { ComparisonLine } from '../comparison.js';
import type { Finding } from './finding.js';
import type { CostChange, PolicyVerdict } from './verdict.js';

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
  /** Traces on which it came to no end of its own, and those of which nothing can be told. */
  readonly stopped: readonly string[];
  readonly unknown: number;
  /** Some trace says what it does, and it was stopped on none: only such a one can be the best. */
  readonly judged: boolean;
  /** Traces on which it fixes something and adds nothing graver, and those that it makes worse. */
  readonly better: number;
  readonly worse: number;
  readonly fixes: readonly FindingOn[];
  readonly adds: readonly FindingOn[];
  /** Of what some policy of the question fixes. */
  readonly leaves: readonly FindingOn[];
  /** Findings of the base, on the traces it was run on, that some policy fixes. */
  readonly of: number;
  /** Traces on which a call fails that succeeds on the base; whether rightly, is not judged. */
  readonly refuses: readonly string[];
  /** Work that it does more than the base, on the traces where it does. */
  readonly costs: readonly CostOn[];
  /** Traces with recorded outcomes that it reproduces in full, and those it was held to. */
  readonly reproduces: number;
  readonly held: number;
  /** By harm, what a user has with it: left, added, or of a trace that it cannot run on. */
  readonly remaining: Readonly<Record<Harm, number>>;
}

export interface CostOn extends CostChange {
  readonly trace: string;
}

export interface QuestionVerdict {
  /** '' of the user's own policies. */
  readonly question: string;
  readonly traces: number;
  readonly bases: readonly string[];
  /** What is wrong with the base and some policy fixes. */
  readonly base: readonly FindingOn[];
  /** What is wrong with it and none of them is about. */
  readonly beyond: readonly FindingOn[];
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
    addTo(same, one.finding.id, one);
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

/** Findings of the base on each trace that some policy of the question takes away. */
type Fixable = ReadonlyMap<ComparisonLine, ReadonlySet<string>>;

function fixableOf(comparisons: readonly ComparisonLine[], names: readonly string[]): Fixable {
  return new Map(comparisons.map((one) => [one, new Set((one.verdict?.policies ?? [])
    .filter(({ name, standing }) => names.includes(name) && standing !== 'stopped')
    .flatMap(({ fixes }) => fixes.map(({ id }) => id)))]));
}

/** Of a run that was stopped nobody knows what it fixes or leaves: it counts as one without it. */
function policyOn(
  name: string, all: readonly Judged[], comparisons: readonly ComparisonLine[],
  fixable: Fixable,
): PolicyOnTraces {
  const judged = all.filter(({ policy }) => policy.standing !== 'stopped');
  const on = (pick: (one: PolicyVerdict) => readonly Finding[],
    test: (one: ComparisonLine, id: string) => boolean = () => true): readonly FindingOn[] =>
    together(judged.flatMap(({ comparison, policy }) =>
      pick(policy).filter(({ id }) => test(comparison, id))
        .map((finding) => ({ trace: comparison.trace.name, finding }))));
  const isFixable = (one: ComparisonLine, id: string): boolean =>
    fixable.get(one)?.has(id) === true;
  const parts = {
    fixes: on((one) => one.fixes), adds: on((one) => one.adds),
    leaves: on((one) => one.leaves, isFixable),
  };
  const ran = new Set(judged.map(({ comparison }) => comparison));
  const elsewhere = together(comparisons.filter((one) => !ran.has(one)).flatMap((one) =>
    (one.verdict?.base ?? []).filter(({ id }) => isFixable(one, id))
      .map((finding) => ({ trace: one.trace.name, finding }))));
  const held = judged.filter(({ policy }) => policy.recorded !== undefined);
  const standing = (...which: readonly PolicyVerdict['standing'][]): number =>
    judged.filter(({ policy }) => which.includes(policy.standing)).length;
  const stopped = all.filter(({ policy }) => policy.standing === 'stopped')
    .map(({ comparison }) => comparison.trace.name);
  return {
    name, run: all.length, exercised: all.length - standing('untested'),
    stopped, unknown: standing('unknown'),
    judged: stopped.length === 0 && standing('untested', 'unknown') < judged.length,
    better: standing('fixes', 'trades'), worse: standing('worse'),
    ...parts, of: total(parts.fixes) + total(parts.leaves),
    refuses: judged.filter(({ policy }) =>
      policy.results.some(({ base, run }) => base === '0' && run.startsWith('-')))
      .map(({ comparison }) => comparison.trace.name),
    costs: judged.flatMap(({ comparison, policy }) => policy.costs
      .filter((cost) => cost.run > cost.base)
      .map((cost) => ({ ...cost, trace: comparison.trace.name }))),
    reproduces: held.filter(({ policy }) => policy.recorded?.how === 'reproduces').length,
    held: held.length,
    remaining: remaining([parts.adds, parts.leaves, elsewhere]),
  };
}

/**
 * Of whom too little is known comes last. Whoever makes more traces worse than better comes behind
 * all others: a patch that regresses is not taken for what it fixes besides. Then the gravest harm
 * that differs decides, then who fails fewer calls that the base does not fail, then who was
 * exercised more often, then the name.
 */
function byWorth(a: PolicyOnTraces, b: PolicyOnTraces): number {
  if (a.judged !== b.judged) return a.judged ? -1 : 1;
  const regresses = ({ worse, better }: PolicyOnTraces): number => (worse > better ? 1 : 0);
  const first = regresses(a) - regresses(b);
  if (first !== 0) return first;
  for (const harm of harms) {
    const order = a.remaining[harm] - b.remaining[harm];
    if (order !== 0) return order;
  }
  const refuses = a.refuses.length - b.refuses.length;
  if (refuses !== 0) return refuses;
  return b.exercised - a.exercised || (a.name < b.name ? -1 : 1);
}

/** Of these comparisons, which are all of one question. */
export function questionVerdict(
  question: string, comparisons: readonly ComparisonLine[], names: readonly string[],
): QuestionVerdict {
  const judgedOf = (name: string): Judged[] => comparisons.flatMap((comparison) =>
    (comparison.verdict?.policies ?? []).filter((one) => one.name === name)
      .map((policy) => ({ comparison, policy })));
  const fixable = fixableOf(comparisons, names);
  const wrong = (isOurs: boolean): readonly FindingOn[] =>
    together(comparisons.flatMap((one) => (one.verdict?.base ?? [])
      .filter(({ id }) => fixable.get(one)?.has(id) === isOurs)
      .map((finding) => ({ trace: one.trace.name, finding }))));
  return {
    question, traces: comparisons.length,
    bases: [...new Set(comparisons.map(({ trace }) => trace.base))],
    base: wrong(true), beyond: wrong(false),
    policies: names.map((name) => policyOn(name, judgedOf(name), comparisons, fixable))
      .sort(byWorth),
  };
}
