/** Which functions the hunks of a diff change, and how. */
import { parsePatch } from 'diff';
import type { Change } from './changes.js';
import { nameInHeading } from './names.js';
import { functionsOfHunk, namedInHunk } from './unnamed.js';

/** A kernel function that the patch changes. */
export interface TouchedFunction {
  /** As the model calls it, when it has it. */
  readonly name: string;
  /** Path in the kernel's tree. */
  readonly file: string;
  readonly changes: readonly Change[];
  /** Removed and added lines, each with its sign. */
  readonly lines: readonly string[];
}

export interface Touched {
  readonly functions: readonly TouchedFunction[];
  /** Old and cut names, comments that were left out. */
  readonly notes: readonly string[];
}

interface Found {
  readonly file: string;
  readonly changes: Change[];
}

const notFunctions = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof', 'defined']);

/** The function whose definition starts on this line of C, at its left edge. */
function definedHere(line: string): string | undefined {
  if (!/^[A-Za-z_]/.test(line) || /;\s*$/.test(line)) return undefined;
  const name = /\b([A-Za-z_]\w*)\s*\(/.exec(line)?.[1];
  return name === undefined || notFunctions.has(name) || /_DEFINE\d$/.test(name) ? undefined : name;
}

/** Nothing but a comment, or nothing at all. */
function isComment(line: string): boolean {
  return /^\s*(?:\/\*|\*|\/\/|$)/.test(line);
}

/** Lines of the hunk that the patch leaves as they are, those of other changes left out. */
function unchanged(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.startsWith(' ')).map((line) => line.slice(1));
}

/** What a hunk changes outside of a function that is known. */
interface Left {
  comments: number;
  /** Lines of code behind a heading that is a label, or none: whose they are is not said. */
  unnamed: number;
}

const NO_LEFT: Left = { comments: 0, unnamed: 0 };

/** A label, or nothing: the hunk begins in a function, but it is not said in which. */
function saysNoFunction(heading: string): boolean {
  return heading === '' || /^\w+:\s*$/.test(heading);
}

/**
 * Walks the lines of a hunk; `touch` gives the record of the function that a change is in.
 * `begins`: the function that it begins in, where the heading does not say it.
 */
function readHunk(
  lines: readonly string[], heading: string, touch: (name: string, cut: boolean) => Found,
  begins?: string,
): Left {
  const first = begins === undefined ? nameInHeading(heading) : { name: begins, cut: false };
  let current = first?.name;
  let cut = first?.cut ?? false;
  const left = { ...NO_LEFT };
  let isInside = saysNoFunction(heading);
  let removed: string[] = [];
  let added: string[] = [];
  let start = 0;
  const flush = (end: number): void => {
    if (current !== undefined && removed.length + added.length > 0 &&
      ![...removed, ...added].every(isComment)) {
      touch(current, cut).changes.push({ removed, added,
        before: unchanged(lines.slice(0, start)), after: unchanged(lines.slice(end)) });
    } else if (removed.length + added.length > 0) {
      const isCode = isInside && [...removed, ...added].some((line) => /^\s/.test(line) &&
        !isComment(line));
      left[isCode ? 'unnamed' : 'comments'] += 1;
    }
    removed = [];
    added = [];
  };
  for (const [at, line] of lines.entries()) {
    const text = line.slice(1);
    const starts = definedHere(text);
    if (starts !== undefined && starts !== current) {
      flush(at);
      current = starts;
      cut = false;
    } else if (text.startsWith('}')) {
      flush(at);
    }
    if (starts !== undefined) isInside = false;
    if (/^[-+]/.test(line) && removed.length + added.length === 0) start = at;
    if (line.startsWith('-')) removed.push(text);
    else if (line.startsWith('+')) added.push(text);
    else flush(at);
    // Behind the closing brace is no longer the function that the heading names.
    if (text.startsWith('}') && !line.startsWith('-')) {
      current = undefined;
      isInside = false;
    }
  }
  flush(lines.length);
  return left;
}

/**
 * As readHunk(), where the heading may name no function; `together`: lines of this hunk and of
 * those beside it behind the same label. @returns changes of comments
 */
function readUnnamed(
  lines: readonly string[], heading: string, file: string,
  touch: (name: string, cut: boolean) => Found, notes: Set<string>, prose: string,
  together: readonly string[],
): number {
  const tried = readHunk(lines, heading, () => ({ file, changes: [] }));
  if (tried.unnamed === 0) return readHunk(lines, heading, touch).comments;
  const may = functionsOfHunk(together, file);
  const named = may.filter((one) => new RegExp(`\\b${one}\\b`).test(prose));
  const maybe = named.length === 1 ? named : may;
  const [only] = maybe;
  const place = heading === '' ? 'without a heading' : `behind "${heading.trim()}"`;
  if (only === undefined || maybe.length > 1) {
    const which = maybe.length === 0 ? '' : ` (${maybe.map((one) => `${one}()`).join(', ')}?)`;
    notes.add(`a change of ${file} ${place} is of a function that is not named${which}`);
    return readHunk(lines, heading, touch).comments;
  }
  notes.add(`a change of ${file} ${place} is taken for one of ${only}(), by what it calls` +
    (named.length === 1 ? ' and the mail says' : ''));
  return readHunk(lines, heading, touch, only).comments;
}

/** What stands behind `@@ ... @@`, hunk by hunk: the parser does not keep it. */
function headingsOf(diff: string): readonly string[] {
  return [...diff.matchAll(/^@@ -\S+ \+\S+ @@ ?(.*)$/gm)].map((match) => match[1] ?? '');
}

/**
 * Lines of the hunk and of those beside it that have the same label for a heading: no function
 * begins between them.
 */
function behindOneLabel(
  hunks: readonly { readonly lines: readonly string[] }[], headings: readonly string[], at: number,
): readonly string[] {
  const heading = headings[at] ?? '';
  if (heading === '' || !saysNoFunction(heading)) return hunks[at]?.lines ?? [];
  let first = at;
  while (first > 0 && headings[first - 1] === heading) first -= 1;
  let end = at + 1;
  while (headings[end] === heading) end += 1;
  return hunks.slice(first, end).flatMap(({ lines }) => lines);
}

/**
 * Functions that the diff changes, in its order; `prose`: what the mail says before it.
 * Error: what the diff parser says.
 */
export function touchedBy(diff: string, prose = ''): Touched {
  const headings = headingsOf(diff);
  const found = new Map<string, Found>();
  const notes = new Set<string>();
  let hunkIndex = 0;
  let comments = 0;
  for (const file of parsePatch(diff)) {
    const path = (file.newFileName ?? file.oldFileName ?? '').replace(/^[ab]\//, '')
      .replace(/~.*$/, '');
    const own = headings.slice(hunkIndex, hunkIndex + file.hunks.length);
    hunkIndex += file.hunks.length;
    for (const [at, hunk] of file.hunks.entries()) {
      const heading = own[at] ?? '';
      if (!/\.[ch]$/.test(path)) continue;
      const touch = (written: string, cut: boolean): Found => {
        const { model, note } = namedInHunk(written, cut, hunk.lines, path);
        if (note !== undefined) notes.add(note);
        const name = model ?? written;
        const known = found.get(name);
        if (known !== undefined) return known;
        const fresh: Found = { file: path, changes: [] };
        found.set(name, fresh);
        return fresh;
      };
      comments += readUnnamed(hunk.lines, heading, path, touch, notes, prose,
        behindOneLabel(file.hunks, own, at));
    }
  }
  if (comments > 0) notes.add('changes of comments only, or outside of functions, are left out');
  return {
    notes: [...notes],
    functions: [...found].map(([name, { file, changes }]) => ({
      name, file, changes, lines: changes.flatMap(({ removed, added }) =>
        [...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`)]),
    })),
  };
}
