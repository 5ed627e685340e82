import { TraceError } from '../base/errors.js';

export type Json =
  null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON value, and the line (from 1) on which each object or array of it begins. */
export interface LocatedJson {
  readonly value: Json;
  lineOf(part: Json): number;
}

/**
 * Parses JSON, remembering lines, so that a wrong value is reported where it stands.
 * @throws TraceError `file:line: ...` for what is not JSON
 */
export function parseLocatedJson(file: string, text: string): LocatedJson {
  const value = parse(file, text);
  const starts = containerLines(text);
  const lines = new Map<Json, number>();
  const walk = (part: Json): void => {
    if (typeof part !== 'object' || part === null) return;
    lines.set(part, starts.shift() ?? 0);
    Object.values(part).forEach(walk);
  };
  walk(value);
  return { value, lineOf: (part) => lines.get(part) ?? 1 };
}

function parse(file: string, text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const message = (error as Error).message;
    const position = /position (\d+)/.exec(message)?.[1];
    const line = position === undefined ? text.split('\n').length
      : text.slice(0, Number(position)).split('\n').length;
    throw new TraceError({ file, line }, `${message}, expected JSON`);
  }
}

/** Lines of every `{` and `[` outside strings, in the order in which a walk meets the values. */
function containerLines(text: string): number[] {
  const lines: number[] = [];
  let line = 1;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{[\n]/g)) {
    if (token === '\n') line += 1;
    else if (token === '{' || token === '[') lines.push(line);
  }
  return lines;
}
