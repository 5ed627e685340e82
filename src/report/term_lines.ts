/** Terms as lines of text, and the most that can be said of something in so many lines. */
import { maxOf } from '../base/long_lists.js';
import { wrap } from '../base/wrap.js';
import type { Term } from './blocks.js';

/** Columns of a mail. */
export const WIDTH = 72;
export const INDENT = '  ';
/** A name up to this wide stands beside its text, a longer one above it. */
const NAME_WIDTH = 14;

/** Columns of the names that stand beside their texts. */
export function nameWidth(terms: readonly Term[]): number {
  return maxOf(
    terms.map(([name]) => name.length).filter((length) => length <= NAME_WIDTH), 0);
}

/** Names beside their texts; one without a text is a heading. */
export function termLines(
  terms: readonly Term[], columns = WIDTH, width = nameWidth(terms),
): string[] {
  return terms.flatMap(([name, text]) => {
    const indent = INDENT + ' '.repeat(width + 2);
    if (name.length <= NAME_WIDTH && text !== '') {
      return wrap(text, columns, `${INDENT}${name.padEnd(width)}  `, indent);
    }
    return [
      ...wrap(name, columns, INDENT),
      ...(text === '' ? [] : wrap(text, columns, `${INDENT}${INDENT}`)),
    ];
  });
}

/** The first of these, the fullest first, that has at most so many lines; else the last. */
export function fitting(
  makers: readonly (() => readonly Term[])[], lines: number,
): readonly Term[] {
  let terms: readonly Term[] = [];
  for (const make of makers) {
    terms = make();
    if (termLines(terms).length <= lines) break;
  }
  return terms;
}
