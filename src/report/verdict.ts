/** The answer for one trace, first in its report: which policy fixes what, and at what price. */
import type { ComparisonLine } from '../compare/comparison.js';
import type { Finding } from '../compare/verdict/finding.js';
import { byWorth, type PolicyVerdict, type TraceVerdict } from '../compare/verdict/verdict.js';
import { costsTold, costText } from './cost_words.js';
import { counted, eventText, runName, shortName } from './names.js';

/** A term and what is said of it. */
export type Term = readonly [name: string, text: string];

/** Findings told of one run; the rest is counted. */
const TOLD = 2;
/** Names told of policies that are alike; the rest is counted. */
const NAMES = 6;
/** Names told of policies that this trace cannot tell apart. */
const ALIKE = 4;

/** `up to 307200 free pages ...`; where a finding has a size, it is the largest. */
function findingText(one: Finding): string {
  const size = one.amount > 0 && one.times === 1 && !one.lasts ? 'up to ' : '';
  const often = one.times > 1 ? `, ${one.times} times` : '';
  return `${size}${one.text}${often}`;
}

/** The gravest ones in words, then how many more. */
function findingsText(list: readonly Finding[], told = TOLD): string {
  const texts = list.slice(0, told).map(findingText);
  const more = list.length - texts.length;
  return [...texts, ...(more > 0 ? [`${more} more (${idsText(list.slice(told))})`] : [])]
    .join('; ');
}

/** `Z1, Z2, hang in offline_pages`. */
function idsText(list: readonly Finding[]): string {
  return list.map(({ id }) => id).join(', ');
}

function namesOf(comparison: ComparisonLine, list: readonly PolicyVerdict[]): string {
  const names = list.slice(0, NAMES).map(({ name }) => shortName(comparison, name));
  const more = list.length - names.length;
  return [...names, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

/** Policies of which the same can be said, together. */
function together(
  comparison: ComparisonLine, list: readonly PolicyVerdict[], say: (one: PolicyVerdict) => string,
): string[] {
  const same = new Map<string, PolicyVerdict[]>();
  for (const one of list) {
    const text = say(one);
    same.set(text, [...same.get(text) ?? [], one]);
  }
  return [...same].map(([text, who]) =>
    `${namesOf(comparison, who)}${text === '' ? '' : `: ${text}`}`);
}

/** What a policy does beside what it is for: new findings, costs, other results. */
function priceText(one: PolicyVerdict): string {
  const costs = costsTold(one.costs).slice(0, 1).map(costText);
  const adds = one.adds.length === 0 ? [] : [`adds ${findingsText(one.adds, 1)}`];
  const leaves = one.leaves.length === 0 ? [] : [`leaves ${idsText(one.leaves)}`];
  return [...leaves, ...adds, ...costs].join('; ');
}

/** Where results part, in one policy: the first one. */
function resultText(one: PolicyVerdict): string {
  const [first] = one.results;
  if (first === undefined) return '';
  const more = one.results.length - 1;
  return `${eventText(first.event)} gives ${first.run}, on the base ${first.base}` +
    `${more > 0 ? `, and ${counted(more, 'more result')}` : ''}`;
}

function baseText(comparison: ComparisonLine, { base, policies }: TraceVerdict): string {
  if (base.length > 0) return findingsText(base);
  const parted = policies.some((one) => !['same', 'untested', 'unknown'].includes(one.standing));
  const run = comparison.runs.find(({ name }) => name === 'base');
  if (run?.unended !== undefined) {
    const calls = counted(run.unended, 'call');
    return `nothing is found wrong; ${calls} cannot end before the trace does, with no policy`;
  }
  const refused = Object.entries(run?.refused ?? {})
    .map(([what, count]) => (count === 1 ? what : `${what} (${count} times)`));
  const answer = refused.length === 0 ? 'every call succeeds' : `refuses ${refused.join(', ')}`;
  return `nothing is found wrong; ${answer}${parted ? '' : '; no policy changes that'}`;
}

/** Doubts but those of this kind; two patches of a series can have the same. */
function doubtTexts(
  comparison: ComparisonLine, one: PolicyVerdict, without: string,
): readonly string[] {
  const doubts = comparison.runs[one.run]?.doubts ?? [];
  return [...new Set(doubts.filter(({ kind }) => kind !== without).map(({ text }) => text))];
}

/** Why equal outcomes say less than they seem. */
function doubtsText(comparison: ComparisonLine, one: PolicyVerdict): string {
  return doubtTexts(comparison, one, 'reduced').join('; ');
}

/** Of what is as on the base: where the model leaves out parts that the policy may be about. */
function reducedText(comparison: ComparisonLine, one: PolicyVerdict): string {
  return doubtTexts(comparison, one, 'unread').slice(0, TOLD).join('; ');
}

function stoppedText(comparison: ComparisonLine, one: PolicyVerdict): string {
  const stopped = comparison.runs[one.run]?.stopped;
  return [stopped?.place, stopped?.text].filter(Boolean).join(': ');
}

type Group = readonly [name: string, list: readonly PolicyVerdict[],
  say: (one: PolicyVerdict) => string];

function groupsOf(comparison: ComparisonLine, verdict: TraceVerdict): readonly Group[] {
  const worth = [...verdict.policies].sort(byWorth);
  const of = (test: (one: PolicyVerdict) => boolean): PolicyVerdict[] => worth.filter(test);
  const clean = (one: PolicyVerdict): boolean => one.leaves.length === 0;
  const price = (one: PolicyVerdict): string => priceText(one) || 'no cost';
  const differs = (one: PolicyVerdict): string => {
    const fixes = one.fixes.length === 0 ? '' : `fixes ${idsText(one.fixes)}`;
    return [priceText(one), fixes, resultText(one)].filter(Boolean).join('; ');
  };
  return [
    ['fixed by', of((one) => one.standing === 'fixes' && clean(one)), price],
    ['partly by', of((one) => one.standing === 'fixes' && !clean(one)), priceText],
    ['at a price', of((one) => one.standing === 'trades'), priceText],
    ['worse with', of((one) => one.standing === 'worse'), differs],
    ['changed by', of((one) => one.standing === 'changes'), differs],
    ['not by', verdict.base.length === 0 ? [] : of((one) => one.standing === 'same'),
      (one) => ['is what the base does', reducedText(comparison, one)].filter(Boolean).join('; ')],
    ['as base', verdict.base.length > 0 ? [] : of((one) => one.standing === 'same'),
      (one) => reducedText(comparison, one)],
    ['cannot tell', of((one) => one.standing === 'unknown'), (one) => doubtsText(comparison, one)],
    ['stopped', of((one) => one.standing === 'stopped'), (one) => stoppedText(comparison, one)],
    ['untested', of((one) => one.standing === 'untested'),
      (one) => doubtsText(comparison, one) || 'nothing that it changes ran'],
  ] as const;
}

/** Groups of policies with equal outcomes that the trace cannot tell apart. */
function undecidedText(comparison: ComparisonLine, verdict: TraceVerdict): string {
  const told = new Set<number>();
  const groups: string[] = [];
  for (const one of verdict.policies) {
    const tested = !['untested', 'same', 'unknown', 'stopped'].includes(one.standing);
    if (!tested || told.has(one.run)) continue;
    const alike = [one.run, ...one.alike];
    for (const run of alike) told.add(run);
    if (alike.length < 2) continue;
    const more = alike.length - ALIKE;
    groups.push(alike.slice(0, ALIKE).map((run) => runName(comparison, run)).join(' / ') +
      (more > 0 ? ` and ${more} more` : ''));
  }
  return groups.join('; ');
}

function recordedText(comparison: ComparisonLine, verdict: TraceVerdict): string {
  if (comparison.agreement.length === 0) return '';
  const all = [
    { name: 'base', recorded: verdict.baseRecorded }, ...verdict.policies];
  const like = all.filter((one) => one.recorded?.how === 'reproduces')
    .map(({ name }) => (name === 'base' ? `base ${comparison.trace.base}`
      : shortName(comparison, name)));
  const series = comparison.trace.series;
  const of = series === undefined ? '' : ` (a kernel with ${series})`;
  if (like.length === 0) return `no run reproduces the recorded kernel${of} in full`;
  const shown = like.slice(0, NAMES);
  const more = like.length - shown.length;
  const after = Math.max(...all.map((one) => one.recorded?.corrected ?? 0));
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''} ` +
    `reproduce${like.length === 1 ? 's' : ''} the recorded kernel${of}` +
    `${after === 0 ? '' : `, ${counted(after, 'fact')} after a correction`}; ` +
    'the others change it';
}

/** The verdict as terms: the base, then policies by what they do, gravest and best first. */
export function verdictTerms(comparison: ComparisonLine): readonly Term[] {
  const { verdict } = comparison;
  if (verdict === undefined) return [];
  const terms: Term[] = [[`base ${comparison.trace.base}`, baseText(comparison, verdict)]];
  for (const [name, list, say] of groupsOf(comparison, verdict)) {
    together(comparison, list, say).forEach((text, index) =>
      terms.push([index === 0 ? name : '', text]));
  }
  const undecided = undecidedText(comparison, verdict);
  if (undecided !== '') terms.push(['undecided', undecided]);
  const recorded = recordedText(comparison, verdict);
  if (recorded !== '') terms.push(['recorded', recorded]);
  return terms;
}
