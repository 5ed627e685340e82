/**
 * Schedules counted another way than the search does: the whole graph of states first, each come to
 * by its schedule from the begin, then its loops, then the paths through what is left.
 */
import { windowFor, type Candidate } from '../../src/explore/explore.js';
import { StateKeys } from '../../src/explore/state_key.js';
import { World } from '../../src/explore/world.js';

interface State {
  readonly schedule: readonly number[];
  readonly to: number[];
  readonly ends: string[];
}

function graphOf(world: World): State[] {
  const keys = new StateKeys(world, false);
  const states: State[] = [];
  const numbers = new Map<string, number>();
  const stateAfter = (schedule: readonly number[]): number => {
    const key = keys.of(world);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, states.length);
    return states.push({ schedule, to: [], ends: [] }) - 1;
  };
  const run = (schedule: readonly number[]): void => {
    world.reset();
    for (const task of schedule) world.advance(task);
  };
  run([]);
  stateAfter([]);
  for (const state of states) {
    run(state.schedule);
    const enabled = world.tasks.map((_task, index) => index).filter((one) => world.enabled(one));
    for (const task of enabled) {
      const schedule = [...state.schedule, task];
      run(schedule);
      if (world.outcome === undefined) state.to.push(stateAfter(schedule));
      else state.ends.push(world.outcome);
    }
  }
  return states;
}

/** What can be come to from a state. */
function reachable(states: readonly State[], from: number): Set<number> {
  const found = new Set<number>();
  const open = [...states[from]?.to ?? []];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...states[next]?.to ?? []);
  }
  return found;
}

/** Outcome to number of schedules; 'hangs' where nobody comes out of a loop. */
export function countByGraph(
  window: ReturnType<typeof windowFor>, { version, series }: Candidate,
): Map<string, bigint> {
  const states = graphOf(new World(window, version, series));
  const after = states.map((_state, index) => reachable(states, index));
  const known = new Map<number, Map<string, bigint>>();
  const count = (from: number): Map<string, bigint> => {
    const loop = [from, ...states.keys()].filter((other, place) =>
      place === 0 || (other !== from && after[from]?.has(other) && after[other]?.has(from)));
    const first = Math.min(...loop);
    const found = known.get(first);
    if (found !== undefined) return found;
    const counts = new Map<string, bigint>();
    const add = (outcome: string, more: bigint): void => {
      counts.set(outcome, (counts.get(outcome) ?? 0n) + more);
    };
    for (const member of loop) {
      for (const outcome of states[member]?.ends ?? []) add(outcome, 1n);
      for (const next of states[member]?.to ?? []) {
        if (loop.includes(next)) continue;
        for (const [outcome, more] of count(next)) add(outcome, more);
      }
    }
    if (counts.size === 0) add('hangs', 1n);
    known.set(first, counts);
    return counts;
  };
  return count(0);
}
