/** The answer for one trace, first in its report: which policy fixes what, and at what price. */
import { addTo, maxOf } from '../base/long_lists.js';
import type { Comparison, Hinge } from '../compare/comparison.js';
import type { Finding } from '../compare/verdict/finding.js';
import type { Undecided } from '../compare/verdict/undecided.js';
import { byWorth, type PolicyVerdict, type TraceVerdict } from '../compare/verdict/verdict.js';
import { term, type Term, type Tone } from './blocks.js';
import { costsSaved, costsTold, costText } from './cost_words.js';
import { counted, eventText, runName, shortName } from './names.js';
import { explainedOnce, idsText, idText, type IdStyle } from './ids.js';
import { firstRefusal } from './refusals.js';
import { partText, stateText } from './parting.js';
import { fitting } from './term_lines.js';
import type { RunIndex } from '../compare/document_parts.js';

/** How much is said; what is not said is counted, or stands in the full verdict. */
interface Detail {
  /** Findings told in words of one run. */
  readonly told: number;
  readonly ids: IdStyle;
  /** Names told of policies of which the same is said. */
  readonly names: number;
  /** Why equal outcomes say less than they seem: in full, in a word, or not at all. */
  readonly doubts: 'full' | 'word' | 'none';
  /** Calls that end otherwise: of every policy that differs, or where nothing else tells. */
  readonly results: 'all' | 'telling';
  /** What a policy adds: the gravest in words, the ids of some, or of the gravest alone. */
  readonly adds: 'words' | 'ids' | 'gravest';
  /** Texts told of policies that do the same kind of thing. */
  readonly texts: number;
  /** What the author of the trace expects, and who is refused. */
  readonly expected: boolean;
  /** In what policies part of which the same is said. */
  readonly part: boolean;
}

const whole: Omit<Detail, 'part'> = {
  told: 2, ids: 'both', names: 6, doubts: 'full', results: 'all', adds: 'words', texts: Infinity,
  expected: true,
};
const short = { ...whole, names: 4, doubts: 'none', results: 'telling' } as const;
const shorter = { ...short, told: 1, ids: 'words', adds: 'ids' } as const;
const shortest = { ...shorter, adds: 'gravest', expected: false } as const;

/** From all that there is to say to what must be said. */
const details: readonly Detail[] = [
  whole, { ...whole, doubts: 'word' } as const,
  short, shorter,
  { ...short, ids: 'words', expected: false } as const, { ...shorter, expected: false },
  shortest, { ...shortest, texts: 3 },
  { ...shortest, ids: 'bare' } as const, { ...shortest, ids: 'bare', texts: 3 } as const,
  { ...shortest, ids: 'bare', texts: 2, names: 3 } as const,
  { ...shortest, ids: 'bare', texts: 1, names: 2 } as const,
].flatMap((detail) => [true, false].map((part) => ({ ...detail, part })));

/** `up to 307200 free pages ...`; where a finding has a size, it is the largest. */
function findingText(one: Finding): string {
  const size = one.amount > 0 && one.times === 1 && !one.lasts ? 'up to ' : '';
  const often = one.times > 1 ? `, ${one.times} times` : '';
  return `${size}${one.text}${often}`;
}

/** The gravest ones in words, then how many more, and which where there is room. */
function findingsText(list: readonly Finding[], detail: Detail): string {
  const texts = list.slice(0, detail.told).map(findingText);
  const more = list.slice(detail.told);
  const which = detail.ids === 'words' ? '' : `: ${idsText(more, detail.ids)}`;
  return [...texts, ...(more.length > 0 ? [`${more.length} more${which}`] : [])].join('; ');
}

const andMore = (names: readonly string[], most: number): string => (names.length <= most
  ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`);

/** Policies of which the same can be said, together. */
function together(
  comparison: Comparison, list: readonly PolicyVerdict[], say: (one: PolicyVerdict) => string,
  { names, texts }: Detail,
): string[] {
  const same = new Map<string, PolicyVerdict[]>();
  for (const one of list) {
    const text = say(one);
    addTo(same, text, one);
  }
  const named = (who: readonly PolicyVerdict[]): string =>
    andMore(who.map(({ name }) => shortName(comparison, name)), names);
  const groups = [...same];
  // What is too long to be told is named without a text.
  const rest = groups.slice(texts - 1).flatMap(([, who]) => who);
  const told = groups.length <= texts ? groups : groups.slice(0, texts - 1);
  return [
    ...told.map(([text, who]) => `${named(who)}${text === '' ? '' : `: ${text}`}`),
    ...(groups.length <= texts ? [] : [named(rest)]),
  ];
}

/** Counts; where something is (pages in hex) is no size. */
const signed = /(?<![\w.:-])-?\d+(?![\w.:])/g;

/**
 * The id of what is left; where its text is the base's but for some numbers, as a count that is -64
 * on the base and 64 with the policy, with them.
 */
function leftText(one: Finding, before: Finding | undefined, detail: Detail): string {
  const id = idText(one, detail.ids);
  const [text, was] = [one.last ?? one.text, before?.last ?? before?.text ?? ''];
  if (was === text || detail.adds === 'gravest') return id;
  const [is, wasLike] = [text.replaceAll(signed, 'N'), was.replaceAll(signed, 'N')];
  // One of them may say more.
  const isSame = wasLike !== '' && (is.startsWith(wasLike) || wasLike.startsWith(is));
  const [mine, base] = [text.match(signed) ?? [], was.match(signed) ?? []];
  const at = mine.findIndex((number, index) => number !== base[index]);
  return isSame && at >= 0 ? `${id}, ${mine[at]} where the base has ${base[at]}` : id;
}

/** What a policy does beside what it is for: new findings, costs, other results. */
function priceText(
  { adds, leaves, costs, intended = [] }: PolicyVerdict, base: readonly Finding[], detail: Detail,
): string {
  const [gravest] = adds;
  const added = {
    words: findingsText(adds, { ...detail, told: 1 }),
    ids: andMore(adds.map((one) => idText(one, detail.ids)), 2),
    gravest: `${gravest === undefined ? '' : idText(gravest, detail.ids)}` +
      (adds.length > 1 ? ' and more' : ''),
  }[detail.adds];
  const told = detail.adds === 'gravest' && adds.length > 0
    ? [] : costsTold(costs).slice(0, 1).map(costText);
  return [
    ...(leaves.length === 0 ? [] : [`leaves ${andMore(leaves.map((one) =>
      leftText(one, base.find(({ id }) => id === one.id), detail)),
    detail.adds === 'gravest' && detail.ids === 'words' ? 1 : Infinity)}`]),
    ...(adds.length === 0 ? [] : [`adds ${added}`]), ...told,
    ...(intended.length === 0 ? [] : [`breaks ${intended.join(', ')} by intent`]),
  ].join('; ');
}

/** Where results part, in one policy: the first one. */
function resultText(one: PolicyVerdict, { results }: Detail): string {
  const [first] = one.results;
  if (first === undefined) return '';
  const more = one.results.length - 1;
  const many = more > 0 ? `, and ${counted(more, 'more result')}` : '';
  if (results === 'telling') {
    return `${first.event.text}: ${first.run} (base ${first.base})${many}`;
  }
  return `${eventText(first.event)} gives ${first.run}, on the base ${first.base}${many}`;
}

function baseText(
  comparison: Comparison, { base, policies }: TraceVerdict, detail: Detail,
): string {
  if (base.length > 0) return findingsText(base, detail);
  const parted = policies.some((one) => !['same', 'untested', 'unknown'].includes(one.standing));
  const run = comparison.runs.find(({ name }) => name === 'base');
  if (run?.unended !== undefined) {
    const calls = counted(run.unended, 'call');
    return `nothing is found wrong; ${calls} cannot end before the trace does, with no policy`;
  }
  const refused = Object.entries(run?.refused ?? {})
    .map(([what, count]) => (count === 1 ? what : `${what} (${count} times)`));
  const well = comparison.trace.inputs === 0 ? 'there is no call behind the boot'
    : 'every call succeeds';
  const answer = refused.length === 0 ? well : `refuses ${refused.join(', ')}`;
  return `nothing is found wrong; ${answer}${parted ? '' : '; no policy changes that'}`;
}

/** A line of the kernel's log that is another one, or that one of the two does not print. */
function logText({ log }: PolicyVerdict, { doubts }: Detail): string {
  if (log === undefined || doubts === 'none') return '';
  const [mine, base] = [log.run[0]?.trim(), log.base[0]?.trim()];
  if (mine === undefined) {
    return base === undefined ? 'the log has its lines in another order'
      : `the log lacks "${base}"`;
  }
  return `the log says "${mine}"${base === undefined ? '' : `, on the base "${base}"`}`;
}

type Doubts = Comparison['runs'][number]['doubts'];

/** Of each kind a word or none: the full verdict has the sentence. */
const doubtWords: Readonly<Record<string, string>> = {
  released: 'this version has it already', 'not called': 'its substitution had no effect',
  unfilled: 'its frame is empty', 'other text': 'the model may have it already',
};

/** Doubts but those of this kind; two patches of a series can have the same. */
function doubtTexts(
  comparison: Comparison, one: PolicyVerdict, without: string, { doubts }: Detail,
): string {
  if (doubts === 'none') return '';
  const all: Doubts = comparison.runs[one.run]?.doubts ?? [];
  return [...new Set(all.filter(({ kind }) => kind !== without)
    .map(({ kind, text }) => (doubts === 'full' ? text : doubtWords[kind] ?? '')))]
    .filter(Boolean).join('; ');
}

function stoppedText(comparison: Comparison, one: PolicyVerdict): string {
  const stopped = comparison.runs[one.run]?.stopped;
  return [stopped?.place, stopped?.text].filter(Boolean).join(': ');
}

type Group = readonly [name: string, list: readonly PolicyVerdict[],
  say: (one: PolicyVerdict) => string, tone?: Tone];

/** Policies that the trace says something of, the best first. */
function tellingGroups(
  comparison: Comparison, verdict: TraceVerdict, detail: Detail,
): readonly Group[] {
  const worth = [...verdict.policies].sort(byWorth);
  const of = (test: (one: PolicyVerdict) => boolean): PolicyVerdict[] => worth.filter(test);
  const clean = (one: PolicyVerdict): boolean => one.leaves.length === 0;
  const price = (one: PolicyVerdict): string => priceText(one, verdict.base, detail);
  const differs = (one: PolicyVerdict): string => {
    const fixes = one.fixes.length === 0 || detail.adds === 'gravest' ? ''
      : `fixes ${idsText(one.fixes, detail.ids)}`;
    const telling = one.standing === 'changes';
    const result = (telling || detail.results === 'all' ? resultText(one, detail) : '')
      || (telling && detail.adds !== 'gravest' ? stateText(comparison, one) : '');
    return (telling ? [result, price(one), fixes] : [price(one), fixes, result])
      .filter(Boolean).join('; ');
  };
  // No invariant speaks against it: of a policy alone what differs is told, to be judged.
  const alone = (one: PolicyVerdict): string => (verdict.policies.length > 1 ? ''
    : resultText(one, detail) || stateText(comparison, one));
  const free = (one: PolicyVerdict): string =>
    ['no cost', alone(one)].filter(Boolean).join('; ');
  return [
    ['fixed by', of((one) => one.standing === 'fixes' && clean(one)),
      (one) => price(one) || free(one), 'good'],
    ['partly by', of((one) => one.standing === 'fixes' && !clean(one)), price],
    ['at a price', of((one) => one.standing === 'trades'), price],
    ['worse with', of((one) => one.standing === 'worse'), differs, 'bad'],
    ['changed by', of((one) => one.standing === 'changes'), differs],
  ];
}

/** Those that are as the base, and those of which it cannot be told. */
function silentGroups(
  comparison: Comparison, verdict: TraceVerdict, detail: Detail,
): readonly Group[] {
  const of = (standing: PolicyVerdict['standing']): PolicyVerdict[] =>
    verdict.policies.filter((one) => one.standing === standing);
  const reduced = (one: PolicyVerdict): string => doubtTexts(comparison, one, 'unread', detail);
  const doubts = (one: PolicyVerdict): string => doubtTexts(comparison, one, 'reduced', detail);
  const never = detail.doubts === 'none' ? '' : 'nothing that it changes ran';
  // Of shipped policies everybody knows what they are for.
  const isOwn = ({ run }: PolicyVerdict): boolean =>
    comparison.runs[run]?.doubts.some(({ kind }) => kind === 'unseen') === true;
  const work = (one: PolicyVerdict): string => (!isOwn(one) ? '' : [
    ...costsSaved(one.costs).slice(0, 1).map((cost) => `for ${costText(cost)}`),
    ...costsTold(one.costs).slice(0, 1).map((cost) => `at ${costText(cost)}`),
  ].join(', '));
  const same = (one: PolicyVerdict): string =>
    [work(one), logText(one, detail), reduced(one)].filter(Boolean).join('; ');
  return [
    verdict.base.length === 0 ? ['as base', of('same'), same]
      : ['not by', of('same'), (one) => (detail.doubts === 'none' ? ''
        : ['is what the base does', same(one)].filter(Boolean).join('; '))],
    ['cannot tell', of('unknown'), (one) => doubts(one) || stateText(comparison, one)],
    ['stopped', of('stopped'), (one) => stoppedText(comparison, one)],
    ['untested', of('untested'), (one) => doubts(one) || never],
  ];
}

/** Traces told of those that decide. */
const TRACES = 3;

/** `T11-two-blocks`: without the question that it has in common with the trace of the report. */
function ownName({ trace: { question = '' } }: Comparison, name: string): string {
  return name.startsWith(`${question}-`) ? name.slice(question.length + 1) : name;
}

/** `zonelists-S3-new-node tells them apart`; in short `see S3-new-node`. */
function decidedText(
  comparison: Comparison, { decided_by: traces, open }: Undecided, inFull: boolean,
): string {
  const named = traces.map(({ trace }) => (inFull ? trace : ownName(comparison, trace)));
  const list = andMore(named, TRACES);
  const tell = traces.length === 1 ? 'tells' : 'tell';
  return inFull ? `${list} ${tell} ${open ? 'some of them' : 'them'} apart` : `see ${list}`;
}

/** What tells the policies of one group of equal outcomes apart, or that nothing can. */
function undecidedText(comparison: Comparison, one: Undecided, { names, ids }: Detail): string {
  const named = (runs: readonly RunIndex[]): string =>
    runs.map((run) => runName(comparison, run)).join(' / ');
  const { runs, same, decided_by: traces, may, open } = one;
  const more = runs.length - names;
  const who = `${named(runs.slice(0, names))}${more > 0 ? ` and ${more} more` : ''}`;
  const [only = []] = same;
  const allSame = only.length === runs.length;
  const some = allSame ? [] : same.slice(0, 1).map((group) => `${named(group)} are one change`);
  const decided = traces.length === 0 ? [] : [decidedText(comparison, one, ids === 'both')];
  const left = !open || traces.length > 0 ? []
    : [may.length > 0 ? `${may.join(', ')} may tell them apart`
      : 'no shipped trace is known to tell them apart: mmreplay find -p A -p B'];
  const said = allSame ? ['the same change, no trace can tell'] : [...decided, ...left, ...some];
  return `${who}: ${said.join('; ')}`;
}

function recordedText(comparison: Comparison, verdict: TraceVerdict, { names }: Detail): string {
  if (comparison.agreement.length === 0) return '';
  const all = [
    { name: 'base', recorded: verdict.baseRecorded }, ...verdict.policies];
  const like = all.filter((one) => one.recorded?.how === 'reproduces')
    .map(({ name }) => (name === 'base' ? `base ${comparison.trace.base}`
      : shortName(comparison, name)));
  const series = comparison.trace.series;
  const of = series === undefined ? '' : ` (a kernel with ${series})`;
  if (like.length === 0) return `no run reproduces the recorded kernel${of} in full`;
  const after = maxOf(all.map((one) => one.recorded?.corrected ?? 0));
  return `${andMore(like, names)} ` +
    `reproduce${like.length === 1 ? 's' : ''} the recorded kernel${of}` +
    (after === 0 ? '' : `, ${counted(after, 'fact')} after a correction`) +
    (like.length === all.length ? '' : '; the others change it');
}

const standingWords: Readonly<Record<string, string>> = {
  fixes: 'fixes the base', trades: 'fixes something at a price', worse: 'is worse than the base',
  changes: 'differs from the base', same: 'is as the base', unknown: 'cannot be told',
  stopped: 'does not end', untested: 'is untested',
};

/** Symbols that kernels without them, or built otherwise, have as a parameter of the boot. */
const asParameter: Readonly<Record<string, string>> = {
  'TRANSPARENT_HUGEPAGE_NEVER=y': 'transparent_hugepage=never',
  'HUGETLB_PAGE_OPTIMIZE_VMEMMAP_DEFAULT_ON=y': 'hugetlb_free_vmemmap=on',
};

/** With which other value of an assumed symbol the answer is another one. */
function hingeText(
  comparison: Comparison, { config = '', parameter, changes }: Hinge, { names }: Detail,
): string {
  const told = changes.map(({ name, standing }) =>
    `${shortName(comparison, name)} ${standingWords[standing] ?? standing}`);
  const text = andMore(told, names);
  if (parameter !== undefined) return `with ${parameter} ${text}; the trace boots without`;
  const given = asParameter[config] ?? `CONFIG_${config}`;
  return `with ${given} ${text}; the trace does not give it (--config does)`;
}

/** The verdict as terms: the base, then policies by what they do, gravest and best first. */
function verdictTerms(
  comparison: Comparison, verdict: TraceVerdict, detail: Detail,
): readonly Term[] {
  const terms: Term[] = [
    term(`base ${comparison.trace.base}`, baseText(comparison, verdict, detail),
      verdict.base.length > 0 ? 'bad' : undefined)];
  const all = [
    ...tellingGroups(comparison, verdict, detail), ...silentGroups(comparison, verdict, detail),
  ];
  for (const [name, list, say, tone] of all) {
    together(comparison, list, say, detail).forEach((text, index) =>
      terms.push(term(index === 0 ? name : '', text, tone)));
    const part = detail.part ? partText(comparison, list, say) : '';
    if (part !== '') terms.push(['', part]);
  }
  verdict.undecided.map((one) => undecidedText(comparison, one, detail))
    .slice(0, detail.texts === Infinity ? Infinity : 1).forEach((text, index) =>
      terms.push([index === 0 ? 'undecided' : '', text]));
  const hinges = (comparison.hinges ?? []).map((one) => hingeText(comparison, one, detail));
  // It bears on all that is said behind the base.
  terms.splice(1, 0, ...hinges.slice(0, detail.expected ? Infinity : 1)
    .map((text, index): Term => [index === 0 ? 'hangs on' : '', text]));
  const recorded = recordedText(comparison, verdict, detail);
  if (recorded !== '') terms.push(['recorded', recorded]);
  return explainedOnce(terms, [...verdict.base,
    ...verdict.policies.flatMap(({ adds, leaves, fixes }) => [...adds, ...leaves, ...fixes])]);
}

/** The answer in at most so many lines; what does not fit is left to the full verdict. */
export function answerTerms(comparison: Comparison, lines: number): readonly Term[] {
  const { verdict, trace: { about } } = comparison;
  if (verdict === undefined) return [];
  return fitting(details.map((detail) => (): readonly Term[] => {
    const why = firstRefusal(comparison, detail.doubts === 'full');
    return [
      ...verdictTerms(comparison, verdict, detail),
      ...(why === '' || !detail.expected ? [] : [['refused', why] as const]),
      ...(about?.expect === undefined || !detail.expected ? []
        : [['expected', about.expect] as const]),
    ];
  }), lines);
}
