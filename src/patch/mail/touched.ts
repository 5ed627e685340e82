/** Which functions the hunks of a diff change, and how. */
import { parsePatch } from 'diff';
import { nameInHeading, namedInModel } from './names.js';

/** A kernel function that the patch changes. */
export interface TouchedFunction {
  /** As the model calls it, when it has it. */
  readonly name: string;
  /** Path in the kernel's tree. */
  readonly file: string;
  /** Calls that only got another name: `[was, now]`. */
  readonly renamedCalls: readonly (readonly [string, string])[];
  /** Calls that stood in a line of their own and are gone. */
  readonly removedCalls: readonly string[];
  /** Nothing else was changed in it. */
  readonly onlyRenamed: boolean;
  /** Removed and added lines, and those around them. */
  readonly lines: readonly string[];
}

export interface Touched {
  readonly functions: readonly TouchedFunction[];
  /** Old and cut names, comments that were left out. */
  readonly notes: readonly string[];
}

interface Found {
  readonly file: string;
  readonly calls: Map<string, string>;
  readonly removed: Set<string>;
  readonly lines: string[];
  onlyRenamed: boolean;
}

const notFunctions = new Set(['if', 'while', 'for', 'switch', 'return', 'sizeof', 'defined']);

/** The function whose definition starts on this line of C, at its left edge. */
function definedHere(line: string): string | undefined {
  if (!/^[A-Za-z_]/.test(line) || /;\s*$/.test(line)) return undefined;
  const name = /\b([A-Za-z_]\w*)\s*\(/.exec(line)?.[1];
  return name === undefined || notFunctions.has(name) || /_DEFINE\d$/.test(name) ? undefined : name;
}

/** The call that differs between two lines which are the same else. */
function renamedCall(was: string, now: string): readonly [string, string] | undefined {
  const words = (line: string): readonly string[] => line.split(/(\b[A-Za-z_]\w*\b)/);
  const [before, after] = [words(was), words(now)];
  if (before.length !== after.length) return undefined;
  const changed = before.flatMap((word, index) => (word === after[index] ? [] : [index]));
  const at = changed[0];
  if (at === undefined || changed.length > 1) return undefined;
  if (before[at + 1]?.startsWith('(') !== true) return undefined;
  return [before[at] ?? '', after[at] ?? ''];
}

/** Nothing but a comment, or nothing at all. */
function isComment(line: string): boolean {
  return /^\s*(?:\/\*|\*|\/\/|$)/.test(line);
}

/** What one run of removed and added lines does to the function; false: to comments only. */
function noteChange(found: Found, removed: readonly string[], added: readonly string[]): boolean {
  if ([...removed, ...added].every(isComment)) return false;
  const pairs = removed.map((was, index) => renamedCall(was, added[index] ?? ''));
  const gone = removed.map((line) => /^\s*([A-Za-z_]\w*)\([^;]*\);\s*$/.exec(line)?.[1]);
  if (removed.length === added.length && pairs.every((pair) => pair !== undefined)) {
    for (const [was, now] of pairs) found.calls.set(was, now);
  } else if (added.every(isComment) && gone.every((name) => name !== undefined)) {
    for (const name of gone) found.removed.add(name);
  } else {
    found.onlyRenamed = false;
  }
  found.lines.push(...removed.map((line) => `-${line}`), ...added.map((line) => `+${line}`));
  return true;
}

/** Walks the lines of a hunk; `touch` gives the record of the function that a change is in. */
function readHunk(
  lines: readonly string[], heading: string, touch: (name: string, cut: boolean) => Found,
): number {
  const first = nameInHeading(heading);
  let current = first?.name;
  let cut = first?.cut ?? false;
  let comments = 0;
  let removed: string[] = [];
  let added: string[] = [];
  const flush = (): void => {
    if (current !== undefined && removed.length + added.length > 0 &&
      ![...removed, ...added].every(isComment)) {
      noteChange(touch(current, cut), removed, added);
    } else if (removed.length + added.length > 0) comments += 1;
    removed = [];
    added = [];
  };
  for (const line of lines) {
    const text = line.slice(1);
    const starts = definedHere(text);
    if (starts !== undefined && starts !== current) {
      flush();
      current = starts;
      cut = false;
    } else if (text.startsWith('}')) {
      flush();
    }
    if (line.startsWith('-')) removed.push(text);
    else if (line.startsWith('+')) added.push(text);
    else flush();
    // Behind the closing brace is no longer the function that the heading names.
    if (text.startsWith('}') && !line.startsWith('-')) current = undefined;
  }
  flush();
  return comments;
}

/** What stands behind `@@ ... @@`, hunk by hunk: the parser does not keep it. */
function headingsOf(diff: string): readonly string[] {
  return [...diff.matchAll(/^@@ -\S+ \+\S+ @@ ?(.*)$/gm)].map((match) => match[1] ?? '');
}

/** Functions that the diff changes, in its order. Error: what the diff parser says. */
export function touchedBy(diff: string): Touched {
  const headings = headingsOf(diff);
  const found = new Map<string, Found>();
  const notes = new Set<string>();
  let hunkIndex = 0;
  let comments = 0;
  for (const file of parsePatch(diff)) {
    const path = (file.newFileName ?? file.oldFileName ?? '').replace(/^[ab]\//, '')
      .replace(/~.*$/, '');
    for (const hunk of file.hunks) {
      const heading = headings[hunkIndex] ?? '';
      hunkIndex += 1;
      if (!/\.[ch]$/.test(path)) continue;
      comments += readHunk(hunk.lines, heading, (written, cut) => {
        const { model, note } = namedInModel(written, cut);
        if (note !== undefined) notes.add(note);
        const name = model ?? written;
        const known = found.get(name);
        if (known !== undefined) return known;
        const fresh: Found = { file: path, calls: new Map(), removed: new Set(), lines: [],
          onlyRenamed: true };
        found.set(name, fresh);
        return fresh;
      });
    }
  }
  if (comments > 0) notes.add('changes of comments only, or outside of functions, are left out');
  return {
    notes: [...notes],
    functions: [...found].map(([name, { file, calls, removed, lines, onlyRenamed }]) =>
      ({ name, file, renamedCalls: [...calls], removedCalls: [...removed], onlyRenamed, lines })),
  };
}
