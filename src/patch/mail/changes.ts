/** One run of removed and added lines inside a function, with the lines around it. */

export interface Change {
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** Lines of the hunk above and below it, changed ones of the patch left out. */
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** A statement that is one call, `ret = name(args);` too. */
export interface CallLine {
  readonly name: string;
  /** Arguments as C has them. */
  readonly args: readonly string[];
  /** Nobody takes what it gives. */
  readonly plain: boolean;
}

function isComment(line: string): boolean {
  return /^\s*(?:\/\*|\*|\/\/|$)/.test(line);
}

/** Lines that say something to the compiler, those of one statement together. */
export function statementsOf(lines: readonly string[]): readonly string[] {
  const found: string[] = [];
  let open = '';
  for (const line of lines) {
    if (isComment(line)) continue;
    const text = `${open} ${line.replace(/\/\*.*?\*\/|\/\/.*$/g, '').trim()}`.trim();
    const depth = (text.match(/\(/g)?.length ?? 0) - (text.match(/\)/g)?.length ?? 0);
    if (depth > 0) {
      open = text;
      continue;
    }
    open = '';
    if (text !== '') found.push(text);
  }
  return open === '' ? found : [...found, open];
}

/** `a, f(b, c)` as two. */
export function argumentsOf(text: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let current = '';
  for (const letter of text) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter === ',' && depth === 0) {
      found.push(current.trim());
      current = '';
    } else {
      current += letter;
    }
  }
  return current.trim() === '' ? found : [...found, current.trim()];
}

export function callLine(statement: string): CallLine | undefined {
  const match = /^(?:\(void\)\s*)?([A-Za-z_]\w*)\((.*)\);$/.exec(statement);
  const [, name = '', args = ''] = match ?? [];
  if (match === null || /^(?:if|while|for|switch|return|sizeof)$/.test(name)) return undefined;
  return { name, args: argumentsOf(args), plain: true };
}
