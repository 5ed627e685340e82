import { createRequire } from 'node:module';
import type { Node, Pair, YAMLError, YAMLWarning } from 'yaml';
import { TraceError } from './errors.js';
import { DEEPEST, Lines, type Json, type LocatedJson } from './located_json.js';

type Yaml = typeof import('yaml');

/** Loaded with the first file that needs it: most runs read none. */
const yamlLibrary = (): Yaml => createRequire(import.meta.url)('yaml') as Yaml;

/** Letters: the library takes time that grows with their square. */
const LONGEST = 2 ** 16;

/** One document of plain values, with the line on which each mapping or list of it begins. */
class Reader {
  readonly lines = new Lines();
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
    if (isScalar(node)) return this.#scalar(node.value, node.source, offset);
    const members = new Map<string, number>();
    const value = isSeq(node) ? node.items.map((item, at) => {
      members.set(String(at), this.#lineOf((item as Node | null)?.range?.[0] ?? offset));
      return this.value(item, depth + 1);
    })
      : isMap(node) ? Object.fromEntries(node.items.map((pair) => {
        const [key, at, member] = this.#entry(pair, offset, depth);
        members.set(key, this.#lineOf(at));
        return [key, member];
      })) : undefined;
    if (value === undefined) {
      throw this.#wrong(offset, 'an alias stands here, expected the value itself');
    }
    this.lines.put(value, this.#lineOf(offset), members);
    return value;
  }

  #entry(
    { key, value }: Pair, offset: number, depth: number,
  ): readonly [key: string, at: number, value: Json] {
    if (this.#yaml.isScalar(key) && typeof key.value === 'string') {
      return [key.value, key.range?.[0] ?? offset, this.value(value, depth + 1)];
    }
    throw this.#wrong((key as Node | null)?.range?.[0] ?? offset,
      'a key that is no text stands here, expected a name');
  }

  #scalar(value: unknown, source: string | undefined, offset: number): Json {
    const plain = value === null || ['string', 'boolean'].includes(typeof value)
      || Number.isFinite(value);
    if (plain) return value as Json;
    const what = typeof value === 'number' ? source ?? value : 'a value with a tag';
    throw this.#wrong(offset, `${what} stands here, expected a text or a number`);
  }
}

/** What the library finds, in words that say what was expected, by the beginning of its own. */
const expectations: readonly (readonly [theirs: RegExp, ours: string])[] = [
  // The library calls itself for each level, too, where it goes on behind a mistake.
  [/^Maximum call stack[^]*/, 'is nested too deeply, expected a plain structure'],
  [/^Source contains multiple[^]*/, 'a second document begins here, expected one'],
  [/^Map keys must be unique[^]*/,
    'a name stands here again, expected it only once in its mapping'],
  [/^Unresolved tag: ([^]*)/, 'tag $1 stands here, expected a value without one'],
  [/^Unresolved alias[^]*/, 'an alias stands here, expected the value itself'],
];

function ourWords({ message }: YAMLError | YAMLWarning): string {
  const known = expectations.find(([theirs]) => theirs.test(message));
  return known === undefined ? `is no YAML here: ${message}; expected names and values`
    : message.replace(...known);
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
    throw wrong(error.pos[0], ourWords(error));
  }
  const reader = new Reader(yaml, lineOf, wrong);
  const value = reader.value(document.contents);
  return { value, lineOf: (part, key) => reader.lines.of(part, key) };
}
