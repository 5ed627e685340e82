/** Lines of a policy that are lines of the model's own function: what is wrong there is not its. */
import { differencesTo, versions } from '../linux/history/versions.js';
import { versionTable } from './conflicts.js';
import type { Patch } from './define.js';
import { ANY } from './frame.js';
import { wholeBody } from './whole_body.js';

const normal = (line: string): string =>
  line.replaceAll(ANY, '').replace(/^\s*\w+: (?=function)/, '').trim();

/** Says of a line whether a function that the policy replaces has it; short ones say nothing. */
export function modelLines(patch: Patch): (line: string) => boolean {
  const own = differencesTo(patch.base) === undefined ? [] : [patch.base];
  const names = Object.keys(patch.replaces ?? {});
  const lines = new Set([versions[0]?.id ?? '', ...own].flatMap((version) => {
    const table = names.length === 0 ? undefined : versionTable(version);
    return names.flatMap((name) => {
      const entry = table?.get(name);
      const whole = entry === undefined ? undefined : wholeBody(entry);
      return whole === undefined ? [] : [...whole.helpers, whole.text].join('\n').split('\n');
    });
  }).map(normal));
  return (line) => normal(line).length > 3 && lines.has(normal(line));
}
