/** What a loaded policy file must look like: the compiler checks it only where it is asked to. */
import { types } from 'node:util';
import { didYouMean } from '../base/closest.js';
import { PatchError } from '../base/errors.js';
import { placeIn } from './check/source.js';
import type { Patch } from './define.js';

const texts = ['id', 'subject', 'author', 'link', 'base', 'doc'] as const;
const optional: readonly (Exclude<keyof Patch, (typeof texts)[number]>)[] = [
  'released', 'after', 'requires', 'excludes', 'config', 'replaces', 'substitutes', 'around',
  'wraps', 'adds', 'claims', 'intends', 'expects',
];
const idPattern = /^[A-Za-z0-9_]+(\/[A-Za-z0-9_]+)*$/;
/** Letters that the texts may have: they stand in tables and in every report. */
const longest: Readonly<Record<(typeof texts)[number], number>> =
  { id: 100, subject: 1000, author: 1000, link: 1000, base: 100, doc: 20_000 };

/** What is wrong, and the keys that lead to it. */
type Fail = (problem: string, ...words: readonly string[]) => never;

/** How deep parts of a policy lie: `adds.events.NAME.fields[0].name`. */
const DEEPEST = 8;

const plainMakers = new Set([function () {}, function* () {}, async () => {},
  async function* () {}].map((one): unknown => Object.getPrototypeOf(one)));
/** Taken now: while code of a policy runs, nothing makes functions. */
const ofAll: object = Function.prototype;
const ofFunctions = new Set<PropertyKey>(['length', 'name', 'prototype', 'arguments', 'caller']);

/** Reading it, and all that it holds, runs no code: nothing of it is computed when it is asked. */
function isPlain(value: unknown, depth = 0): boolean {
  const isFunction = typeof value === 'function';
  if (!isFunction && (typeof value !== 'object' || value === null)) return true;
  if (types.isProxy(value) || depth > DEEPEST) return false;
  if (isFunction && !plainMakers.has(Object.getPrototypeOf(value))) return false;
  return Reflect.ownKeys(value).every((key) => {
    if (isFunction && ofFunctions.has(key)) return true;
    // `toString` and its like are asked by whoever shows it.
    if (typeof key === 'symbol' || key in ofAll) return false;
    const { get, set, value: part } = Object.getOwnPropertyDescriptor(value, key) ?? {};
    return get === undefined && set === undefined && isPlain(part, depth + 1);
  });
}

/**
 * Each part is read once, whatever code stands behind it: what was checked is what runs, and
 * nothing that is read later is code. Of what is no list and no plain object the own fields are
 * taken.
 */
function readOnce(value: unknown, fail: Fail, depth = 0): unknown {
  if (typeof value === 'function') {
    return isPlain(value) ? value : fail('a function of it has fields that are computed, or ' +
      'stand for those of all functions; expected a plain one');
  }
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Set || value instanceof Map || value instanceof RegExp) return value;
  if (depth > DEEPEST) return fail(`it is nested deeper than ${DEEPEST} times`);
  if (Array.isArray(value)) return Array.from(value, (one) => readOnce(one, fail, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, part]: [string, unknown]) =>
    [name, readOnce(part, fail, depth + 1)]));
}

/** `value`, when it is a patch. Errors: PatchError that says which field is wrong and how. */
export function checkedPatch(value: unknown, file: string): Patch {
  const fail: Fail = (problem, ...words) => {
    throw new PatchError(`${placeIn(file, words)}: ${problem}`);
  };
  if (typeof value !== 'object' || value === null) {
    return fail('it does not export a policy\n  write  export default definePatch({ ... })');
  }
  const fields: Readonly<Record<string, unknown>> =
    readOnce(value, fail) as Record<string, unknown>;
  const known = [...texts, ...optional] as readonly string[];
  for (const name of Object.keys(fields)) {
    if (!known.includes(name)) {
      fail(`a policy has no field ${name}${didYouMean(name, known)}\n` +
        `  its fields are ${known.join(', ')}`, name);
    }
  }
  for (const name of texts) {
    if (typeof fields[name] !== 'string') {
      fail(`the field ${name} is missing, or is not a text`, name);
    }
    const { length } = fields[name] as string;
    if (length > longest[name]) {
      fail(`the field ${name} has ${length} letters, expected up to ${longest[name]}`, name);
    }
  }
  if (!idPattern.test(String(fields['id']))) {
    fail(`the id '${String(fields['id'])}' is not of the form question/variant`, 'id');
  }
  checkFunctions(fields, fail);
  checkExpectations(fields['expects'] ?? [], fail);
  return fields as unknown as Patch;
}

/** Fields of an expectation, and what each of them is. */
const ofExpectation: Readonly<Record<string, 'string' | 'function'>> =
  { name: 'string', text: 'string', broken: 'function', remember: 'function',
    arises: 'function' };

function checkExpectations(list: unknown, fail: Fail): void {
  if (!Array.isArray(list)) {
    fail("expects is not a list: [{ name: '', text: '', broken: (k) => undefined }]", 'expects');
  }
  for (const one of list as unknown[]) {
    const fields = (one ?? {}) as Readonly<Record<string, unknown>>;
    for (const name of new Set([...Object.keys(fields), 'name', 'text', 'broken'])) {
      const kind = ofExpectation[name];
      if (kind === undefined) {
        fail(`an expectation has no field ${name}${didYouMean(name, Object.keys(ofExpectation))}`,
          'expects', name);
      }
      if (typeof fields[name] !== kind) {
        fail(`the field ${name} of an expectation is missing, or is no ` +
          `${kind === 'string' ? 'text' : 'function'}`, 'expects', name);
      }
    }
    if (!/^[A-Za-z]\w*$/.test(String(fields['name']))) {
      fail(`the name '${String(fields['name'])}' of an expectation is not one word`,
        'expects', 'name');
    }
  }
}

function checkFunctions(
  fields: Readonly<Record<string, unknown>>, fail: Fail,
): void {
  for (const verb of ['replaces', 'wraps']) {
    for (const [name, body] of Object.entries(fields[verb] ?? {})) {
      if (typeof body !== 'function') {
        fail(`${verb}.${name} is not a function`, verb, name);
      }
    }
  }
  for (const [caller, callees] of Object.entries(fields['around'] ?? {})) {
    if (typeof callees !== 'object' || callees === null) {
      fail(`around.${caller} is not of the form { callee: (next, k, call) => ... }`);
    }
    for (const [callee, code] of Object.entries(callees as object)) {
      if (typeof code !== 'function') fail(`around.${caller}.${callee} is not a function`);
    }
  }
  for (const [caller, callees] of Object.entries(fields['substitutes'] ?? {})) {
    if (typeof callees !== 'object' || callees === null) {
      fail(`substitutes.${caller} is not of the form { callee: 'other_function' }`,
        'substitutes', caller);
    }
    for (const [callee, target] of Object.entries(callees as object)) {
      if (typeof target === 'string' || typeof target === 'function') continue;
      fail(`substitutes.${caller}.${callee} is neither the name of a function nor a function`,
        'substitutes', caller, callee);
    }
  }
}
