/** A batch as test results: a trace is a suite, a policy a case; what JUnit and KTAP say. */
import type { ComparisonLine } from '../compare/comparison.js';
import type { PolicyVerdict } from '../compare/verdict/verdict.js';
import { costsTold, costText } from './cost_words.js';

export interface CaseResult {
  readonly name: string;
  /** skipped: the trace says nothing of the policy, or it does not stand there. */
  readonly result: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped, a sentence each; of one that passed what it costs. */
  readonly lines: readonly string[];
}

/** A policy fails on a trace when it adds a fault or a broken invariant that the base has not. */
function caseOf(one: PolicyVerdict): CaseResult {
  const { name, standing, adds, costs } = one;
  if (standing === 'untested') {
    return { name, result: 'skipped', lines: ['nothing that it changes ran'] };
  }
  if (adds.length === 0) {
    return { name, result: 'passed', lines: costsTold(costs).map(costText) };
  }
  return { name, result: 'failed', lines: adds.map(({ id, text }) => `${id}: ${text}`) };
}

/** All cases of a trace, in order; those that could not be run are skipped with the reason. */
export function casesOf({ verdict, skipped }: ComparisonLine): readonly CaseResult[] {
  return [
    ...(verdict?.policies ?? []).map(caseOf),
    ...skipped.map(({ name, why }): CaseResult => ({
      name, result: 'skipped', lines: why.split('\n').map((line) => line.trim()) })),
  ];
}
