/**
 * Version switches that may be what a patch does: a release soon behind its base changes them, and
 * a function that it touches reads them, or their sentence names it.
 */
import { differencesTo, versions } from '../linux/history/versions.js';
import { byAge, type Mainline } from '../linux/history/since.js';
import { switches } from '../linux/history/switches/config.js';
import { lastMergedWithin } from './merged_within.js';
import { versionTable } from './conflicts.js';
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

/** Whether the sentence of a switch names the function. */
export function names(doc: string, fn: string): boolean {
  return new RegExp(`\\b${fn}\\(\\)`).test(doc);
}

/** Of functions that a patch against the version touches, the nearest release first. */
export function nearSwitches(fns: readonly string[], version: string): readonly NearSwitch[] {
  const on = versions.find(({ id }) => id === version)?.on;
  const config = differencesTo(version)?.config as Readonly<Record<string, unknown>> | undefined;
  if (on === undefined || config === undefined) return [];
  const last = lastMergedWithin(on);
  const read = new Set(fns.flatMap((fn) => [...switchesRead(fn, version)]));
  return Object.entries(switches as unknown as Readonly<Record<string, AnySwitch>>)
    .flatMap(([name, { doc, values }]) => {
      if (!read.has(name) && !fns.some((fn) => names(doc, fn))) return [];
      const release = (Object.keys(values) as Mainline[]).find((one) =>
        byAge(on, one) < 0 && byAge(one, last) <= 0 && values[one] !== config[name]);
      return release === undefined ? [] : [{ name, release, doc }];
    }).sort((a, b) => byAge(a.release, b.release));
}

export function nearWords({ name, release }: NearSwitch): string {
  return `asIn('${release}', '${name}')`;
}

/** What to write for it, and what that does. */
export function nearText(one: NearSwitch): string {
  return `config: ${nearWords(one)} is what ${one.release} changes there: ${one.doc}`;
}
