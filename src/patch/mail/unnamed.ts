/**
 * A hunk whose heading names no function: diff -p takes a label at the left edge (`retry:`) for
 * one, and patches without -p have no heading. What the hunk calls tells where it may be.
 */
import { onceFor } from '../../base/once.js';
import { partsOf } from '../../base/kernel_names.js';
import { callersInModel } from '../../linux/history/callers.js';
import { functionTags } from '../../linux/function_tag.js';
import { versions } from '../../linux/history/versions.js';
import { versionTable } from '../conflicts.js';
import type { Entry, ReadonlyTable } from '../table.js';
import { callsOfWhole, wholeBody } from '../whole_body.js';
import { namedInModel, type Named } from './names.js';

/** The function's text, with that of what stands beside it. */
function wholeText(entry: Entry | undefined): string {
  if (entry === undefined) return '';
  return [...entry.texts.map(String), ...wholeBody(entry)?.helpers ?? []].join('\n');
}

/** Functions of the model that the lines call, under its names; lines have their sign. */
function calledIn(lines: readonly string[]): ReadonlySet<string> {
  // What the patch adds, the function does not call yet.
  const text = lines.filter((line) => !line.startsWith('+')).join('\n');
  const names = [...text.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)].map(([, name = '']) => name);
  return new Set(names.flatMap((name) => namedInModel(name, false).model ?? []));
}

/** The tables of all mainline releases, the newest first: nobody says which one a hunk is of. */
const tablesOf = onceFor((all: typeof versions) => all.filter(({ id, on }) => id === on)
  .map(({ id }) => versionTable(id)));

/** What its bodies call, each body and what is called instead in it once. */
function callsOfAny(
  name: string, tables: readonly ReadonlyTable[],
): readonly ReadonlySet<string>[] {
  const entries = new Map<string, Entry>();
  const bodies: unknown[] = [];
  for (const table of tables) {
    const entry = table.get(name);
    if (entry === undefined) continue;
    if (!bodies.includes(entry.body)) bodies.push(entry.body);
    const redirected = [...entry.redirected]
      .map(([from, { target }]) => `${from} ${String(target)}`);
    const key = [bodies.indexOf(entry.body), ...redirected].join();
    if (!entries.has(key)) entries.set(key, entry);
  }
  return [...entries.values()].map((entry) => callsOfWhole(entry).names);
}

/** Those whose texts have all fields of structs that the lines name and any of them has, or all. */
function withFields(
  names: readonly string[], lines: readonly string[], textOf: (name: string) => string,
): readonly string[] {
  const text = lines.filter((line) => !line.startsWith('+')).join('\n');
  const fields = [...text.matchAll(/(?:->|\.)(\w+)/g)]
    .map(([, name = '']) => new RegExp(`\\b${name}\\b`));
  const known = fields.filter((field) => names.some((name) => field.test(textOf(name))));
  const having = names.filter((name) => known.every((field) => field.test(textOf(name))));
  return having.length === 0 ? names : having;
}

/**
 * Functions of the kernel file that call all that the hunk calls, in some release, those with
 * its fields where there are several; none where it calls none.
 */
export function functionsOfHunk(
  lines: readonly string[], file: string, tables: readonly ReadonlyTable[] = tablesOf(versions),
): readonly string[] {
  const called = calledIn(lines);
  if (called.size === 0) return [];
  const calling = Object.entries(functionTags()).filter(([name, { kernelFile }]) =>
    kernelFile === file && callsOfAny(name, tables).some((names) =>
      [...called].every((one) => names.has(one) || one === name)))
    .map(([name]) => name);
  return withFields(calling, lines, (name) => tables.map((one) => wholeText(one.get(name)))
    .find((one) => one !== '') ?? '');
}

/** What the model has of a static function that it lacks stands in whatever alone calls it. */
function namedOrCalled(named: Named, name: string): Named {
  const callers = named.model === undefined ? callersInModel(name) : [];
  const [caller, ...others] = callers;
  if (caller === undefined) return named;
  const who = callers.map((one) => `${one}()`).join(', ');
  return others.length === 0
    ? { model: caller, note: `the model has no ${name}(): what it has of it is in ${who}, which ` +
      'alone calls it' }
    : { model: undefined, note: `the model has no ${name}(): what it has of it is in those that ` +
      `call it, ${who}` };
}

/** As namedInModel(); what is several functions in the model is the one that calls the same. */
export function namedInHunk(
  name: string, cut: boolean, lines: readonly string[], file: string,
): Named {
  const parts = partsOf(name);
  const newest = versionTable(versions[0]?.id ?? '');
  const may = parts.length === 0 ? [] : functionsOfHunk(lines, file, [newest]);
  const [only, ...more] = parts.filter((one) => may.includes(one));
  if (only === undefined || more.length > 0) return namedOrCalled(namedInModel(name, cut), name);
  return { model: only, note: `${name}() is ${only}() in the model, by what the hunk calls` };
}
