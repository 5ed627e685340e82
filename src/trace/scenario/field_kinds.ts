/** Fields of a scenario: what each can be, and the check of an object that has them. */
import { didYouMean } from '../../base/closest.js';
import type { TraceError } from '../../base/errors.js';
import type { Json } from '../../base/located_json.js';
import { printable } from '../../base/printable.js';
import { excerpt } from '../problems.js';

/** What a field of a scenario can be; with `optional` it may be left out. */
export interface FieldKind {
  /** bytes: a number, or a text with a unit, `4G`; it becomes a number. */
  readonly is: 'text' | 'integer' | 'bytes' | 'list' | 'object' | 'id';
  readonly optional?: true;
  /** Of an integer or bytes: the least and the last. */
  readonly from?: number;
  readonly to?: number;
  /** Of a text: what it looks like, and how a message says it. */
  readonly like?: RegExp;
  readonly says?: string;
  /** Of a text: all that there are, for a message that names the nearest. */
  readonly words?: readonly string[];
}

export type Fields = Readonly<Record<string, FieldKind>>;
export type JsonObject = { readonly [key: string]: Json };
/** An error at the line of a part, or of what has the name `key` in it. */
export type Wrong = (part: Json, problem: string, key?: string) => TraceError;

export const text: FieldKind = { is: 'text' };
export const list: FieldKind = { is: 'list' };
export const integer = (from: number, to: number) => ({ is: 'integer', from, to } as const);
export const maybe = <K extends FieldKind>(kind: K) => ({ ...kind, optional: true } as const);

/** Steps, devices, distances of a scenario. */
const MOST_PARTS = 10_000;

const units: Readonly<Record<string, number>> =
  { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** A whole number, decimal or 0x-hex; NaN when it is none. */
function numberOf(value: Json): number {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? value : NaN;
  if (typeof value !== 'string' || !/^-?(\d+|0[xX][0-9a-fA-F]+)$/.test(value)) return NaN;
  const number = value.startsWith('-') ? -Number(value.slice(1)) : Number(value);
  return Number.isSafeInteger(number) ? number : NaN;
}

/** `4G`, `0x100000000`, 4096 in bytes; NaN when it is nothing like it. */
function bytesOfText(value: Json): number {
  const [, digits = '', unit = ''] = /^(\d+)([KMGT]?)$/.exec(String(value)) ?? [];
  if (digits === '' || typeof value === 'number') return numberOf(value);
  const bytes = Number(digits) * (units[unit] ?? NaN);
  return Number.isSafeInteger(bytes) ? bytes : NaN;
}

/** The value as its kind has it: a number that is a text in the file, or the other way round. */
function plainly(value: Json, { is }: FieldKind): Json {
  switch (is) {
    case 'integer': case 'bytes': {
      const number = is === 'integer' ? numberOf(value) : bytesOfText(value);
      return Number.isNaN(number) ? value : number;
    }
    case 'text': return typeof value === 'number' ? String(value) : value;
    case 'list': case 'object': case 'id': return value;
  }
}

const isKind: Readonly<Record<FieldKind['is'], (value: Json) => boolean>> = {
  text: (value) => typeof value === 'string',
  id: (value) => typeof value === 'string' || Number.isSafeInteger(value),
  integer: (value) => Number.isSafeInteger(value),
  bytes: (value) => Number.isSafeInteger(value),
  list: (value) => Array.isArray(value) && value.length <= MOST_PARTS,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** A value that is written as its kind has it. */
export function hasKind(value: Json, kind: FieldKind): boolean {
  if (!isKind[kind.is](value)) return false;
  if (typeof value === 'string') {
    return kind.words?.includes(value) ?? kind.like?.test(value) ?? true;
  }
  if (typeof value !== 'number') return true;
  return value >= (kind.from ?? -Infinity) && value <= (kind.to ?? Infinity);
}

function kindText({ is, says, from, to, words }: FieldKind): string {
  if (is === 'list') return `a list of up to ${MOST_PARTS}`;
  if (words !== undefined) return words.join(', ');
  if (is === 'object') return 'an object {...}';
  if (is === 'bytes') return says ?? 'bytes: a number, or one with K, M, G or T: 4G';
  return says ?? (from === undefined ? is : `a whole number from ${from} to ${to}`);
}

/** A value for a message. */
export function shown(value: Json): string {
  const json = JSON.stringify(value);
  return printable(json.length > 60 ? `${json.slice(0, 57)}...` : json);
}

/** The nearest word of a field of few words. */
function nearest(value: Json, { words }: FieldKind): string {
  return words === undefined || typeof value !== 'string' ? '' : didYouMean(value, words);
}

/** Of the item `at` of a list: one that is no object has the line of its place there. */
export function ofItem(list_: Json, at: number, wrong: Wrong): Wrong {
  return (part, problem, key) => (typeof part === 'object' && part !== null
    ? wrong(part, problem, key) : wrong(list_, problem, String(at)));
}

/** The object with its fields as their kinds have them. Error: what `wrong` makes. */
export function checkFields(part: Json, what: string, fields: Fields, wrong: Wrong): JsonObject {
  if (!isKind.object(part)) {
    throw wrong(part, `${what} is ${shown(part)}, expected an object {...}`);
  }
  const object = part as JsonObject;
  for (const key of Object.keys(object)) {
    if (!Object.hasOwn(fields, key)) {
      const known = Object.keys(fields);
      throw wrong(part,
        `${what} has no ${excerpt(key)}, expected ${known.join(', ')}${didYouMean(key, known)}`,
        key);
    }
  }
  const read: [string, Json][] = Object.entries(object).map(([key, value]) =>
    [key, plainly(value, fields[key] ?? text)]);
  const values = Object.fromEntries(read);
  for (const [key, kind] of Object.entries(fields)) {
    const value = values[key];
    if (value === undefined && kind.optional === true) continue;
    if (value === undefined) {
      throw wrong(part, `${what} lacks "${key}", expected ${kindText(kind)}`);
    }
    if (!hasKind(value, kind)) {
      throw wrong(part, `"${key}" of ${what} is ${shown(object[key] ?? null)}, expected `
        + `${kindText(kind)}${nearest(value, kind)}`, key);
    }
  }
  return values;
}

export function checkWord(
  object: JsonObject, key: string, words: readonly string[], wrong: Wrong, part: Json = object,
): void {
  const value = object[key];
  if (value !== undefined && !words.includes(value as string)) {
    throw wrong(part, `"${key}" is ${shown(value)}, expected ${words.join(' or ')}`
      + didYouMean(String(value), words), key);
  }
}
