/** Runs, events and values in words. */
import type { ComparisonLine, ValueGroup } from '../compare/comparison.js';
import type { EventRef, RunIndex } from '../compare/document_parts.js';
import { isWords } from '../compare/values.js';
import { wordsOfValue } from '../observe/observation.js';

/** `zonelists` of `zonelists/populated_zone`; '' of `base` and of a user's own policy. */
export function questionOfRun(name: string): string {
  const slash = name.indexOf('/');
  return slash <= 0 || name.startsWith('.') || name.includes('+') ? '' : name.slice(0, slash);
}

/** The question that all policies of the comparison belong to; '' when there are several. */
function onlyQuestion(comparison: ComparisonLine): string {
  const names = comparison.runs.map((run) => run.name)
    .filter((name) => name !== 'base' && name !== 'recorded');
  const questions = new Set(names.map(questionOfRun));
  const [only = ''] = questions;
  return questions.size === 1 ? only : '';
}

/** A policy's id without the question that the whole comparison is about. */
export function shortName(comparison: ComparisonLine, id: string): string {
  const question = onlyQuestion(comparison);
  return question !== '' && id.startsWith(`${question}/`) ? id.slice(question.length + 1) : id;
}

/** `base v6.1`, else the run's name. */
export function runName(comparison: ComparisonLine, run: RunIndex): string {
  const name = comparison.runs[run]?.name ?? `run ${run}`;
  return name === 'base' ? `base ${comparison.trace.base}` : shortName(comparison, name);
}

/** Model runs up to this many are called by their names everywhere, more by their letters. */
const NAMED_RUNS = 3;

/** `A C`: letters of the groups of equal outcomes, as the table of runs has them; or names. */
export function runNames(comparison: ComparisonLine, runs: readonly RunIndex[]): string {
  const isModel = (run: RunIndex): boolean => comparison.runs[run]?.kind === 'model';
  const models = comparison.runs.filter((run) => run.kind === 'model').length;
  const shown = runs.filter(isModel);
  const recorded = shown.length < runs.length ? ['recorded'] : [];
  if (models > 1 && shown.length === models) return [...recorded, 'all runs'].join(', ');
  const letters = [...new Set(shown.map((run) => groupLetter(comparison, run)))].sort();
  const whole = comparison.groups.filter((group) => group.some((run) => shown.includes(run)))
    .every((group) => group.every((run) => shown.includes(run)));
  if (models <= NAMED_RUNS || !whole) {
    return [...recorded, ...shown.map((run) => runName(comparison, run))].join(', ');
  }
  return [...recorded, ...letters].join(' ');
}

/** The runs by their names, whatever their letters. */
export function allNames(comparison: ComparisonLine, runs: readonly RunIndex[]): string {
  return runs.map((run) => runName(comparison, run)).join(', ');
}

/** `1 row`, `2 rows`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
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
  const split = values.map(({ value }) => wordsOfValue(value));
  const words = values.map(({ value }) => isWords(value));
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
export function groupLetter(comparison: ComparisonLine, run: RunIndex): string {
  const index = comparison.groups.findIndex((group) => group.includes(run));
  if (index < 0) return '';
  const letter = String.fromCharCode('A'.charCodeAt(0) + (index % 26));
  return index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
}
