/** The answer for a question over many traces: its policies, the best first, in few lines. */
import type { ComparisonLine } from '../compare/comparison.js';
import {
  harms, questionVerdict, type FindingOn, type Harm, type PolicyOnTraces, type QuestionVerdict,
} from '../compare/verdict/question.js';
import { text, type Block } from './blocks.js';
import { counted, questionOfRun } from './names.js';
import type { Term } from './verdict.js';

/** Lines of policies shown of a question, and the worst; those between are counted. */
const POLICY_LINES = 2;
/** Ids told of one kind of harm. */
const IDS = 3;
const NAMES = 3;

/** What the user of a machine gets from it. */
const harmWords: Readonly<Record<Harm, string>> = {
  dead: 'no boot', bug: 'BUG', oops: 'oops', loop: 'a call that never returns',
  kill: 'kills with memory free', lost: 'memory lost', garbage: 'garbage read',
  wrong: 'wrong state', warning: 'a warning',
};

/** `memory lost (Z1, Z2) on 6`, the gravest harm first; the others are counted. */
function harmsText(list: readonly FindingOn[], told = 1): string {
  const found = harms.flatMap((harm) => {
    const of = list.filter((one) => one.harm === harm);
    if (of.length === 0) return [];
    const traces = new Set(of.flatMap((one) => one.traces));
    const ids = of.slice(0, IDS).map(({ id }) => id.replace(/^\w+ in (\S+)/, '$1()'));
    const more = of.length - ids.length;
    return [`${harmWords[harm]} on ${traces.size} ` +
      `(${ids.join(', ')}${more > 0 ? ` and ${more} more` : ''})`];
  });
  const more = found.length - told;
  return found.slice(0, told).join(', ') + (more > 0 ? ' and less grave' : '');
}

function policyText(policy: PolicyOnTraces): string {
  const { fixes, adds, leaves, of, run, exercised } = policy;
  if (exercised === 0) return `untested: ran on none of ${counted(run, 'trace')}`;
  const fixed = fixes.reduce((sum, one) => sum + one.traces.length, 0);
  return [
    of === 0 ? 'nothing to fix' : `fixes ${fixed} of ${of}`,
    ...(leaves.length === 0 ? [] : [`leaves ${harmsText(leaves)}`]),
    adds.length === 0 ? 'adds nothing' : `adds ${harmsText(adds)}`,
    ...(2 * exercised < run ? [`exercised on ${exercised} of ${run}`] : []),
  ].join('; ');
}

/** Policies of which the same is said, in the order of the best of them. */
function policyLines({ policies, question }: QuestionVerdict): readonly string[] {
  const same = new Map<string, string[]>();
  for (const policy of policies) {
    const said = policyText(policy);
    same.set(said, [...same.get(said) ?? [], policy.name.replace(`${question}/`, '')]);
  }
  return [...same].map(([said, names]): string => {
    const more = names.length - NAMES;
    const who = names.slice(0, NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return `${who}: ${said}`;
  });
}

function policyTerms(verdict: QuestionVerdict, full: boolean): readonly Term[] {
  const lines = policyLines(verdict);
  const shown = full ? lines : lines.slice(0, POLICY_LINES);
  const more = lines.length - shown.length;
  return [
    ...shown.map((line, index): Term => [index === 0 ? 'best' : 'then', line]),
    ...(more > 0 ? [['worst', `${lines.at(-1)}${more > 1 ? ` (${more - 1} between)` : ''}`] as Term]
      : []),
  ];
}

/** What it is about and what is wrong with the base, then its policies. */
function termsOf(verdict: QuestionVerdict, full: boolean): readonly Term[] {
  const { question, traces, policies, base, bases } = verdict;
  const many = policies.length === 1 ? '1 policy' : `${policies.length} policies`;
  const wrong = base.length === 0 ? 'nothing wrong' : harmsText(base, 2);
  const name = bases.length === 1 ? `base ${bases[0]}` : 'base';
  return [
    [question === '' ? 'your policies' : question,
      `${many}, ${counted(traces, 'trace')}; ${name}: ${wrong}`],
    ...policyTerms(verdict, full),
  ];
}

function runNames(comparisons: readonly ComparisonLine[]): readonly string[] {
  return [...new Set(comparisons.flatMap((one) => one.runs.map(({ name }) => name)))]
    .filter((name) => name !== 'base' && name !== 'recorded');
}

/** Verdicts by question; a series of the user's own stands in each that it was run beside. */
function verdicts(comparisons: readonly ComparisonLine[]): readonly QuestionVerdict[] {
  const names = runNames(comparisons);
  const questions = [...new Set(names.map(questionOfRun))].filter(Boolean).sort();
  const own = names.filter((name) => questionOfRun(name) === '');
  const has = (one: ComparisonLine, list: readonly string[]): boolean =>
    one.runs.some(({ name }) => list.includes(name));
  if (questions.length === 0) {
    return own.length === 0 ? []
      : [questionVerdict('', comparisons.filter((one) => has(one, own)), own)];
  }
  return questions.map((question) => {
    const policies = names.filter((name) => questionOfRun(name) === question);
    const of = comparisons.filter((one) => has(one, policies));
    const beside = own.filter((name) => of.some((one) => has(one, [name])));
    return questionVerdict(question, of, [...policies, ...beside]);
  });
}

/** The first page of a report over several traces. */
export function questionBlocks(comparisons: readonly ComparisonLine[], full: boolean): Block[] {
  const terms = verdicts(comparisons).flatMap((one) => termsOf(one, full));
  return terms.length > 0 ? [{ kind: 'terms', terms }]
    : [text('Only the base was run: there is nothing to compare it with.')];
}
