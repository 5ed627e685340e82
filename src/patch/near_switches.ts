/**
 * Version switches that may be what a patch does: a release soon behind its base changes them, and
 * a function that it touches reads them, or their sentence names it, or whoever read its text did.
 */
import { differencesTo, versions } from '../linux/history/versions.js';
import { byAge, type Mainline } from '../linux/history/since.js';
import { textRead } from '../linux/history/texts_read.js';
import { switches } from '../linux/history/switches/config.js';
import { lastMergedWithin, mainlineIds } from './merged_within.js';
import { versionTable } from './conflicts.js';
import { sharedWeights } from './shared_words.js';
import { wholeBody } from './whole_body.js';

export interface NearSwitch {
  readonly name: string;
  /** The release that changes it. */
  readonly release: Mainline;
  readonly doc: string;
}

interface AnySwitch {
  readonly doc: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Switches that the text of the function and of what stands beside it reads. */
function switchesRead(fn: string, version: string): ReadonlySet<string> {
  const entry = versionTable(version).get(fn);
  if (entry === undefined) return new Set();
  const texts = [...entry.texts.map(String), ...wholeBody(entry)?.helpers ?? []];
  const names = texts.flatMap((text) =>
    [...text.matchAll(/\bconfig\.(\w+)|\{([^{}]*)\}\s*=\s*k\.config\b/g)].flatMap(
      ([, one, several = '']) => [one ?? '', ...several.split(/[,:\s]+/)]));
  return new Set(names.filter((name) => Object.hasOwn(switches, name)));
}

/** Switches that whoever read the text of a release names: the model follows it by them. */
function switchesMade(fn: string, release: Mainline): ReadonlySet<string> {
  const read = textRead(fn, release);
  if (read?.kind !== 'made') return new Set();
  const said = read.words.match(/\w+/g) ?? [];
  return new Set(said.filter((name) => Object.hasOwn(switches, name)));
}

/** Whether the sentence of a switch names the function. */
export function names(doc: string, fn: string): boolean {
  return new RegExp(`\\b${fn}\\(\\)`).test(doc);
}

/** What a patch changes: functions, and the lines that it removes and adds, if they are known. */
export interface ChangedFunction {
  readonly name: string;
  readonly lines?: readonly string[];
}

/**
 * Of functions that a patch against the version touches: first those that speak of what its lines
 * do, then the nearest release.
 */
export function nearSwitches(
  changed: readonly ChangedFunction[], version: string,
): readonly NearSwitch[] {
  const fns = changed.map(({ name }) => name);
  const on = versions.find(({ id }) => id === version)?.on;
  const config = differencesTo(version)?.config as Readonly<Record<string, unknown>> | undefined;
  if (on === undefined || config === undefined) return [];
  const last = lastMergedWithin(on);
  const behind = mainlineIds.filter((one) => byAge(on, one) < 0);
  const read = new Set(fns.flatMap((fn) => [...switchesRead(fn, version)]));
  const all = Object.entries(switches as unknown as Readonly<Record<string, AnySwitch>>);
  const weights = sharedWeights(changed.flatMap(({ lines = [] }) => lines),
    all.map(([name, { doc }]) => `${name} ${doc}`));
  const weightOf = new Map(all.map(([name], index) => [name, weights[index] ?? 0]));
  return all
    .flatMap(([name, { doc, values }]) => {
      const release = (Object.keys(values) as Mainline[]).find((one) =>
        byAge(on, one) < 0 && byAge(one, last) <= 0 && values[one] !== config[name]);
      if (release === undefined) return [];
      const isOfOne = read.has(name) || fns.some((fn) => names(doc, fn) ||
        behind.some((one) => switchesMade(fn, one).has(name)));
      return isOfOne ? [{ name, release, doc }] : [];
    }).sort((a, b) => (weightOf.get(b.name) ?? 0) - (weightOf.get(a.name) ?? 0) ||
      byAge(a.release, b.release));
}

export function nearWords({ name, release }: NearSwitch): string {
  return `asIn('${release}', '${name}')`;
}

/** What to write for it, and what that does. */
export function nearText(one: NearSwitch): string {
  return `config: ${nearWords(one)} is what ${one.release} changes there: ${one.doc}`;
}
