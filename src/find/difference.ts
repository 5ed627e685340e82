/** In what two runs of one case differ, or what is wrong in one run: the gravest thing first. */
import { byHarm, harmOfFault, type Harm } from '../observe/harm.js';
import type { Invariant } from '../observe/invariant.js';
import { logParting } from '../observe/log_parting.js';
import { ABSENT, outcomeKinds, type Observation } from '../observe/observation.js';
import { gravityOfKind, type Gravity } from './gravity.js';
import type { ObservedRun } from '../replay/observed_run.js';

/**
 * fault: a BUG, oops, warning or endless loop; violates: an invariant that does not hold;
 * difference: another result or state, with no finding that differs; schedule: an order of tasks.
 */
export type ReasonKind = 'fault' | 'violates' | 'difference' | 'schedule';

/** Why a case is one: what must stay the same when it is made smaller. */
export interface Reason {
  readonly kind: ReasonKind;
  /** `oops in find_next_best_node`, `Z1`, `state node N Movable: present`. */
  readonly id: string;
  /** The changed function that ran last before, of the run that is not the first; '' for none. */
  readonly fn: string;
  /** Of a policy alone: the kernel without it shows the same on this case. */
  readonly shared?: true;
}

/** What was found in a case. */
export interface Found {
  readonly reason: Reason;
  readonly gravity: Gravity;
  /** Row of the trace; -1 the boot. */
  readonly row: number;
  /** What each run says, in words; the second one is empty when there is only one run. */
  readonly texts: readonly [string, string];
  /** Of a fault or an invariant: which run shows it, where the other one does not. */
  readonly only?: 0 | 1;
  /** Of a race: the order of its tasks. */
  readonly schedule?: string;
}

interface Seen {
  readonly kind: 'fault' | 'violates';
  readonly id: string;
  readonly harm: Harm;
  readonly row: number;
  readonly text: string;
}

/** Faults and broken invariants of a run, each when it was first seen. */
function seenIn(run: ObservedRun, harmOf: ReadonlyMap<string, Harm>): ReadonlyMap<string, Seen> {
  const found = new Map<string, Seen>();
  for (const { row, kind, subject, value } of run.log.list) {
    if ((kind !== 'fault' && kind !== 'invariant') || value === ABSENT) continue;
    if (found.has(subject)) continue;
    const fault = harmOfFault[subject.split(' ')[0] ?? ''] ?? 'warning';
    const harm = kind === 'invariant' ? harmOf.get(subject) ?? 'wrong'
      : run.deadAtBoot !== undefined && fault !== 'warning' ? 'dead' : fault;
    const [text = ''] = `${value}`.split('\n');
    found.set(subject, {
      kind: kind === 'fault' ? 'fault' : 'violates', id: subject, harm, row, text });
  }
  return found;
}

function graver(a: Seen, b: Seen): number {
  return byHarm(a.harm, b.harm) || a.row - b.row || (a.id < b.id ? -1 : 1);
}

/** The function that a patch changed and that ran last, up to this row. */
function lastChanged(run: ObservedRun | undefined, row: number): string {
  return run?.patchedCalls.findLast((call) => call.row <= row)?.fn ?? '';
}

/** `memory34 present` and `memory7 present` are one subject. */
export const withoutNumbers = (text: string): string =>
  text.replaceAll(/(?:0x[0-9a-f]+|\d+)/g, 'N');

/** Words of `key=value` values that differ; '' when the values are no such words. */
function differingWords(a: string, b: string): string {
  const words = (text: string): Map<string, string> => new Map(text.split(/[ \n]/)
    .flatMap((word) => (word.includes('=') ? [word.split('=', 2) as [string, string]] : [])));
  const [left, right] = [words(a), words(b)];
  const keys = [...new Set([...left.keys(), ...right.keys()])]
    .filter((key) => left.get(key) !== right.get(key));
  return keys.map(withoutNumbers).filter((key, index, all) => all.indexOf(key) === index)
    .sort().slice(0, 2).join(',');
}

const outcomes = (run: ObservedRun): readonly Observation[] =>
  run.log.list.filter((one) => outcomeKinds.includes(one.kind));

/** Where the outcomes part first, and over which field. */
function firstParting(a: ObservedRun, b: ObservedRun): Found | undefined {
  const [left, right] = [outcomes(a), outcomes(b)];
  const most = Math.max(left.length, right.length);
  for (let index = 0; index < most; index += 1) {
    const [x, y] = [left[index], right[index]];
    if (x !== undefined && y !== undefined && x.row === y.row && x.kind === y.kind &&
      x.subject === y.subject && x.value === y.value) continue;
    return partingAt(a, b, x, y);
  }
  return undefined;
}

function partingAt(
  a: ObservedRun, b: ObservedRun, x: Observation | undefined, y: Observation | undefined,
): Found {
  const first = x === undefined || (y !== undefined && y.row < x.row) ? y : x;
  const { row = 0, kind = 'state', subject = '' } = first ?? {};
  const valueIn = (run: ObservedRun): string => `${run.log.list.findLast((one) =>
    one.row <= row && one.kind === kind && one.subject === subject)?.value ?? ABSENT}`;
  const texts = [valueIn(a), valueIn(b)] as const;
  const field = differingWords(...texts);
  return {
    reason: {
      kind: 'difference', fn: lastChanged(b, row) || lastChanged(a, row),
      id: `${kind} ${withoutNumbers(subject)}${field === '' ? '' : `: ${field}`}`,
    },
    gravity: gravityOfKind(kind), row,
    texts: [`${subject} ${texts[0]}`, `${subject} ${texts[1]}`],
  };
}

/** Where the lines of the kernel's log part first, of runs that come to the same. */
function saidOtherwise(a: ObservedRun, b: ObservedRun): readonly Found[] {
  const parting = logParting(a.log.list, b.log.list);
  if (parting === undefined) return [];
  const { row } = parting;
  const isOrder = parting.first.length === 0 && parting.second.length === 0;
  const said = (lines: readonly string[]): string => (isOrder ? 'the log has them in another order'
    : lines.length === 0 ? 'the log says nothing of this' : `the log says ${lines.join('; ')}`);
  return [{
    reason: { kind: 'difference', id: 'log', fn: lastChanged(b, row) || lastChanged(a, row) },
    gravity: 'log', row, texts: [said(parting.first), said(parting.second)],
  }];
}

/** What two runs of one trace differ in, gravest first; empty: in nothing that can be seen. */
export function differencesOf(
  a: ObservedRun, b: ObservedRun, invariants: readonly Invariant[],
): readonly Found[] {
  if (a.log.digest() === b.log.digest()) return saidOtherwise(a, b);
  const harmOf = new Map(invariants.map(({ id, harm = 'wrong' }) => [id, harm]));
  const [left, right] = [seenIn(a, harmOf), seenIn(b, harmOf)];
  const only = [...left.values(), ...right.values()]
    .filter(({ id }) => left.has(id) !== right.has(id)).sort(graver);
  const parting = firstParting(a, b);
  const found = only.map((one): Found => {
    const inFirst = left.has(one.id);
    const said = `${one.id}: ${one.text}`;
    return {
      reason: {
        kind: one.kind, id: one.id,
        fn: lastChanged(b, one.row) || lastChanged(a, one.row),
      },
      gravity: one.harm, row: one.row, only: inFirst ? 0 : 1,
      texts: inFirst ? [said, 'nothing of this'] : ['nothing of this', said],
    };
  });
  return parting === undefined ? found : [...found, parting];
}

/** What is wrong in one run, gravest first. */
export function findingsOfRun(
  run: ObservedRun, invariants: readonly Invariant[],
): readonly Found[] {
  const harmOf = new Map(invariants.map(({ id, harm = 'wrong' }) => [id, harm]));
  return [...seenIn(run, harmOf).values()].sort(graver).map((one): Found => ({
    reason: { kind: one.kind, id: one.id, fn: lastChanged(run, one.row) },
    gravity: one.harm, row: one.row, only: 0, texts: [`${one.id}: ${one.text}`, ''],
  }));
}

/** The same fault or invariant is in this run. */
export function hasReason(
  run: ObservedRun, { kind, id }: Reason, invariants: readonly Invariant[],
): boolean {
  return findingsOfRun(run, invariants).some(({ reason }) =>
    reason.kind === kind && reason.id === id);
}

/** Two cases that show the same thing for the same reason. */
export function isSameReason(a: Reason, b: Reason): boolean {
  return a.kind === b.kind && a.id === b.id && a.fn === b.fn && a.shared === b.shared;
}

/** All that a run says of this fault or invariant, and when. */
function saidOf(run: ObservedRun, { kind, id }: Reason): string {
  const which = kind === 'violates' ? 'invariant' : 'fault';
  return JSON.stringify(run.log.list.filter((one) => one.kind === which && one.subject === id)
    .map(({ row, value }) => [row, value]));
}

/**
 * What the kernel without the policy has in the same way, from begin to end, is not the policy's
 * and comes last; the same invariant broken by more, or for longer, is its own.
 */
export function markShared(
  found: readonly Found[], run: ObservedRun, base: ObservedRun,
): readonly Found[] {
  const isShared = ({ reason }: Found): boolean => saidOf(run, reason) === saidOf(base, reason);
  return [
    ...found.filter((one) => !isShared(one)),
    ...found.filter(isShared).map((one): Found =>
      ({ ...one, reason: { ...one.reason, shared: true } })),
  ];
}

export const reasonText = ({ kind, id, fn }: Reason): string =>
  `${kind === 'violates' ? 'violates ' : ''}${id}${fn === '' ? '' : ` after ${fn}()`}`;
