/**
 * Policies that one trace cannot tell apart, and what can: shipped traces on which they part, or,
 * where a policy is on none of them, those on which what it changes runs.
 */
import { maxOf } from '../../base/long_lists.js';
import type { RunIndex } from '../document_parts.js';
import type { Shipped, ShippedOutcomes } from './standing.js';

/** A trace and the policies of the group that it parts from each other. */
export interface DecidingTrace {
  readonly trace: string;
  /** Indices of runs, by equal outcome there. */
  readonly groups: readonly (readonly RunIndex[])[];
}

export interface Undecided {
  /** Runs with equal outcomes that differ from the base's. */
  readonly runs: readonly RunIndex[];
  /** Those of them that make the same change: no trace can part them. */
  readonly same: readonly (readonly RunIndex[])[];
  /** Shipped traces that part them, as few as do what all of them do together. */
  readonly decided_by: readonly DecidingTrace[];
  /** Shipped traces that run what they change, of policies that were never held against them. */
  readonly may: readonly string[];
  /** There is a pair that makes different changes and that no shipped trace is known to part. */
  readonly open: boolean;
}

/** What is known of the policies themselves. */
export interface PolicyFacts {
  /** The two change the same functions in the same way. */
  readonly isSame: (one: string, other: string) => boolean;
  readonly touches: (name: string) => readonly string[];
}

type Names = ReadonlyMap<RunIndex, string>;
type Pair = readonly [RunIndex, RunIndex];

function pairsOf(runs: readonly RunIndex[]): Pair[] {
  return runs.flatMap((one, at) => runs.slice(at + 1).map((other) => [one, other] as const));
}

/** The runs by what came of them on a shipped trace; those that it was not held against are out. */
function groupsOn(
  { groups }: ShippedOutcomes, runs: readonly RunIndex[], names: Names,
): readonly (readonly RunIndex[])[] {
  return groups.map((group) => runs.filter((run) => group.includes(names.get(run) ?? '')))
    .filter((group) => group.length > 0);
}

const parts = (groups: DecidingTrace['groups'], [one, other]: Pair): boolean =>
  groups.some((group) => group.includes(one) && !group.includes(other)) &&
  groups.some((group) => group.includes(other) && !group.includes(one));

/** Greedy: the trace that parts most of what is left; of equal ones the first by name. */
function fewest(
  pairs: readonly Pair[], traces: readonly DecidingTrace[],
): { readonly chosen: readonly DecidingTrace[]; readonly left: readonly Pair[] } {
  const chosen: DecidingTrace[] = [];
  let left = pairs;
  for (;;) {
    const counts = traces.map((one) => left.filter((pair) => parts(one.groups, pair)).length);
    const most = maxOf(counts, 0);
    const best = traces[counts.indexOf(most)];
    if (most === 0 || best === undefined) return { chosen, left };
    chosen.push(best);
    left = left.filter((pair) => !parts(best.groups, pair));
  }
}

function sameChanges(
  runs: readonly RunIndex[], names: Names, { isSame }: PolicyFacts,
): RunIndex[][] {
  const groups: RunIndex[][] = [];
  for (const run of runs) {
    const found = groups.find(([first = -1]) =>
      isSame(names.get(first) ?? '', names.get(run) ?? ''));
    if (found === undefined) groups.push([run]);
    else found.push(run);
  }
  return groups.filter((group) => group.length > 1);
}

/** Traces told of those that only may tell policies apart. */
const MAY = 3;

/** Of a pair that is on no shipped trace together: where what both change runs. */
function mayPart(
  left: readonly Pair[], names: Names, shipped: Shipped, trace: string,
  { touches }: PolicyFacts,
): readonly string[] {
  const knows = ({ groups }: ShippedOutcomes, run: RunIndex): boolean =>
    groups.some((group) => group.includes(names.get(run) ?? ''));
  const runs = ({ ran }: ShippedOutcomes, run: RunIndex): boolean =>
    touches(names.get(run) ?? '').some((fn) => ran.includes(fn));
  return Object.entries(shipped).filter(([name, outcomes]) => name !== trace &&
    left.some(([one, other]) => runs(outcomes, one) && runs(outcomes, other) &&
      !(knows(outcomes, one) && knows(outcomes, other)))).map(([name]) => name).slice(0, MAY);
}

/** Of one group of equal outcomes. */
export function undecidedOf(
  runs: readonly RunIndex[], names: Names, trace: string, shipped: Shipped, facts: PolicyFacts,
): Undecided {
  const same = sameChanges(runs, names, facts);
  const differ = pairsOf(runs).filter(([one, other]) =>
    !same.some((group) => group.includes(one) && group.includes(other)));
  const traces = Object.entries(shipped).filter(([name]) => name !== trace)
    .map(([name, outcomes]) => ({ trace: name, groups: groupsOn(outcomes, runs, names) }));
  const { chosen, left } = fewest(differ, traces);
  return {
    runs, same, decided_by: chosen, may: mayPart(left, names, shipped, trace, facts),
    open: left.length > 0,
  };
}
