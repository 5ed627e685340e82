/** Explores a window under several policies, and finds a schedule on which two of them differ. */
import { withoutHost } from '../patch/host.js';
import { at } from '../base/assert.js';
import type { Patch } from '../patch/define.js';
import type { Trace } from '../trace/trace.js';
import { hangOf } from './ending.js';
import { ALONE_MAX } from './policy_frames.js';
import { parseSchedule, scheduleText, switchesOf } from './schedule_text.js';
import { Search, type SearchOptions, type SearchResult } from './search.js';
import { windowOf, type Window } from './window.js';
import { OFFLINER, World } from './world.js';
import type { EndingKind } from './ending_kind.js';

export interface Candidate {
  readonly id: string;
  readonly version: string;
  readonly series: readonly Patch[];
}

export interface Explored {
  readonly id: string;
  readonly result: SearchResult;
}

/** A schedule that two policies end differently. */
export interface Parting {
  readonly one: string;
  readonly other: string;
  readonly schedule: string;
  readonly switches: number;
  readonly outcomes: readonly [string, string];
  readonly kinds: readonly [EndingKind, EndingKind];
  readonly turns: readonly [ScheduleRun['turns'], ScheduleRun['turns']];
}

/** What running one schedule came to. */
export interface ScheduleRun {
  readonly outcome: string;
  readonly kind: EndingKind;
  /** `task: where it stood after the step`, turn by turn. */
  readonly turns: readonly { readonly task: string; readonly steps: number; readonly at: string }[];
  readonly tests: number;
  readonly failedTests: number;
  readonly drains: number;
  readonly drainWorkItems: number;
}

/**
 * The window of a trace. Pages below and above all memory that the trace onlines are of other zones
 * than the offlined range, and do not matter; of a trace that onlines none all do.
 */
export function windowFor(trace: Trace): Window {
  let low = Infinity;
  let high = -Infinity;
  for (let row = 0; row < trace.length; row += 1) {
    const event = trace.event(row);
    if (event !== 'online_movable' && event !== 'online_kernel' && event !== 'online') continue;
    // The end of a call need not say its range again.
    if (trace.phase(row) === 'E') continue;
    low = Math.min(low, trace.pfn(row));
    high = Math.max(high, trace.pfn(row) + trace.nr_pages(row));
  }
  return windowOf(trace, (pfn) => high < low || (pfn >= low && pfn < high));
}

/** Told now and then; true ends the search. */
export type Progress = (search: SearchResult) => boolean;

const CHUNK = 2000;

/** All schedules under one policy. Gives way to other work now and then. */
export async function explore(
  window: Window, candidate: Candidate, options: SearchOptions, progress?: Progress,
): Promise<Explored> {
  for (const joinsFlush of [true, false]) {
    const search = searchFor(window, candidate, options, joinsFlush);
    while (!search.isVoid && withoutHost(() => search.advance(CHUNK))) {
      await new Promise((resolve) => setImmediate(resolve));
      if (progress?.(search.result()) === true) search.stop();
    }
    if (!search.isVoid) return { id: candidate.id, result: search.result() };
  }
  throw new Error('mmreplay bug: nothing was joined, and too much');
}

function searchFor(
  window: Window, { version, series }: Candidate, options: SearchOptions, joinsFlush: boolean,
): Search {
  return withoutHost(() =>
    new Search(new World(window, version, series, joinsFlush), options));
}

/** The search in one go. */
export function exploreNow(
  window: Window, candidate: Candidate, options: SearchOptions,
): SearchResult {
  return withoutHost(() => searched(window, candidate, options));
}

function searched(
  window: Window, candidate: Candidate, options: SearchOptions,
): SearchResult {
  const search = searchFor(window, candidate, options, true);
  while (!search.isVoid && search.advance(CHUNK)) { /* until all is done */ }
  if (!search.isVoid) return search.result();
  const again = searchFor(window, candidate, options, false);
  while (again.advance(CHUNK)) { /* until all is done */ }
  return again.result();
}

/** Goes on without other schedules: the tasks in order, then the offliner to its end. */
function finish(world: World, turn: (task: number) => void): string {
  const seen = new Set<string>();
  for (let more = ALONE_MAX; world.outcome === undefined;) {
    for (let task = 1; task < world.tasks.length; task += 1) {
      while (world.enabled(task)) turn(task);
    }
    if (!world.enabled(OFFLINER)) return world.outcome ?? hangOf(world);
    const { local } = at(world.tasks, OFFLINER);
    // A drain has come as far as the CPUs that are left.
    const key = `${local.text} ${local.pending.join()} ${world.allText()}`;
    if (local.beginsRound && seen.has(key)) {
      if (!world.bounded || more === 0) return hangOf(world);
      more -= 1;
    }
    seen.add(key);
    turn(OFFLINER);
  }
  return world.outcome;
}

/**
 * Runs one schedule under one policy; turns of a task that has ended are passed over, and what the
 * schedule leaves open is run to its end.
 */
export function runSchedule(window: Window, candidate: Candidate, schedule: string): ScheduleRun {
  const steps = parseSchedule(schedule);
  return withoutHost(() =>
    runOn(new World(window, candidate.version, candidate.series), steps));
}

function runOn(world: World, steps: readonly number[]): ScheduleRun {
  world.reset();
  const { costs, isolation_tests } = world.k.state;
  const before = { ...costs };
  const tests = isolation_tests.length;
  const turns: { task: string; steps: number; at: string }[] = [];
  const turn = (task: number): void => {
    world.advance(task);
    const running = world.tasks[task];
    const name = running?.name ?? '';
    const where = running?.local.done === true ? 'ended' : running?.local.at ?? '';
    const last = turns.at(-1);
    const steps = last?.task === name ? last.steps + 1 : 1;
    if (steps > 1) turns.pop();
    turns.push({ task: name, steps, at: where });
  };
  for (const task of steps) if (world.enabled(task)) turn(task);
  const outcome = finish(world, turn);
  const seen = isolation_tests.slice(tests);
  return {
    outcome, kind: world.ending, turns, tests: seen.length,
    failedTests: seen.filter((test) => test.fin_pfn < test.end_pfn).length,
    drains: costs.drains - before.drains,
    drainWorkItems: costs.drain_work_items - before.drain_work_items,
  };
}

/** The shortest of the schedules found on which the two end differently. */
export function partingOf(
  window: Window, one: Candidate, other: Candidate, found: readonly Explored[],
): Parting | undefined {
  const schedules = found.flatMap(({ result }) => result.endings.map((end) => end.shortest));
  const ordered = schedules.map((steps) => ({ steps, switches: switchesOf(steps) }))
    .sort((a, b) => a.switches - b.switches || a.steps.length - b.steps.length);
  const worlds = [one, other].map((each) => new World(window, each.version, each.series));
  for (const { steps, switches } of ordered) {
    const [first, second] = worlds.map((world) => runOn(world, steps));
    if (first === undefined || second === undefined) continue;
    if (first.outcome === second.outcome) continue;
    return {
      one: one.id, other: other.id, schedule: scheduleText(steps), switches,
      outcomes: [first.outcome, second.outcome], kinds: [first.kind, second.kind],
      turns: [first.turns, second.turns],
    };
  }
  return undefined;
}
