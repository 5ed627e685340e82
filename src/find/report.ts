/** What a search came to, as text. */
import { shellPath } from '../base/words.js';
import { wrap } from '../base/wrap.js';
import { stepsOf } from './case.js';
import { reasonText } from './difference.js';
import { gravityText, isOutcome } from './gravity.js';
import type { FindResult } from './find.js';
import { raceBounds } from './race.js';
import { functionCount } from './coverage.js';
import type { FoundCase } from './search.js';
import { runArguments, type Told } from './write.js';

const WIDTH = 96;

/** Names of what was found, each a folder: `SEED-1`, ... */
export function toldOf(
  { version, sides, given, small }: FindResult, seed: number,
): readonly Told[] {
  return small.map(({ case: one, found }, index) => (
    { name: `find-${seed}-${index + 1}`, case: one, found, version, sides, given }));
}

function head({ sides, version, searched }: FindResult): string {
  const [one, other] = sides;
  const what = other === undefined ? `${one} on ${version}` : `${one} and ${other} on ${version}`;
  const { cases, replays, refused } = searched;
  return `${what}: ${cases} cases, ${replays} replays` +
    `${refused > 0 ? `, ${refused} cases could not be` : ''}`;
}

/** What was tried, and what was never reached: where nothing was found. */
function triedLines(
  { searched, unreached, sides }: FindResult, onlyLog = false,
): readonly string[] {
  const { features, infected, late, races, cutRaces } = searched;
  const when = late ? ' in the time' : '';
  const lines = [
    onlyLog ? `no outcome parts${when}, but lines of the log do` : `nothing found${when}`,
    `tried: ${features} steps between the model's ${functionCount} functions and kinds of results`,
  ];
  if (sides.length > 1) {
    lines.push(infected === 0 ? 'the two went the same way through the model in every case'
      : `the two went other ways through the model in ${infected} cases, to the same end`);
  }
  if (races > 0) {
    const cut = cutRaces === 0 ? '' : `, and there were more in ${cutRaces} of them`;
    lines.push(...wrap(`${races} cases race: orders of their tasks were gone through, ` +
      `${raceBounds}${cut}`, WIDTH));
  }
  const never = unreached.map((text) => text.replace(' ', ' in '));
  lines.push(...(never.length === 0 ? ['every function that a policy changes ran with its change']
    : wrap(`never reached: ${never.join(', ')}`, WIDTH)));
  return lines;
}

function foundLines(result: FindResult, told: readonly Told[], paths: readonly string[]):
readonly string[] {
  const { searched, small } = result;
  const others = searched.found.slice(small.length);
  const isShared = ({ found }: FoundCase): boolean => found.reason.shared === true;
  const without = `${result.version} without ${result.sides[0] ?? ''}`;
  const named = (what: string, cases: readonly FoundCase[]): readonly string[] =>
    (cases.length === 0 ? [] : ['', ...wrap(`${what}: ${cases.map(({ found }) =>
      reasonText(found.reason)).join('; ')}`, WIDTH, '', '  ')]);
  return [
    ...(searched.found.every(isShared)
      ? [`nothing found${searched.late ? ' in the time' : ''} that ${without} has not`] : []),
    ...(searched.found.some(({ found }) => isOutcome(found)) ? []
      : triedLines(result, true)),
    ...small.flatMap(({ from, tests }, index) => {
      const one = told[index] as Told;
      const [left, right] = one.found.texts;
      const [first = '', second] = one.sides;
      return [
        '', `${gravityText(one.found.gravity)}: ${reasonText(one.found.reason)}`,
        ...wrap(`${first}: ${left}`, WIDTH, '  ', '    '),
        ...(second === undefined ? [] : wrap(`${second}: ${right}`, WIDTH, '  ', '    ')),
        ...(one.found.reason.shared === true
          ? [`  ${without} has this too`] : []),
        `  ${stepsOf(one.case)} of ${stepsOf(from.case)} steps are left (case ${from.index}, ` +
          `${tests} cases tried to make it small)`,
        `  mmreplay run ${shellPath(paths[index] ?? '')} ${runArguments(one)}`,
      ];
    }),
    ...named('also', others.filter((one) => !isShared(one))),
    ...named(`${without} also has`, others.filter(isShared)),
  ];
}

/** `paths`: where each of those that were made small was written. */
export function findText(
  result: FindResult, told: readonly Told[], paths: readonly string[],
): string {
  const rest = result.small.length === 0 ? triedLines(result) : foundLines(result, told, paths);
  return `${[head(result), ...rest].join('\n')}\n`;
}
