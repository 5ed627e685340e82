/**
 * What each policy does to one trace, against the base kernel: what it fixes, adds and leaves, what
 * it costs, whether it ran at all, and how it stands to the recorded kernel.
 */
import { byHarm } from '../../observe/harm.js';
import { logParting } from '../../observe/log_parting.js';
import type { Observation } from '../../observe/observation.js';
import type { Finding } from './finding.js';
import { partByNotKnown, type Parting } from './not_known.js';
import { undecidedOf, type PolicyFacts, type Undecided } from './undecided.js';
import type { Agreement, EventRef, RunIndex, RunSummary } from '../document_parts.js';
import type { Shipped, Standing } from './standing.js';

/** Work that a run did beside what the base did; names of src/linux/base/costs.ts. */
export interface CostChange {
  readonly name: string;
  readonly base: number;
  readonly run: number;
}

/** An input whose result is another one than the base's. */
export interface ResultChange {
  readonly event: EventRef;
  readonly base: string;
  readonly run: string;
}

/** Lines that only one of two runs has; none in both: they are the same, in another order. */
export interface LogChange {
  readonly event: EventRef;
  readonly base: readonly string[];
  readonly run: readonly string[];
}

/**
 * reproduces: no fact of the recorded kernel disagrees with this run; changes: from an event on one
 * does; unknown: of no fact can it be told.
 */
export interface Recorded {
  readonly how: 'reproduces' | 'changes' | 'unknown';
  readonly from?: EventRef;
  /** Facts that agree after a correction; absent: none. */
  readonly corrected?: number;
}

export interface PolicyVerdict {
  readonly run: RunIndex;
  readonly name: string;
  readonly standing: Standing;
  readonly fixes: readonly Finding[];
  readonly adds: readonly Finding[];
  readonly leaves: readonly Finding[];
  readonly costs: readonly CostChange[];
  readonly results: readonly ResultChange[];
  /** Of an outcome that is the base's: where its kernel's log begins to say otherwise. */
  readonly log?: LogChange;
  /** Invariants that it means to break, and does; they are not among what it adds. */
  readonly intended?: readonly string[];
  readonly recorded?: Recorded;
  /** Runs whose outcomes are the same in all that was seen, itself left out. */
  readonly alike: readonly RunIndex[];
}

export interface TraceVerdict {
  /** What is wrong with the base, the gravest first. */
  readonly base: readonly Finding[];
  readonly baseRecorded?: Recorded;
  readonly policies: readonly PolicyVerdict[];
  /** Policies that differ from the base and that this trace cannot tell apart. */
  readonly undecided: readonly Undecided[];
}

/** What the verdict is made of, of one model run. */
export interface JudgedRun {
  readonly run: RunIndex;
  readonly summary: RunSummary;
  readonly findings: readonly Finding[];
  /** What each input returned, by row. */
  readonly results: ReadonlyMap<number, string>;
  readonly log: readonly Observation[];
}

export interface JudgedTrace {
  /** The base first. */
  readonly runs: readonly JudgedRun[];
  readonly groups: readonly (readonly RunIndex[])[];
  readonly agreement: readonly Agreement[];
  readonly divergences: readonly Parting[];
  readonly ref: (row: number) => EventRef;
  /** Name of the trace; what is known of the shipped ones, and of the policies. */
  readonly name: string;
  readonly shipped: Shipped;
  readonly facts: PolicyFacts;
}

function costChanges(base: RunSummary, run: RunSummary): CostChange[] {
  const names = [...new Set([...Object.keys(base.costs), ...Object.keys(run.costs)])];
  return names
    .map((name) => ({ name, base: base.costs[name] ?? 0, run: run.costs[name] ?? 0 }))
    .filter((one) => one.base !== one.run);
}

function resultChanges(base: JudgedRun, run: JudgedRun, ref: JudgedTrace['ref']): ResultChange[] {
  const rows = [...new Set([...base.results.keys(), ...run.results.keys()])].sort((a, b) => a - b);
  return rows.flatMap((row) => {
    const [before, now] = [base.results.get(row), run.results.get(row)];
    const { text } = ref(row);
    // An event of the policy's own is nothing that the base could do.
    const isOwn = before === undefined && text.startsWith('policy_call');
    return before === now || isOwn ? []
      : [{ event: ref(row), base: before ?? 'no result', run: now ?? 'no result' }];
  });
}

function logChange(
  base: JudgedRun, run: JudgedRun, ref: JudgedTrace['ref'],
): LogChange | undefined {
  const parting = logParting(base.log, run.log);
  return parting === undefined ? undefined
    : { event: ref(parting.row), base: parting.first, run: parting.second };
}

function recordedOf(agreement: Agreement | undefined): Recorded | undefined {
  if (agreement === undefined) return undefined;
  const { facts, verdicts, first } = agreement;
  if (first !== undefined) return { how: 'changes', from: first.event };
  if (verdicts.unknown === facts) return { how: 'unknown' };
  const corrected = verdicts.agrees_after_correction;
  return { how: 'reproduces', ...(corrected === 0 ? {} : { corrected }) };
}

/** Nothing that any of its patches changes ran. */
function isUntested(run: RunSummary): boolean {
  const patches = new Set(run.reached.map((one) => one.patch));
  return patches.size > 0 && run.untested.length === patches.size;
}

/** Of equal outcomes: lines that never ran are what the policy is for, where it did nothing. */
function standingOfSame(doubts: ReadonlySet<string>): Standing {
  if (doubts.has('unread') || doubts.has('other text')) return 'unknown';
  return doubts.has('not run') && doubts.has('no effect') ? 'untested' : 'same';
}

function standingOf(
  run: RunSummary, parts: Pick<PolicyVerdict, 'fixes' | 'adds'>, same: boolean,
): Standing {
  if (run.stopped !== undefined) return 'stopped';
  if (isUntested(run)) return 'untested';
  if (same) return standingOfSame(new Set(run.doubts.map(({ kind }) => kind)));
  const [fixed, added] = [parts.fixes[0], parts.adds[0]];
  if (added === undefined) return fixed === undefined ? 'changes' : 'fixes';
  return fixed !== undefined && byHarm(fixed.harm, added.harm) <= 0 ? 'trades' : 'worse';
}

function policyVerdict(trace: JudgedTrace, base: JudgedRun, one: JudgedRun): PolicyVerdict {
  const ids = (list: readonly Finding[]): Set<string> => new Set(list.map(({ id }) => id));
  const [before, now] = [ids(base.findings), ids(one.findings)];
  const meant = one.summary.intended ?? [];
  const intended = one.findings.filter(({ id }) => meant.includes(id)).map(({ id }) => id);
  const parts = {
    fixes: base.findings.filter(({ id }) => !now.has(id)),
    adds: one.findings.filter(({ id }) => !before.has(id) && !meant.includes(id)),
    leaves: one.findings.filter(({ id }) => before.has(id)),
  };
  const group = trace.groups.find((runs) => runs.includes(one.run)) ?? [];
  const recorded = recordedOf(trace.agreement.find(({ run }) => run === one.run));
  const isSame = group.includes(base.run);
  const standing = standingOf(one.summary, parts, isSame);
  const log = isSame ? logChange(base, one, trace.ref) : undefined;
  const notKnown = standing === 'changes' && partByNotKnown(trace.divergences, one.run, base.run);
  return {
    run: one.run, name: one.summary.name, standing: notKnown ? 'unknown' : standing,
    ...parts,
    costs: costChanges(base.summary, one.summary),
    results: resultChanges(base, one, trace.ref),
    ...(log === undefined ? {} : { log }),
    ...(intended.length === 0 ? {} : { intended }),
    ...(recorded === undefined ? {} : { recorded }),
    alike: group.filter((run) => run !== one.run),
  };
}

/** Standings of policies of which this trace shows something that the base does not. */
const shown: ReadonlySet<Standing> = new Set(['fixes', 'trades', 'worse', 'changes']);

function undecided(trace: JudgedTrace, policies: readonly PolicyVerdict[]): readonly Undecided[] {
  const names = new Map(trace.runs.map(({ run, summary }) => [run, summary.name]));
  const told = policies.filter(({ standing }) => shown.has(standing)).map(({ run }) => run);
  return trace.groups.map((group) => group.filter((run) => told.includes(run)))
    .filter((group) => group.length > 1)
    .map((group) => undecidedOf(group, names, trace.name, trace.shipped, trace.facts));
}

/** Undefined when there is no base to hold anything against. */
export function verdictOf(trace: JudgedTrace): TraceVerdict | undefined {
  const [base, ...others] = trace.runs;
  if (base === undefined) return undefined;
  const recorded = recordedOf(trace.agreement.find(({ run }) => run === base.run));
  const policies = others.map((one) => policyVerdict(trace, base, one));
  return {
    base: base.findings,
    ...(recorded === undefined ? {} : { baseRecorded: recorded }),
    policies, undecided: undecided(trace, policies),
  };
}

/** Below 0: `a` does better. By the gravest finding that is left, then how many, then by costs. */
export function byWorth(a: PolicyVerdict, b: PolicyVerdict): number {
  const [mine, others] = [a, b].map((one) => [...one.adds, ...one.leaves]
    .sort((x, y) => byHarm(x.harm, y.harm)));
  const [left = [], right = []] = [mine, others];
  for (let index = 0; index < Math.max(left.length, right.length); index += 1) {
    const [x, y] = [left[index], right[index]];
    if (x === undefined) return -1;
    if (y === undefined) return 1;
    const order = byHarm(x.harm, y.harm);
    if (order !== 0) return -order;
  }
  return a.costs.length - b.costs.length;
}
