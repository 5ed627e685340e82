/** Values of observations: `key=value` words compare key by key against what was recorded. */
import { wordsText } from '../base/words.js';
import { ABSENT, leftOutWhenUnknown, wordsOfValue, type Scalar } from '../observe/observation.js';

/** Keys that a zone which was never used does not have in the model: all zero there. */
const zeroWhenAbsent = new Set(['spanned', 'present', 'managed']);

/** Is it `key=value` words? */
export function isWords(value: Scalar): value is string {
  return typeof value === 'string' && /^\S+=\S*( \S+=\S*)*$/.test(value);
}

/** Does the modelled value say what was recorded? Keys that only one side has do not count. */
export function agrees(recorded: Scalar, modelled: Scalar): boolean {
  if (recorded === modelled) return true;
  if (!isWords(recorded)) return false;
  if (modelled === ABSENT) {
    const words = [...wordsOfValue(recorded)].filter(([key]) => zeroWhenAbsent.has(key));
    return words.length > 0 && words.every(([, value]) => value === '0');
  }
  if (!isWords(modelled)) return false;
  const words = wordsOfValue(modelled);
  return [...wordsOfValue(recorded)].every(([key, value]) => (words.get(key) ?? value) === value);
}

/** Words that one of the two values does not know. */
function unknownWords(a: Scalar, b: Scalar): readonly string[] {
  if (!isWords(a) || !isWords(b)) return [];
  const [one, other] = [wordsOfValue(a), wordsOfValue(b)];
  return [...leftOutWhenUnknown].filter((key) => one.has(key) !== other.has(key));
}

/** They part in nothing but words that one of them does not know. */
export function partInUnknown(a: Scalar, b: Scalar): boolean {
  const keys = unknownWords(a, b);
  const [one, other] = [a, b].map((value) =>
    [...wordsOfValue(value)].filter(([key]) => !keys.includes(key)).join(' '));
  return keys.length > 0 && one === other;
}

/** Each with `unknown` for the words that only the other one knows, where that one has them. */
export function withUnknown(a: Scalar, b: Scalar): readonly [Scalar, Scalar] {
  if (unknownWords(a, b).length === 0) return [a, b];
  const told = (mine: Scalar, its: Scalar): Scalar => {
    const [own, all] = [wordsOfValue(mine), wordsOfValue(its)];
    const isWhole = [...own.keys()].every((key) => all.has(key));
    return !isWhole ? mine : wordsText(
      [...all.keys()].map((key) => [key, own.get(key) ?? 'unknown']));
  };
  return [told(a, b), told(b, a)];
}

/** The modelled value with the words that were recorded in their places. */
export function overlaid(recorded: Scalar, modelled: Scalar): Scalar {
  if (!isWords(recorded) || !isWords(modelled)) return recorded;
  const words = wordsOfValue(modelled);
  for (const [key, value] of wordsOfValue(recorded)) if (words.has(key)) words.set(key, value);
  return [...words].map(([key, value]) => `${key}=${value}`).join(' ');
}

/** Numbers inside compare as numbers: memory9 before memory10. */
export function compareNatural(a: string, b: string): number {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    if (x === y) continue;
    if (i % 2 === 1 && Number(x) !== Number(y)) return Number(x) - Number(y);
    return x < y ? -1 : 1;
  }
  return left.length - right.length;
}

/** Lines of a state are kept this short, so that a diff of them fits into mail. */
const LINE_WIDTH = 68;

/** The line, its rest on lines of their own that begin with blanks. */
function folded(line: string): string[] {
  if (line.length <= LINE_WIDTH) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    if (current !== '' && current.length + 1 + word.length > LINE_WIDTH) {
      lines.push(current);
      current = `    ${word}`;
    } else {
      current = current === '' ? word : `${current} ${word}`;
    }
  }
  return [...lines, current];
}

/** One line for each word, or for the whole value: what a unified diff compares. */
export function stateLines(subject: string, value: Scalar): string[] {
  const text = `${value}`;
  const lines = subject.startsWith('memory') || subject.startsWith('page') || !isWords(text)
    ? text.split(/\n|; /).map((line) => `${subject}: ${line}`)
    : [...wordsOfValue(text)].map(([key, word]) => `${subject}: ${key} ${word}`);
  return lines.flatMap(folded);
}
