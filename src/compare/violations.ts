/** From when to when an invariant was violated, in which runs. */
import { ABSENT } from '../observe/observation.js';
import type { Violation } from './comparison.js';
import type { Events } from './events.js';
import type { ModelRun } from './run.js';

interface Interval {
  readonly invariant: string;
  readonly from: number;
  readonly until: number | undefined;
  readonly first: string;
  readonly last: string;
}

function intervalsOf(run: ModelRun): Interval[] {
  const intervals: Interval[] = [];
  const open = new Map<string, { from: number; first: string; last: string }>();
  for (const { row, kind, subject, value } of run.log.list) {
    if (kind !== 'invariant') continue;
    const running = open.get(subject);
    if (value === ABSENT) {
      if (running !== undefined) intervals.push({ invariant: subject, until: row, ...running });
      open.delete(subject);
    } else if (running === undefined) {
      open.set(subject, { from: row, first: `${value}`, last: `${value}` });
    } else {
      running.last = `${value}`;
    }
  }
  for (const [invariant, running] of open) {
    intervals.push({ invariant, until: undefined, ...running });
  }
  return intervals;
}

/** Violations of all runs, those that are alike together, in order of their begin. */
export function violationsOf(
  runs: readonly ModelRun[], offset: number, events: Events, docs: ReadonlyMap<string, string>,
): readonly Violation[] {
  const found = new Map<string, { interval: Interval; runs: number[] }>();
  runs.forEach((run, index) => {
    for (const interval of intervalsOf(run)) {
      const key = JSON.stringify(interval);
      const same = found.get(key) ?? { interval, runs: [] };
      same.runs.push(index + offset);
      found.set(key, same);
    }
  });
  return [...found.values()]
    .sort((a, b) => a.interval.from - b.interval.from)
    .map(({ interval, runs: who }) => ({
      runs: who, invariant: interval.invariant, doc: docs.get(interval.invariant) ?? '',
      from: events.ref(interval.from),
      ...(interval.until === undefined ? {} : { until: events.ref(interval.until) }),
      first: interval.first.split('\n'),
      ...(interval.last === interval.first ? {} : { last: interval.last.split('\n') }),
    }));
}
