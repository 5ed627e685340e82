/** The answer for a question over many traces: its policies, the best first, in few lines. */
import { addTo } from '../base/long_lists.js';
import type { ComparisonLine } from '../compare/comparison.js';
import {
  harms, questionVerdict, type FindingOn, type Harm, type PolicyOnTraces, type QuestionVerdict,
} from '../compare/verdict/question.js';
import { term, text, type Block, type Term } from './blocks.js';
import { costsTold, costText } from './cost_words.js';
import { counted, questionOfRun } from './names.js';
import { fitting, termLines } from './term_lines.js';

/** Ids told of one kind of harm. */
const IDS = 3;
const NAMES = 3;

/** What the user of a machine gets from it. */
const harmWords: Readonly<Record<Harm, string>> = {
  dead: 'no boot', bug: 'BUG', oops: 'oops', loop: 'a call that never returns',
  kill: 'kills with memory free', lost: 'memory lost', garbage: 'garbage read',
  wrong: 'wrong state', warning: 'a warning',
};

/** How much is said of a list. */
interface Told {
  /** Kinds of harm. */
  readonly kinds: number;
  /** The gravest is told in words and numbers. */
  readonly words: boolean;
  /** An id has with it what it says, in a few words. */
  readonly broken: boolean;
}

/** `Z1: zone not in its own zonelists`, `offline_pages()` of a fault in it. */
function idText({ id, worst }: FindingOn, { broken }: Told): string {
  if (worst.broken !== undefined && broken) return `${id}: ${worst.broken}`;
  return id.replace(/^\w+ in (\S+)/, '$1()');
}

/** `memory lost on 6 (Z1, Z2)`, the gravest harm first; the others are counted. */
function harmsText(list: readonly FindingOn[], told: Told): string {
  const { kinds, words } = told;
  const found = harms.flatMap((harm, _, all) => {
    const of = list.filter((one) => one.harm === harm);
    const [first] = of;
    if (first === undefined) return [];
    const traces = new Set(of.flatMap((one) => one.traces));
    const isGravest = all.find((one) => list.some((other) => other.harm === one)) === harm;
    const ids = of.slice(0, IDS).map((one) => idText(one, told));
    const more = of.length - ids.length;
    const which = words && isGravest ? first.worst.text
      : ids.join(', ') + (more > 0 ? ` and ${more} more` : '');
    return [`${harmWords[harm]} on ${traces.size} (${which})`];
  });
  const more = found.length - kinds;
  return found.slice(0, kinds).join(', ') + (more > 0 ? ' and less grave' : '');
}

/** The cost that grew most, where it did so most. */
function costOn({ costs }: PolicyOnTraces): string {
  const [first] = costsTold(costs);
  const on = costs.find((one) => one.name === first?.name && one.run === first.run &&
    one.base === first.base);
  if (first === undefined || on === undefined) return '';
  return `up to ${costText(first)} on ${on.trace}`;
}

/** Why a policy has no place among the others; undefined: it has one. */
function unjudged({ judged, stopped, exercised }: PolicyOnTraces): string | undefined {
  if (judged) return undefined;
  if (stopped.length > 0) return 'stopped';
  return exercised === 0 ? 'untested' : 'cannot tell';
}

/** What there is to say of a policy of which no trace says what it does; undefined: one does. */
function nothingKnown({ run, exercised, stopped, unknown }: PolicyOnTraces): string | undefined {
  const of = counted(run, 'trace');
  if (exercised === 0) return `untested: ran on none of ${of}`;
  if (stopped.length === run) return `came to no end of its own on ${of}`;
  return unknown > 0 && unknown === exercised
    ? `cannot tell: what it does on ${unknown} of ${of} nobody looks at` : undefined;
}

/** Of the worst it is enough what it does not fix and what it adds. */
function policyText(policy: PolicyOnTraces, told: Told, isLast = false): string {
  const { fixes, adds, leaves, refuses, of, run, exercised, stopped } = policy;
  const nothing = nothingKnown(policy);
  if (nothing !== undefined) return nothing;
  const fixed = fixes.reduce((sum, one) => sum + one.traces.length, 0);
  const cost = told.words ? costOn(policy) : '';
  return [
    ...(stopped.length === 0 ? []
      : [`came to no end of its own on ${stopped.length} of ${counted(run, 'trace')}`]),
    of === 0 ? 'nothing to fix' : `fixes ${fixed} of ${of}`,
    ...(leaves.length === 0 || isLast ? []
      : [`leaves ${harmsText(leaves, { ...told, words: false })}`]),
    adds.length === 0 ? 'adds nothing' : `adds ${harmsText(adds, told)}`,
    ...(refuses.length === 0 ? []
      : [`fails a call that the base does not on ${refuses.length}`]),
    ...(cost === '' ? [] : [cost]),
    ...(told.words || 2 * exercised < run ? [`exercised on ${exercised} of ${run}`] : []),
  ].join('; ');
}

interface Line {
  /** Of the first of them. */
  readonly unjudged: string | undefined;
  readonly text: string;
}

/** Policies of which the same is said, in the order of the best of them. */
function policyLines({ policies, question }: QuestionVerdict, told: Told): readonly Line[] {
  const same = new Map<string, PolicyOnTraces[]>();
  for (const policy of policies) {
    const said = policyText(policy, told);
    addTo(same, said, policy);
  }
  return [...same].map(([said, list]): Line => {
    const names = list.map(({ name }) => name.replace(`${question}/`, ''));
    const more = names.length - NAMES;
    const who = names.slice(0, NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return { unjudged: list.map(unjudged)[0], text: `${who}: ${said}` };
  });
}

/** The worst of those that can be judged, and, where there is room, how many cannot. */
function worstTerms({ policies, question }: QuestionVerdict, told: Told): readonly Term[] {
  const judged = policies.filter((one) => one.judged);
  const worst = judged.at(-1);
  const others = policies.length - judged.length;
  return [
    ...(worst === undefined ? [] : [term('worst',
      `${worst.name.replace(`${question}/`, '')}: ${policyText(worst, told, true)}`, 'bad')]),
    ...(others === 0 || !told.words ? [] : [term('not judged',
      `${others === 1 ? '1 policy' : `${others} policies`}: stopped, untested or cannot tell`)]),
  ];
}

/** The best, so many that follow it, and the worst. */
function policyTerms(verdict: QuestionVerdict, told: Told, then: number): readonly Term[] {
  const lines = policyLines(verdict, told);
  const shown = lines.length <= then + 2 ? lines : lines.slice(0, then + 1);
  const names = shown.map((line, index) => line.unjudged ?? (index === 0 ? 'best' : 'then'));
  return [
    ...shown.map((line, index) => term(names[index] === names[index - 1] ? '' : names[index] ?? '',
      line.text, names[index] === 'best' ? 'good' : undefined)),
    ...(lines.length > shown.length ? worstTerms(verdict, told) : []),
  ];
}

/** What it is about and what is wrong with the base, then its policies. */
function termsOf(verdict: QuestionVerdict, told: Told, then: number): readonly Term[] {
  const { question, traces, policies, base, beyond, bases } = verdict;
  const many = policies.length === 1 ? '1 policy' : `${policies.length} policies`;
  const [only, ...others] = bases;
  const name = others.length === 0 ? ` on ${only ?? ''}` : '';
  const ids = { ...told, words: false };
  const left = !told.words || beyond.length === 0 ? []
    : [['beyond', `no policy of the question changes ${harmsText(beyond, ids)}`] as const];
  const about = question === '' ? 'your policies' : question;
  return [
    [`${about}: ${many}, ${counted(traces, 'trace')}${name}`, ''],
    ['base', base.length === 0 ? 'nothing wrong that a policy changes' : harmsText(base, told)],
    ...policyTerms(verdict, told, then), ...left,
  ];
}

/** From all that there is to say to what must be said. */
const details = ([
  [9, true, Infinity], [3, true, Infinity], [2, true, 3], [2, true, 1], [2, false, 1],
  [1, false, 1], [2, false, 0], [1, false, 0],
] as const).flatMap(([kinds, words, then]) =>
  [true, false].map((broken) => ({ told: { kinds, words, broken }, then })));

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

/** Lines of a verdict over many traces beside those of the questions. */
const OTHER_LINES = 9;
const LINES = 40;

/** The first page of a report over several traces, on one screen unless it is to be `full`. */
export function questionBlocks(comparisons: readonly ComparisonLine[], full: boolean): Block[] {
  const all = verdicts(comparisons);
  if (all.length === 0) {
    return [text('Only the base was run: there is nothing to compare it with.')];
  }
  // What one question does not need the others have.
  let left = full ? Infinity : LINES - OTHER_LINES;
  const terms = all.flatMap((one, index) => {
    const share = Math.floor(left / (all.length - index));
    const said = fitting(details.map(({ told, then }) =>
      (): readonly Term[] => termsOf(one, told, then)), share);
    left -= termLines(said).length;
    return said;
  });
  return [
    { kind: 'terms', terms },
    ...(full ? [] : [text('--short: the verdict of each trace; --full: everything of each.')]),
  ];
}
