/**
 * The header of a trace file: `# key value` lines, `hotplug-trace VERSION` first. A reader takes
 * every version up to its own.
 */
import { PAGE_SIZE } from '../base/pfn.js';
import { expectationLine, expectationOfLine, expectationProblem } from './expectation.js';
import { excerpt } from './problems.js';
import { LAST_CPU } from './row_limits.js';
import type { TraceHeader } from './trace.js';

/** Version that we write. */
export const FORMAT = 1;

/** First word of a trace file's first line, after `# `. */
export const MAGIC = 'hotplug-trace';

/** `DEBUG_VM=y NR_CPUS=8192` as an object; a word without `=` means `=y`. */
function parseConfig(text: string): Record<string, string> {
  const config: Record<string, string> = {};
  for (const word of text.split(' ')) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    if (equals < 0) config[word] = 'y';
    else config[word.slice(0, equals)] = word.slice(equals + 1);
  }
  return config;
}

const sizes = ['page_size', 'section_size', 'block_size', 'cpus'] as const;

const SECTION_SIZE = 2 ** 27;

/** What the numbers of the header can be on x86-64, and how a message says it. */
const allowed: Readonly<Record<string, readonly [test: (n: number) => boolean, says: string]>> = {
  page_size: [(n) => n === PAGE_SIZE, '4096'],
  section_size: [(n) => n === SECTION_SIZE, String(SECTION_SIZE)],
  block_size: [(n) => n >= SECTION_SIZE && n <= 2 ** 40 && Number.isInteger(Math.log2(n)),
    `a power of two from ${SECTION_SIZE} on`],
  cpus: [(n) => Number.isInteger(n) && n > 0 && n <= LAST_CPU + 1,
    `a whole number from 1 to ${LAST_CPU + 1}`],
};

/** What is wrong with a number of the header, wherever it was read; undefined: nothing. */
export function numberProblem(key: (typeof sizes)[number], value: number): string | undefined {
  const [test, says] = allowed[key] ?? [() => true, ''];
  return test(value) ? undefined : `${key} is ${excerpt(String(value))}, expected ${says}`;
}

const known = new Set<string>(
  [MAGIC, 'kernel', 'stable', 'config', 'series', 'question', 'migratetypes', 'unused', 'expect',
    ...sizes]);

/** Header lines in the order of the file, without `# `. */
export function headerLines(header: TraceHeader, unused: ReadonlyMap<string, number>): string[] {
  const config = Object.entries(header.config).map(([name, value]) => `${name}=${value}`);
  const lines: [string, string][] = [
    [MAGIC, String(FORMAT)], ['kernel', header.kernel],
    ['stable', header.stable ?? ''], ['config', config.join(' ')],
    ...sizes.map((name): [string, string] => [name, String(header[name])]),
    ['migratetypes', header.migratetypes.join(' ')],
    ['series', header.series ?? ''], ['question', header.question ?? ''],
    ...(header.expects ?? []).map((one): [string, string] => ['expect', expectationLine(one)]),
    ...header.other.map(([key, value]): [string, string] => [key, value]),
    ...[...unused].map(([kind, count]): [string, string] => ['unused', `${kind} ${count}`]),
  ];
  return lines.filter(([, value]) => value !== '').map(([key, value]) => `${key} ${value}`);
}

export interface HeaderProblem {
  readonly index: number;
  readonly message: string;
  /** The rows mean what we do not know: the format's version is not ours. */
  readonly isFatal: boolean;
}

export interface ParsedHeader {
  readonly header: Partial<TraceHeader>;
  readonly unused: readonly (readonly [kind: string, count: number])[];
  /** What is wrong: the line's index and why. */
  readonly problems: readonly HeaderProblem[];
}

type Filled = { -readonly [K in keyof TraceHeader]?: TraceHeader[K] };

function words(value: string): string[] {
  return value.split(' ').filter((word) => word !== '');
}

/** `NAME COMPARISON; SENTENCE` */
function readExpectation(header: Filled, value: string): string | undefined {
  const one = expectationOfLine(value);
  const others = header.expects ?? [];
  const problem = expectationProblem(one, others);
  if (problem === undefined) header.expects = [...others, one];
  return problem;
}

/** Reads one key into `header`; a text says what is wrong with it. */
function readKey(header: Filled, key: string, value: string): string | undefined {
  const texts = ['kernel', 'stable', 'series', 'question'] as const;
  const text = texts.find((name) => name === key);
  if (text !== undefined) header[text] = value;
  else if (key === 'config') header.config = parseConfig(value);
  else if (key === 'expect') return readExpectation(header, value);
  else if (key === 'migratetypes') header.migratetypes = words(value);
  else {
    const [number, name] = [Number(value), key as (typeof sizes)[number]];
    const [test, says] = allowed[key] ?? [() => true, ''];
    if (!test(number)) return `header ${key} is ${excerpt(value)}, expected ${says}`;
    header[name] = number;
  }
  return undefined;
}

/** Blanks of every kind part the words: `cpus` before a no-break space is still `cpus`. */
function splitLine(text: string): [string, string] {
  const line = text.replace(/\s+/g, ' ').trim();
  const space = line.indexOf(' ');
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space + 1)];
}

/** `KIND COUNT`; a kind may have blanks. */
function readUnused(value: string, unused: [string, number][]): string | undefined {
  const [, kind = '', count = ''] = /^(.*\S) +(\d+)$/.exec(value) ?? [];
  if (kind === '') return `header unused is ${excerpt(value)}, expected a kind of line and a count`;
  unused.push([kind, Number(count)]);
  return undefined;
}

function readVersion(value: string): string | undefined {
  const version = Number(value);
  if (Number.isInteger(version) && version >= 1 && version <= FORMAT) return undefined;
  return `format version is "${value}", expected ${FORMAT}`;
}

/** The header of `# ` lines, given without their `# `, in order. Unknown keys go into `other`. */
export function parseHeader(lines: readonly string[]): ParsedHeader {
  const header: Filled = { format: FORMAT };
  const other: [string, string][] = [];
  const unused: [string, number][] = [];
  const problems: HeaderProblem[] = [];
  lines.forEach((line, index) => {
    const [key, value] = splitLine(line);
    let message: string | undefined;
    if (key === MAGIC) message = readVersion(value);
    else if (key === 'unused') message = readUnused(value, unused);
    else if (known.has(key)) message = readKey(header, key, value);
    else if (key !== '') other.push([key, value]);
    if (message !== undefined) problems.push({ index, message, isFatal: key === MAGIC });
  });
  return { header: { ...header, other }, unused, problems };
}
