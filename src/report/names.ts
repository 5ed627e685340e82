/** Runs, events and values in words. */
import type { Comparison, EventRef, RunIndex, ValueGroup } from '../compare/comparison.js';

/** `zonelists` of `zonelists/populated_zone`; '' of `base` and of a user's own policy. */
export function questionOfRun(name: string): string {
  const slash = name.indexOf('/');
  return slash <= 0 || name.startsWith('.') || name.includes('+') ? '' : name.slice(0, slash);
}

/** `base v6.1`, else the run's name. */
export function runName(comparison: Comparison, run: RunIndex): string {
  const name = comparison.runs[run]?.name ?? `run ${run}`;
  return name === 'base' ? `base ${comparison.trace.base}` : name;
}

/** Names joined by commas; `all policies` when there is none left out. */
export function runNames(comparison: Comparison, runs: readonly RunIndex[]): string {
  const models = comparison.runs.filter((run) => run.kind === 'model').length;
  const shown = runs.filter((run) => comparison.runs[run]?.kind === 'model');
  const recorded = shown.length < runs.length ? 'recorded, ' : '';
  if (models > 2 && shown.length === models) return `${recorded}all of the model`;
  return runs.map((run) => runName(comparison, run)).join(', ');
}

/** `1.234567 s`: nanoseconds to the microsecond that traces print. */
export function seconds(time_ns: number): string {
  const microseconds = Math.round(time_ns / 1000);
  const whole = Math.floor(microseconds / 1_000_000);
  return `${whole}.${String(microseconds % 1_000_000).padStart(6, '0')} s`;
}

/** `step 6: online_movable memory32`. */
export function eventText(event: EventRef): string {
  return event.step === undefined ? event.text : `${event.step}: ${event.text}`;
}

/** Only the words in which the values differ, of values that are `key=value` words. */
export function differingWords(values: readonly ValueGroup[]): readonly ValueGroup[] {
  const split = values.map(({ value }) => new Map(`${value}`.split(' ').map((word) => {
    const equals = word.indexOf('=');
    return [word.slice(0, equals), word.slice(equals + 1)] as const;
  })));
  const words = values.map(({ value }) => /^\S+=\S*( \S+=\S*)*$/.test(`${value}`));
  if (words.filter(Boolean).length < 2) return values;
  const keys = [...new Set(split.flatMap((map, index) => (words[index] ? [...map.keys()] : [])))];
  const differing = keys.filter((key) => {
    const found = split.flatMap((map, index) =>
      (words[index] && map.has(key) ? [map.get(key)] : []));
    return new Set(found).size > 1;
  });
  return values.map((group, index) => (words[index] === true && differing.length > 0
    ? { ...group, value: differing.flatMap((key) => {
      const value = split[index]?.get(key);
      return value === undefined ? [] : [`${key}=${value}`];
    }).join(' ') }
    : group));
}

/** A, B, ... by the group of runs with equal outcomes. */
export function groupLetter(comparison: Comparison, run: RunIndex): string {
  const index = comparison.groups.findIndex((group) => group.includes(run));
  return index < 0 ? '' : String.fromCharCode('A'.charCodeAt(0) + (index % 26));
}
