/** A function of the model as the frame of a new body, the hunks of a patch at their places. */
import { parse } from 'acorn';
import type { Change } from './mail/changes.js';
import type { Entry } from './table.js';
import { wholeBody } from './whole_body.js';

export interface Frame {
  /** Lines of `name: function (k, ...) { ... },`. */
  readonly lines: readonly string[];
  /** What stands beside it in its file, each as a text of lines. */
  readonly helpers: readonly string[];
  /** What all that takes from the policy interface. */
  readonly imports: readonly string[];
  /** The model's own texts, without the hunks. */
  readonly texts: readonly string[];
}

/** Type of what the model's own text has without one. */
export const ANY = ': any';

interface Place {
  readonly at: number;
  readonly change: Change;
}

/** Kernel functions that lines of C call, the nearest to the change first. */
function calledIn(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => [...line.matchAll(/\b([A-Za-z_]\w*)\s*\(/g)])
    .map((match) => match[1] ?? '');
}

/** The line of the body before which the change stands: beside a call that both have. */
function placeOf(
  body: readonly string[], { removed, before, after }: Change,
): number | undefined {
  const lineOf = (names: readonly string[]): number | undefined => {
    for (const name of names) {
      const at = body.findIndex((line) => new RegExp(`\\bk\\.${name}\\(`).test(line));
      if (at >= 0) return at;
    }
    return undefined;
  };
  const here = lineOf(calledIn(removed)) ?? lineOf(calledIn(after.slice(0, 4)));
  if (here !== undefined) return here;
  const above = lineOf(calledIn([...before].reverse().slice(0, 4)));
  return above === undefined ? undefined : above + 1;
}

/** Lines of C that do nothing: blank, of a comment, a brace, a declaration without a value. */
const idle = new RegExp('^\\s*(?:' + [
  '[{}]?', '//.*', '/?\\*(?:[\\s/*].*)?',
  '(?!return\\b|goto\\b)(?:\\w+\\s+)*\\w+[\\s*]+\\w+(?:\\[.*\\])?(?:\\s*,\\s*\\**\\w+)*;',
].join('|') + ')\\s*$');

/** Those that an author has to look at. */
function telling(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => !idle.test(line));
}

/** The lines with the changes as comments before their places, each indented as its place is. */
function withChanges(
  lines: readonly string[], places: readonly Place[],
  comment: (text: string, indent: string) => string,
): readonly string[] {
  return lines.flatMap((line, at) => {
    const indent = /^\s*/.exec(line)?.[0] ?? '';
    const here = places.filter((one) => one.at === at);
    return [...here.flatMap(({ change: { removed, added } }) => [
      ...telling(removed).map((one) => comment(`| -${one}`, indent)),
      ...telling(added).map((one) => comment(`| +${one}`, indent)),
    ]), line];
  });
}

/** The model is built without types: what the author's compiler would ask for is said to be any. */
function withAny(text: string): string {
  const places: number[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { params = [] } = value as { params?: readonly { type: string; end: number }[] };
    places.push(...params
      .filter(({ type, end }) => /^(Identifier|ObjectPattern)$/.test(type) &&
        /[,)]/.test(text.charAt(end)))
      .map(({ end }) => end));
    Object.values(value).forEach(walk);
  };
  walk(parse(text, { ecmaVersion: 2023, sourceType: 'module' }));
  return places.sort((a, b) => b - a)
    .reduce((typed, end) => `${typed.slice(0, end)}${ANY}${typed.slice(end)}`, text);
}

/**
 * Undefined: the body cannot stand in another file, for it uses what no policy can have. `comment`
 * makes a line of a comment.
 */
export function frameOf(
  entry: Entry, changes: readonly Change[], comment: (text: string, indent: string) => string,
): Frame | undefined {
  const whole = wholeBody(entry);
  if (whole === undefined || whole.missing.length > 0) return undefined;
  const { text, helpers, imports } = whole;
  const parts = [...helpers, text].map((one) => one.split('\n'));
  // Each change stands in the part that calls what it calls; in the function itself, if none does.
  const places = changes.map((change) => {
    const found = parts.map((lines, part) => ({ part, at: placeOf(lines, change), change }));
    return found.find(({ at }) => at !== undefined) ?? { part: parts.length - 1, at: 1, change };
  });
  const written = parts.map((lines, part) => withChanges(
    part === parts.length - 1 ? lines.map((line) => `    ${line}`) : lines,
    places.filter((one) => one.part === part).map(({ at, change }) => ({ at: at ?? 1, change })),
    comment));
  const [first = '', ...rest] = written.at(-1) ?? [];
  const body = [`    ${entry.name}: ${first.trimStart()}`, ...rest];
  return {
    imports, lines: [...body.slice(0, -1), `${body.at(-1) ?? ''},`],
    helpers: written.slice(0, -1).map((lines) => withAny(lines.join('\n'))),
    texts: [...helpers, text],
  };
}
