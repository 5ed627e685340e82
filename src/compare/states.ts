/** The state of each group of runs at a divergence, cut to what is near the difference. */
import { isPoint, type Observation, type Scalar } from '../observe/observation.js';
import type { Divergence, StateDump } from './comparison.js';
import type { SubjectKey, Timeline } from './timeline.js';
import { compareNatural, overlaid, stateLines } from './values.js';

/** Subjects of which there is one for each memory block, and the lines kept around a change. */
const perBlock = /^(?:memory|pages of memory|page )/;
const NEAR = 3;

type State = Map<string, { readonly key: SubjectKey; readonly value: Scalar }>;

/** In the order of a dump: node states, nodes and zones, zonelists, blocks, invariants. */
function rank({ kind, subject }: SubjectKey): number {
  if (kind === 'invariant') return 4;
  if (perBlock.test(subject)) return 3;
  if (kind === 'zonelists') return 2;
  return /^node \d/.test(subject) ? 1 : 0;
}

function stateOf(timeline: Timeline, run: number): State {
  return new Map(timeline.state(run).map(({ kind, subject, value }) => (
    [`${kind} ${subject}`, { key: { kind, subject }, value }])));
}

/** The first run's state with the recorded facts in it: what the recorded kernel looked like. */
function recordedState(model: State, facts: readonly Observation[]): State {
  const state: State = new Map(model);
  for (const { kind, subject, value } of facts) {
    if (isPoint(kind)) continue;
    const key = `${kind} ${subject}`;
    const known = model.get(key);
    state.set(key, {
      key: { kind, subject }, value: known === undefined ? value : overlaid(value, known.value),
    });
  }
  for (const [key, one] of model) if (one.key.kind === 'invariant') state.delete(key);
  return state;
}

/** Subjects of all states in the order of the dump; of blocks only those near a difference. */
function subjectsOf(states: readonly State[]): string[] {
  const all = new Map(states.flatMap((state) =>
    [...state].map(([name, { key }]) => [name, key] as const)));
  const order = [...all].sort(([, a], [, b]) =>
    rank(a) - rank(b) || compareNatural(a.subject, b.subject))
    .map(([name, key]) => ({ name, key }));
  const differs = order.map(({ name }) =>
    new Set(states.map((state) => state.get(name)?.value)).size > 1);
  return order.filter(({ key }, index) => !perBlock.test(key.subject) ||
    differs.slice(Math.max(0, index - NEAR), index + NEAR + 1).includes(true))
    .map(({ name }) => name);
}

function linesOf(state: State, subjects: readonly string[]): string[] {
  return subjects.flatMap((name) => {
    const one = state.get(name);
    return one === undefined ? [] : stateLines(one.key.subject, one.value);
  });
}

/** One dump for each group of the divergence. */
export function dumpStates(
  timeline: Timeline, offset: number, divergence: Divergence, facts: readonly Observation[],
): readonly StateDump[] {
  const states = divergence.values.map((group) => {
    const model = group.runs.find((run) => run >= offset);
    if (model !== undefined) return stateOf(timeline, model - offset);
    return recordedState(stateOf(timeline, 0), facts);
  });
  const subjects = subjectsOf(states);
  return divergence.values.map((group, index) => (
    { runs: group.runs, lines: linesOf(states[index] ?? new Map(), subjects) }));
}
