import { TraceError } from './errors.js';
import { printable } from './printable.js';

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value, and the line (from 1) on which each object, list and member of it begins. */
export interface LocatedJson {
  readonly value: Json;
  /** Of an object or list; with `key` of its member, where it has one. */
  lineOf(part: Json, key?: string): number;
}

/** Lines of objects and lists, and of what has a name or (from 0) a place in them. */
export class Lines {
  readonly #parts = new Map<Json, number>();
  readonly #members = new Map<Json, ReadonlyMap<string, number>>();

  put(part: Json, line: number, members?: ReadonlyMap<string, number>): void {
    this.#parts.set(part, line);
    if (members !== undefined) this.#members.set(part, members);
  }

  of(part: Json, key?: string): number {
    const member = key === undefined ? undefined : this.#members.get(part)?.get(key);
    return member ?? this.#parts.get(part) ?? 1;
  }
}

const tokens = /\s+|"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]|[A-Za-z_]\w*|[^]/g;
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
  readonly lines = new Lines();
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
    if (text === '"') throw this.#error('a text begins here and has no end, expected " behind it');
    const shown = printable(text.length > 60 ? `${text.slice(0, 57)}...` : text);
    return new TraceError({ file: this.#file, line }, `${shown} stands here, expected ${expected}`);
  }

  /** At the next token. */
  #error(problem: string): TraceError {
    return new TraceError({ file: this.#file, line: this.#token.line }, problem);
  }

  #take(text: string, expected = text): void {
    if (this.#token.text !== text) throw this.#wrong(expected);
    this.#at += 1;
  }

  #scalar(expected: string): Json {
    try {
      const value = JSON.parse(this.#token.text) as Json;
      if (value !== Infinity && value !== -Infinity) {
        this.#at += 1;
        return value;
      }
    } catch {
      throw this.#wrong(expected);
    }
    throw this.#wrong('a number below 1e308');
  }

  #value(): Json {
    const { text, line } = this.#token;
    if (this.#depth > DEEPEST) {
      const problem = `is nested deeper than ${DEEPEST} times, expected a plain structure`;
      throw new TraceError({ file: this.#file, line }, problem);
    }
    if (text === '{') return this.#object();
    if (text !== '[') return this.#scalar('a value');
    return this.#list(line);
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

  #list(line: number): Json {
    const list: Json[] = [];
    const lines = new Map<string, number>();
    this.#members('[', ']', () => {
      lines.set(String(list.length), this.#token.line);
      list.push(this.#value());
    });
    this.lines.put(list, line, lines);
    return list;
  }

  #object(): Json {
    const entries = new Map<string, Json>();
    const lines = new Map<string, number>();
    const { line } = this.#token;
    this.#members('{', '}', () => {
      const begin = this.#token.line;
      if (!this.#token.text.startsWith('"')) throw this.#wrong('a "name"');
      const key = this.#scalar('a "name"') as string;
      if (entries.has(key)) {
        throw this.#error(`"${printable(key.slice(0, 60))}" stands here again, expected only once `
          + 'in its object');
      }
      lines.set(key, begin);
      this.#take(':');
      entries.set(key, this.#value());
    });
    const object = Object.fromEntries(entries);
    this.lines.put(object, line, lines);
    return object;
  }
}

/**
 * Parses JSON, remembering lines, so that a wrong value is reported where it stands.
 * @throws TraceError `file:line: what stands there, what was expected`
 */
export function parseLocatedJson(file: string, text: string): LocatedJson {
  const parser = new Parser(file, text);
  const value = parser.whole();
  return { value, lineOf: (part, key) => parser.lines.of(part, key) };
}
