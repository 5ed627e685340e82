/**
 * Functions of C files in kernel style: what begins at the first column and ends with a brace
 * there. Whatever `#ifdef` does to the braces inside of a body does not matter so.
 */

/** A function, or a macro with arguments, as one file has it. */
export interface CFunction {
  readonly name: string;
  /** What is compared: no comments, one blank where layout had any; variants by #ifdef joined. */
  readonly code: string;
  /** The same by lines, for counting which were added and removed. */
  readonly lines: readonly string[];
  /** As it stands, to tell a change of comments or layout. */
  readonly text: string;
  /** What it is called with, as `code`: from its type to the bracket that closes its arguments. */
  readonly prototype: string;
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

/** Comments as blanks; lines stay where they are. */
function withoutComments(text: string): string {
  return text.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g,
    (part) => (part.startsWith('/') ? blank(part) : part));
}

/** Texts in quotes and lines of the preprocessor as blanks too: what is left has the braces. */
function structure(code: string): string {
  return code.replaceAll(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)+'/g, blank)
    .replaceAll(/^[ \t]*#(?:[^\n\\]|\\[\s\S])*/gm, blank);
}

/** One blank where there was any, none beside what is no word. */
function squeezed(code: string): string {
  return code.replaceAll(/\s+/g, ' ').replaceAll(/ ?([^\w ]) ?/g, '$1').trim();
}

function plainLines(code: string): readonly string[] {
  return code.split('\n').map(squeezed).filter((line) => line !== '');
}

/** Words with brackets that stand around the name of a function and are none. */
const attribute =
  /^__(?:attribute|printf|scanf|align|section|acquire|release|must_|malloc|cond_|assume_)\w*$/;

/** Where the brackets that open at `open` are closed. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')' && (depth -= 1) === 0) return at;
  }
  return text.length;
}

interface Head {
  readonly name: string;
  /** Offsets in the head. */
  readonly start: number;
  readonly end: number;
}

/** The function that a head `static int name(arguments)` is of; undefined: of something else. */
function headOf(head: string): Head | undefined {
  // Macros without a semicolon may stand before it; no head has an empty line but at its end.
  const start = (/^[\s\S]*\n[ \t]*\n/.exec(head.trimEnd())?.[0].length) ?? 0;
  for (const match of head.slice(start).matchAll(/\b([A-Za-z_]\w*)\s*\(/g)) {
    const name = match[1] ?? '';
    const open = start + match.index + match[0].length - 1;
    const before = head.slice(start, start + match.index);
    if (before.includes('=')) return undefined;
    if (attribute.test(name) || before.split('(').length !== before.split(')').length) continue;
    const end = closing(head, open);
    // `DEFINE_PER_CPU(type, name) = {`
    if (head.includes('=', end)) return undefined;
    const syscall = /^(?:COMPAT_)?SYSCALL_DEFINE\d$/.test(name)
      ? /^\(\s*(\w+)/.exec(head.slice(open))?.[1] : undefined;
    return { name: syscall === undefined ? name : `sys_${syscall}`, start, end };
  }
  return undefined;
}

/** The end of what the brace opens: on its line, or with a brace at the first column. */
function endOf(text: string, brace: number): number {
  const lineEnd = text.indexOf('\n', brace);
  const line = text.slice(brace, lineEnd < 0 ? text.length : lineEnd);
  let depth = 0;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '{') depth += 1;
    if (line[at] === '}' && (depth -= 1) === 0) return brace + at + 1;
  }
  const end = text.indexOf('\n}', brace);
  return end < 0 ? text.length : end + 2;
}

interface Piece {
  readonly name: string;
  readonly start: number;
  readonly headEnd: number;
  readonly end: number;
}

function bodies(text: string): readonly Piece[] {
  const found: Piece[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === ';') from = at + 1;
    if (sign !== '{') continue;
    const head = headOf(text.slice(from, at));
    const end = endOf(text, at);
    if (head !== undefined) {
      found.push({
        name: head.name, start: from + head.start, headEnd: from + head.end + 1, end });
    }
    from = end;
    at = end - 1;
  }
  return found;
}

function macros(code: string): readonly Piece[] {
  return [...code.matchAll(/^[ \t]*#[ \t]*define[ \t]+(\w+)\([^)]*\)(?:[^\n\\]|\\[\s\S])*/gm)]
    .map((match) => ({
      name: match[1] ?? '', start: match.index, end: match.index + match[0].length,
      headEnd: match.index + match[0].indexOf(')') + 1,
    }));
}

/** By name, in the order of the file; macros with arguments count as functions. */
export function functionsOf(text: string): ReadonlyMap<string, CFunction> {
  const code = withoutComments(text);
  const found = new Map<string, CFunction>();
  const pieces = [...bodies(structure(code)), ...macros(code)]
    .sort((a, b) => a.start - b.start);
  for (const { name, start, headEnd, end } of pieces) {
    const before = found.get(name);
    const mine = code.slice(start, end);
    found.set(name, {
      name, code: (before?.code ?? '') + squeezed(mine),
      lines: [...before?.lines ?? [], ...plainLines(mine)],
      text: (before?.text ?? '') + text.slice(start, end).trim(),
      prototype: (before?.prototype ?? '') + squeezed(code.slice(start, headEnd)),
    });
  }
  return found;
}

/** `TRACE_EVENT(name, ...)` and its kin of a header, by event; with the text of its class. */
export function tracepointsOf(text: string): ReadonlyMap<string, string> {
  const code = withoutComments(text);
  const calls = [...code.matchAll(/^([A-Z_]+)\s*\(/gm)].map((match) => {
    const open = match.index + match[0].length - 1;
    const inside = code.slice(open + 1, closing(code, open));
    return { macro: match[1] ?? '', words: inside.split(',').map((one) => one.trim()), inside };
  });
  const classes = new Map(calls.filter(({ macro }) => macro === 'DECLARE_EVENT_CLASS')
    .map(({ words, inside }) => [words[0] ?? '', inside]));
  const events = new Map<string, string>();
  for (const { macro, words, inside } of calls) {
    const [first = '', second = ''] = words;
    if (/^TRACE_EVENT(_CONDITION|_FN)?$/.test(macro)) events.set(first, squeezed(inside));
    if (/^DEFINE_EVENT(_PRINT|_CONDITION|_FN)?$/.test(macro)) {
      events.set(second, squeezed(`${classes.get(first) ?? ''} ${inside}`));
    }
  }
  return events;
}
