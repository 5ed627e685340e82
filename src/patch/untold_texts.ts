/**
 * Where the kernel's function became another one and the model's did not: the model as it is
 * written has what newer kernels have, so that on such an older base a patch may be there already.
 */
import { differencesTo, versions } from '../linux/history/versions.js';
import { byAge, type Mainline } from '../linux/history/since.js';
import { isWithin, textChanges, type TextChange } from '../linux/history/texts.js';
import { textRead, type TextRead } from '../linux/history/texts_read.js';
import { switches } from '../linux/history/switches/config.js';
import { versionTable } from './conflicts.js';
import { lastMergedWithin, mainlineIds } from './merged_within.js';
import { names } from './near_switches.js';
import { wholeBody } from './whole_body.js';
import type { Entry } from './table.js';

/** All that the function is made of in a version, the values of its switches included. */
function madeOf(entry: Entry, config: Readonly<Record<string, unknown>>): string {
  const texts = [...entry.texts.map(String), ...wholeBody(entry)?.helpers ?? []];
  const read = [...new Set(texts.flatMap((text) =>
    [...text.matchAll(/\bconfig\.(\w+)/g)].map(([, name = '']) => name)))];
  return [...texts,
    ...[...entry.redirected].map(([callee, { target }]) => `${callee} ${String(target)}`),
    ...read.map((name) => `${name} ${JSON.stringify(config[name])}`)].join('\n');
}

interface Made {
  readonly id: string;
  readonly on: Mainline;
  readonly text: string;
}

const known = new Map<string, readonly Made[]>();

/** The function in all versions, the newest first. */
function madeIn(fn: string): readonly Made[] {
  const before = known.get(fn);
  if (before !== undefined) return before;
  const made = versions.map(({ id, on }): Made => {
    const entry = versionTable(id).get(fn);
    const config = differencesTo(id)?.config;
    return { id, on,
      text: entry === undefined || config === undefined ? '' : madeOf(entry, { ...config }) };
  });
  known.set(fn, made);
  return made;
}

/** Versions in which the model's function is another one than in the next newer one. */
export function modelChanges(fn: string): readonly string[] {
  const made = madeIn(fn);
  return made.filter((one, index) => index > 0 && made[index - 1]?.text !== one.text)
    .map(({ id }) => id);
}

/** Mainline releases that brought another one to the model, or a switch that speaks of it. */
function toldReleases(fn: string): readonly Mainline[] {
  const mainline = madeIn(fn).filter(({ id, on }) => id === on);
  const own = mainline.filter(({ text }, index) =>
    index + 1 < mainline.length && mainline[index + 1]?.text !== text).map(({ on }) => on);
  const spoken = Object.values(switches as Readonly<Record<string, { doc: string;
    values: object; }>>).filter(({ doc }) => names(doc, fn))
    .flatMap(({ values }) => Object.keys(values).slice(1) as Mainline[]);
  return [...own, ...spoken];
}

/** Whether the model makes it, by another function or a switch that speaks of the function. */
export function isMade(fn: string, change: TextChange): boolean {
  return toldReleases(fn).some((release) => isWithin(change, release));
}

interface Untold {
  readonly change: TextChange;
  /** undefined: nobody has read it. */
  readonly read: TextRead | undefined;
}

/** The gravest first: a reader's word, then what nobody read, then what is left out on purpose. */
const gravity = ['lacks', undefined, 'outside'] as const;

/**
 * Changes of the kernel's text in the releases behind this one that the model does not make, or not
 * as the kernel did. A stable release is taken for the mainline release that it began with.
 */
function untoldTexts(fn: string, version: string): readonly Untold[] {
  const on = versions.find(({ id }) => id === version)?.on;
  if (on === undefined) return [];
  const last = lastMergedWithin(on);
  const behind = textChanges(fn)
    .filter(({ after, by }) => byAge(on, by) < 0 && byAge(after, last) < 0)
    .map((change): Untold => ({ change, read: textRead(fn, change.by) }))
    .filter(({ change, read }) => read?.kind === 'lacks' || !isMade(fn, change));
  return gravity.flatMap((kind) => behind.filter(({ read }) => read?.kind === kind));
}

/** `v5.10`, or `v5.16 to v5.17` where one of them was not read. */
export function releaseText({ after, by }: TextChange): string {
  const between = mainlineIds.slice(mainlineIds.indexOf(after) + 1, mainlineIds.indexOf(by) + 1);
  return between.length < 2 ? by : `${between[0] ?? by} to ${by}`;
}

/** What to tell of it; undefined: nothing that is known. */
export function untoldText(fn: string, version: string): string | undefined {
  const [first] = untoldTexts(fn, version);
  if (first === undefined) return undefined;
  const { change, read } = first;
  const since = `the kernel's ${fn}() is another one from ${releaseText(change)} on, and the ` +
    'model\'s is not: ';
  switch (read?.kind) {
    case 'lacks': return since + read.words;
    case 'outside': return `${since}what came is left out (${read.words})`;
    default: return `${since}it may have in ${version} what came then`;
  }
}
