/** What `explore` found: who always comes to an end, who may not, and where two policies part. */
import type {
  ExploreDocument, ExploredEnding, ExploredParting, ExploredPolicy, RecordedFacts,
} from '../explore/document.js';
import type { EndingKind } from '../explore/ending_kind.js';
import { RETRIES } from '../explore/policy_frames.js';
import { verdictText } from '../observe/facts/fact_text.js';
import { part, term, text, type Block, type Section, type Term } from './blocks.js';

/** How an ending that is no success is named, the gravest first. */
const names: readonly (readonly [kind: EndingKind, name: string])[] =
  [['fault', 'BUG or oops'], ['hangs', 'can hang'], ['returns', 'can fail']];

/** 1234567 as `1.2e6`, small numbers as they are. */
function count(value: number | bigint): string {
  return value < 1e6 ? String(value) : Number(value).toExponential(1).replace('+', '');
}

function schedulesText({ endings }: ExploredPolicy, { schedules, shortest }: ExploredEnding) {
  const all = endings.reduce((sum, ending) => sum + BigInt(ending.schedules), 0n);
  return `${count(BigInt(schedules))} of ${count(all)} schedules, shortest ${shortest}`;
}

/** Policies that come to this kind of end on some schedule. */
function endingTerms(
  policies: readonly ExploredPolicy[], kind: EndingKind, name: string,
): readonly Term[] {
  return policies.flatMap((policy) => policy.endings
    .filter((ending) => ending.kind === kind)
    .map((ending) => term(name, `${policy.id}: ${ending.outcome.replace(/^hangs: /, '')}; ` +
      schedulesText(policy, ending), 'bad')));
}

/** Of which schedules something is said that holds on all that were gone through. */
function everyText({ preemptions }: ExploreDocument): string {
  return preemptions === null ? 'on every schedule'
    : `on every schedule that takes at most ${preemptions} times away from a task that could go on`;
}

function answerTerms(document: ExploreDocument): readonly Term[] {
  const { policies } = document;
  const always = policies.filter(({ complete, endings }) => complete && endings.length > 0 &&
    endings.every(({ kind }) => kind === 'offline'));
  const bounded = always.filter((policy) => policy.bounded).map(({ id }) => id);
  const cut = policies.filter(({ complete }) => !complete);
  return [
    ...names.flatMap(([kind, name]) => endingTerms(policies, kind, name)),
    ...(always.length === 0 ? [] : [term('always', `${always.map(({ id }) => id).join(', ')}: ` +
      `the range goes offline ${everyText(document)}`, 'good')]),
    ...(bounded.length === 0 ? [] : [term('as far as', `${bounded.join(', ')}: of a loop of its ` +
      `own up to ${RETRIES} equal rounds are told apart`)]),
    ...(cut.length === 0 ? [] : [term('not complete', `${cut.map(({ id }) => id).join(', ')}: ` +
      'other schedules may end otherwise')]),
  ];
}

function recordedItems({ before, whole, first }: RecordedFacts): readonly string[] {
  return [
    `recorded facts before it: ${verdictText(before)}`,
    `recorded facts of the whole trace: ${verdictText(whole)}`,
    ...(first === undefined ? [] : [`the recorded kernel did otherwise, first in step ` +
      `${first.step}: ${first.fact}: recorded ${first.recorded}, modelled ${first.modelled}`]),
  ];
}

function policySection(policy: ExploredPolicy): readonly Section[] {
  const { id, complete, bounded, endings, states, steps, recorded } = policy;
  return part(`${id}${complete ? '' : ' (not complete)'}`, { kind: 'list', items: [
    ...endings.map((ending) => `${ending.outcome}: ${schedulesText(policy, ending)}`),
    ...(bounded ? [`a loop of the policy's own: up to ${RETRIES} equal rounds are told apart`]
      : []),
    `${states} states, ${count(steps)} steps`,
    ...(recorded === null ? [] : recordedItems(recorded)),
  ] });
}

/** Pairs that part on the same schedule: who comes to which end. */
function partingBlocks(pairs: readonly ExploredParting[]): readonly Block[] {
  const [first] = pairs;
  if (first === undefined) return [];
  const ends = new Map<string, Set<string>>();
  for (const { one, other, outcomes } of pairs) {
    for (const [id, outcome] of [[one, outcomes[0]], [other, outcomes[1]]] as const) {
      ends.set(outcome, (ends.get(outcome) ?? new Set<string>()).add(id));
    }
  }
  return [
    text(`on ${first.schedule}`),
    { kind: 'list', items: [...ends].map(([outcome, ids]) =>
      `${[...ids].join(', ')}: ${outcome}`) },
    { kind: 'lines', of: 'sh', lines: [first.command] },
  ];
}

function partingSection({ partings }: ExploreDocument): readonly Section[] {
  const schedules = [...new Set(partings.map(({ schedule }) => schedule))];
  return part('Where they part', ...schedules.flatMap((schedule) =>
    partingBlocks(partings.filter((one) => one.schedule === schedule))));
}

/** The answer first, then where policies part, then each policy. */
export function exploredSections(document: ExploreDocument): readonly Section[] {
  return [
    { title: 'Answer', level: 2, blocks: [{ kind: 'terms', terms: answerTerms(document) }] },
    ...partingSection(document),
    ...document.policies.flatMap(policySection),
  ];
}
