/**
 * A hunk whose heading names no function: diff -p takes a label at the left edge (`retry:`) for
 * one, and patches without -p have no heading. What the hunk calls tells where it may be.
 */
import { partsOf } from '../../base/kernel_names.js';
import { functionTags } from '../../linux/function_tag.js';
import { versions } from '../../linux/history/versions.js';
import { versionTable } from '../conflicts.js';
import { callsOfWhole } from '../whole_body.js';
import { namedInModel, type Named } from './names.js';

/** Functions of the model that the lines call, under its names; lines have their sign. */
function calledIn(lines: readonly string[]): ReadonlySet<string> {
  // What the patch adds, the function does not call yet.
  const text = lines.filter((line) => !line.startsWith('+')).join('\n');
  const names = [...text.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)].map(([, name = '']) => name);
  return new Set(names.flatMap((name) => namedInModel(name, false).model ?? []));
}

/** Functions of the kernel file that call all that the hunk calls; none where it calls none. */
export function functionsOfHunk(lines: readonly string[], file: string): readonly string[] {
  const called = calledIn(lines);
  const newest = versions[0]?.id;
  if (called.size === 0 || newest === undefined) return [];
  const table = versionTable(newest);
  return Object.entries(functionTags()).filter(([name, { kernelFile }]) => {
    const entry = table.get(name);
    if (kernelFile !== file || entry === undefined) return false;
    const { names } = callsOfWhole(entry);
    return [...called].every((one) => names.has(one) || one === name);
  }).map(([name]) => name);
}

/** As namedInModel(); what is several functions in the model is the one that calls the same. */
export function namedInHunk(
  name: string, cut: boolean, lines: readonly string[], file: string,
): Named {
  const parts = partsOf(name);
  const may = parts.length === 0 ? [] : functionsOfHunk(lines, file);
  const [only, ...more] = parts.filter((one) => may.includes(one));
  if (only === undefined || more.length > 0) return namedInModel(name, cut);
  return { model: only, note: `${name}() is ${only}() in the model, by what the hunk calls` };
}
