import { createRequire } from 'node:module';
import type { Node, Pair } from 'yaml';
import { TraceError } from './errors.js';
import { DEEPEST, type Json, type LocatedJson } from './located_json.js';

type Yaml = typeof import('yaml');

/** Loaded with the first file that needs it: most runs read none. */
const yamlLibrary = (): Yaml => createRequire(import.meta.url)('yaml') as Yaml;

/** Letters: the library takes time that grows with their square. */
const LONGEST = 2 ** 17;

/** One document of plain values, with the line on which each mapping or list of it begins. */
class Reader {
  readonly lines = new Map<Json, number>();
  readonly #yaml: Yaml;
  readonly #lineOf: (offset: number) => number;
  readonly #wrong: (offset: number, message: string) => TraceError;

  constructor(
    yaml: Yaml, lineOf: (offset: number) => number,
    wrong: (offset: number, message: string) => TraceError,
  ) {
    this.#yaml = yaml;
    this.#lineOf = lineOf;
    this.#wrong = wrong;
  }

  value(node: unknown, depth = 0): Json {
    if (depth > DEEPEST) {
      throw this.#wrong((node as Node | null)?.range?.[0] ?? 0,
        `is nested deeper than ${DEEPEST} times, expected a plain structure`);
    }
    const { isMap, isScalar, isSeq } = this.#yaml;
    if (node === null || node === undefined) return null;
    const offset = (node as Node).range?.[0] ?? 0;
    if (isScalar(node)) return this.#scalar(node.value, offset);
    const value = isSeq(node) ? node.items.map((item) => this.value(item, depth + 1))
      : isMap(node) ? Object.fromEntries(node.items.map((pair) => this.#entry(pair, offset, depth)))
        : undefined;
    if (value === undefined) {
      throw this.#wrong(offset, 'an alias stands here, expected the value itself');
    }
    this.lines.set(value, this.#lineOf(offset));
    return value;
  }

  #entry({ key, value }: Pair, offset: number, depth: number): readonly [string, Json] {
    if (this.#yaml.isScalar(key) && typeof key.value === 'string') {
      return [key.value, this.value(value, depth + 1)];
    }
    throw this.#wrong((key as Node | null)?.range?.[0] ?? offset,
      'a key that is no text stands here, expected a name');
  }

  #scalar(value: unknown, offset: number): Json {
    const plain = value === null || ['string', 'boolean', 'number'].includes(typeof value);
    if (plain) return value as Json;
    throw this.#wrong(offset, `${String(value)} stands here, expected a text or a number`);
  }
}

/** The library calls itself for each level: one too many is told as any other mistake. */
function parsed(
  yaml: Yaml, file: string, text: string, lineCounter: InstanceType<Yaml['LineCounter']>,
): ReturnType<Yaml['parseDocument']> {
  try {
    return yaml.parseDocument(text, { lineCounter, prettyErrors: false });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new TraceError({ file, line: 0 }, 'is nested too deeply, expected a plain structure');
  }
}

/**
 * Parses YAML, remembering lines, so that a wrong value is reported where it stands.
 * @throws TraceError `file:line: what is wrong there`
 */
export function parseLocatedYaml(file: string, text: string): LocatedJson {
  if (text.length > LONGEST) {
    throw new TraceError({ file, line: 0 }, `has ${text.length} letters, expected up to ${LONGEST} `
      + 'of YAML; as JSON it can be longer');
  }
  const yaml = yamlLibrary();
  const lineCounter = new yaml.LineCounter();
  const document = parsed(yaml, file, text, lineCounter);
  const lineOf = (offset: number): number => lineCounter.linePos(offset).line;
  const wrong = (offset: number, message: string): TraceError =>
    new TraceError({ file, line: lineOf(offset) }, message);
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    // The library calls itself for each level, too, where it goes on behind a mistake.
    throw wrong(error.pos[0], error.message.startsWith('Maximum call stack')
      ? 'is nested too deeply, expected a plain structure' : error.message);
  }
  const reader = new Reader(yaml, lineOf, wrong);
  const value = reader.value(document.contents);
  return { value, lineOf: (part) => reader.lines.get(part) ?? 1 };
}
