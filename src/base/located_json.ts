import { TraceError } from './errors.js';
import { printable } from './printable.js';

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON value, and the line (from 1) on which each object or array of it begins. */
export interface LocatedJson {
  readonly value: Json;
  lineOf(part: Json): number;
}

const tokens = /\s+|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]|[^]/g;
/** Objects and lists inside each other. */
export const DEEPEST = 64;
/** Of a token that no JSON has, the text behind it cannot be trusted: one is enough. */
const isToken = /^(["{}[\],:\d-]|true$|false$|null$)/;

interface Token { readonly text: string; readonly line: number }

function tokensOf(text: string): Token[] {
  const found: Token[] = [];
  let line = 1;
  for (const [word] of text.matchAll(tokens)) {
    if (word.trim() !== '') {
      found.push({ text: word, line });
      if (!isToken.test(word) || word === '"') break;
    }
    line += word.split('\n').length - 1;
  }
  return [...found, { text: 'the end of the file', line }];
}

/** JSON.parse says no line, and its message differs between versions of Node. */
class Parser {
  readonly lines = new Map<Json, number>();
  readonly #tokens: readonly Token[];
  readonly #file: string;
  #at = 0;
  #depth = 0;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#tokens = tokensOf(text);
  }

  whole(): Json {
    const value = this.#value();
    if (this.#at !== this.#tokens.length - 1) throw this.#wrong('the end of the file');
    return value;
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #wrong(expected: string): TraceError {
    const { text, line } = this.#token;
    const shown = printable(text.length > 60 ? `${text.slice(0, 57)}...` : text);
    return new TraceError({ file: this.#file, line }, `${shown} stands here, expected ${expected}`);
  }

  #take(text: string, expected = text): void {
    if (this.#token.text !== text) throw this.#wrong(expected);
    this.#at += 1;
  }

  #scalar(expected: string): Json {
    try {
      const value = JSON.parse(this.#token.text) as Json;
      this.#at += 1;
      return value;
    } catch {
      throw this.#wrong(expected);
    }
  }

  #value(): Json {
    const { text, line } = this.#token;
    if (this.#depth > DEEPEST) {
      const problem = `is nested deeper than ${DEEPEST} times, expected a plain structure`;
      throw new TraceError({ file: this.#file, line }, problem);
    }
    const value = text === '{' ? this.#object() : text === '[' ? this.#list()
      : this.#scalar('a value');
    if (typeof value === 'object' && value !== null) this.lines.set(value, line);
    return value;
  }

  /** The members between `open` and `close`, separated by commas. */
  #members(open: string, close: string, member: () => void): void {
    this.#take(open);
    this.#depth += 1;
    if (this.#token.text !== close) {
      member();
      while (this.#token.text === ',') {
        this.#at += 1;
        member();
      }
    }
    this.#depth -= 1;
    this.#take(close, `, or ${close}`);
  }

  #list(): Json {
    const list: Json[] = [];
    this.#members('[', ']', () => list.push(this.#value()));
    return list;
  }

  #object(): Json {
    const entries = new Map<string, Json>();
    this.#members('{', '}', () => {
      if (!this.#token.text.startsWith('"')) throw this.#wrong('a "name"');
      const key = this.#scalar('a "name"') as string;
      if (entries.has(key)) throw this.#wrong(`"${printable(key)}" only once in its object`);
      this.#take(':');
      entries.set(key, this.#value());
    });
    return Object.fromEntries(entries);
  }
}

/**
 * Parses JSON, remembering lines, so that a wrong value is reported where it stands.
 * @throws TraceError `file:line: what stands there, what was expected`
 */
export function parseLocatedJson(file: string, text: string): LocatedJson {
  const parser = new Parser(file, text);
  const value = parser.whole();
  return { value, lineOf: (part) => parser.lines.get(part) ?? 1 };
}
