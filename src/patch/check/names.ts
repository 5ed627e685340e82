/**
 * A policy of the user held against the model's names: fields, functions and how they are called,
 * switches and their values, versions. What the compiler would say as well is said here in fewer
 * words, and also where there is no compiler.
 */
import { readFileSync } from 'node:fs';
import { didYouMean } from '../../base/closest.js';
import { callersInModel } from '../../linux/history/callers.js';
import { modelName } from '../../base/kernel_names.js';
import * as functions from '../../linux/functions.js';
import { emptyState } from '../../linux/base/state.js';
import type { KernelFn } from '../../linux/base/kernel.js';
import { newestConfig, versions } from '../../linux/history/versions.js';
import * as policyInterface from '../define.js';
import type { Patch } from '../define.js';
import { isSleeping } from '../table.js';
import { fieldsOfTypes, usualNames } from './fields.js';
import { idiomText } from './idioms.js';
import { placeIn } from './source.js';

type Fields = Readonly<Record<string, unknown>>;
type Tell = (words: readonly string[], problem: string) => void;

const functionNames = Object.entries(functions)
  .filter(([, value]) => typeof value === 'function').map(([name]) => name);

function isFunctionName(name: string): name is KernelFn {
  return functionNames.includes(name);
}

function unknownFunction(name: string): string {
  const other = modelName(name, isFunctionName);
  if (other !== undefined) return `${name}() is ${other}() in the model: write ${other}`;
  const callers = callersInModel(name).map((one) => `${one}()`).join(', ');
  if (callers !== '') return `the model has no ${name}(): what it has of it is in ${callers}`;
  return `the model has no kernel function ${name}()${didYouMean(name, functionNames)}\n` +
    '  `mmreplay list functions` names them all';
}

function entries(value: unknown): readonly (readonly [string, unknown])[] {
  return Object.entries((value ?? {}) as Fields);
}

/** Unknown switches, and values of another kind than the newest version's. */
function checkConfig(patch: Patch, tell: Tell): void {
  const known = newestConfig as unknown as Fields;
  for (const [name, value] of entries(patch.config)) {
    const where = ['config', name];
    if (!Object.hasOwn(known, name)) {
      tell(where, `the model has no switch ${name}${didYouMean(name, Object.keys(known))}\n` +
        '  `mmreplay list switches` names them all');
    } else if (typeof value !== typeof known[name] && known[name] !== undefined) {
      tell(where, `the switch ${name} is ${JSON.stringify(value)}, expected a ` +
        `${typeof known[name]} as ${JSON.stringify(known[name])}`);
    }
  }
}

function checkBody(name: string, body: unknown, where: readonly string[], tell: Tell): void {
  const model = functions[name as KernelFn] as unknown as Function;
  const mine = body as Function;
  const text = mine.toString();
  const sleeps = isSleeping(model);
  const isGenerator = isSleeping(mine);
  // An arrow function can hand on what another generator function gives.
  const handsOn = /\b(?:k\.\w+|next|\w+)\s*\(/.test(text);
  if (sleeps && !isGenerator && !handsOn) {
    tell(where, `${name}() may sleep: what replaces it is a generator,  * ${name}(k, ...) { }` +
      '  or  function* (k, ...) { }');
  }
  if (!sleeps && isGenerator) {
    tell(where, `${name}() does not sleep and is called without yield*: what replaces it is no ` +
      'generator');
  }
  if (mine.length > model.length) {
    tell(where, `${name}() is called with ${model.length} arguments, k among them, and what ` +
      `replaces it takes ${mine.length}`);
  }
}

function checkFunctions(patch: Patch, tell: Tell): void {
  for (const verb of ['replaces', 'wraps'] as const) {
    for (const [name, body] of entries(patch[verb])) {
      if (!isFunctionName(name)) tell([verb, name], unknownFunction(name));
      else if (verb === 'replaces') checkBody(name, body, [verb, name], tell);
    }
  }
  for (const [caller, callees] of entries(patch.substitutes)) {
    if (!isFunctionName(caller)) tell(['substitutes', caller], unknownFunction(caller));
    for (const [callee, target] of entries(callees)) {
      const where = ['substitutes', caller, callee];
      if (!isFunctionName(callee)) tell(where, unknownFunction(callee));
      else if (typeof target === 'function') checkBody(callee, target, where, tell);
      if (typeof target === 'string' && !isFunctionName(target)) {
        tell([...where, target], unknownFunction(target));
      }
    }
  }
}

function checkAround(patch: Patch, tell: Tell): void {
  for (const [caller, callees] of entries(patch.around)) {
    for (const [index, name] of [caller, ...Object.keys((callees ?? {}) as Fields)].entries()) {
      const where = index === 0 ? ['around', caller] : ['around', caller, name];
      if (!isFunctionName(name)) tell(where, unknownFunction(name));
    }
  }
}

function checkBase(patch: Patch, tell: Tell): void {
  const known = versions.map(({ id }) => id);
  if (known.includes(patch.base)) return;
  tell(['base'], `the model has no version ${patch.base}${didYouMean(patch.base, known)}\n` +
    '  `mmreplay list versions` names them all');
}

/** `v5.18 -`, `v4.8 - v5.17.3`, `v5.17.4`, `v5.10 to v5.10.23`, with commas between them. */
function checkReleased(patch: Patch, tell: Tell): void {
  const version = String.raw`v\d+(?:\.\d+){1,3}`;
  const part = new RegExp(`^${version}(?: -| - ${version}| to ${version})?$`);
  for (const one of (patch.released ?? '').split(',').map((text) => text.trim())) {
    if (patch.released !== undefined && !part.test(one)) {
      tell(['released'],
        `released says '${one}', expected versions as 'v6.13 -' (from there on), ` +
        "'v5.8 - v5.11' or 'v5.10.24' (and later ones of its tree)");
    }
  }
}

/** `after`, `requires`, `excludes` and the fields of claims and of `adds`. */
function checkLists(patch: Patch, tell: Tell): void {
  for (const name of ['after', 'requires', 'excludes'] as const) {
    const value: unknown = patch[name];
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (value !== undefined && !isList) tell([name], `${name} is not a list of ids: ['a/b']`);
  }
  checkNaming(patch, 'claims', 'a claim says which invariant holds', ['text', 'holds', 'on'], tell);
  checkNaming(patch, 'intends', 'an intent says which invariant breaks', ['text', 'breaks'], tell);
}

/** Things that each name an invariant in their second field. */
function checkNaming(
  patch: Patch, list: 'claims' | 'intends', says: string, fields: readonly string[], tell: Tell,
): void {
  const [, names = ''] = fields;
  const example = `{ text: '', ${names}: 'Z1' }`;
  const all: unknown = patch[list] ?? [];
  if (!Array.isArray(all)) tell([list], `${list} is not a list: [${example}]`);
  for (const one of Array.isArray(all) ? all : []) {
    for (const [name] of entries(one)) {
      if (fields.includes(name)) continue;
      const what = says.split(' ').slice(0, 2).join(' ');
      tell([list, name], `${what} has no field ${name}${didYouMean(name, fields)}\n` +
        `  its fields are ${fields.join(', ')}`);
    }
    const named: unknown = (one as Fields | null)?.[names];
    if (typeof named !== 'string') tell([list], `${says}: ${example}`);
  }
}

/** What each field of `adds` is: one function, or things by name. */
const ofAdds: Readonly<Record<string, 'function' | 'texts' | 'functions'>> = {
  state: 'function', node_states: 'texts', counters: 'texts', functions: 'functions',
  events: 'functions',
};

/** Names that the kernel has already, by field of `adds`. */
const takenByModel: Readonly<Record<string, () => readonly string[]>> = {
  node_states: () => Object.keys(emptyState().node_states),
  counters: () => Object.keys(emptyState().costs), functions: () => functionNames,
};

function checkAdds(patch: Patch, tell: Tell): void {
  for (const [field, value] of entries(patch.adds)) {
    const kind = ofAdds[field];
    if (kind === undefined) {
      const known = Object.keys(ofAdds);
      tell(['adds', field], `adds has no field ${field}${didYouMean(field, known)}\n` +
        `  its fields are ${known.join(', ')}`);
    } else if (kind === 'function') {
      if (typeof value !== 'function') tell(['adds', field], `adds.${field} is not a function`);
    } else {
      const taken = takenByModel[field]?.() ?? [];
      for (const [name, one] of entries(value)) {
        if (taken.includes(name)) {
          tell([field, name], `adds.${field}: the kernel has ${name} already, write another name` +
            (field === 'functions' ? ', or replaces' : ''));
        }
        if (!/^[a-z_]\w*$/i.test(name)) {
          tell([field, name], `'${name}' of adds.${field} is no word`);
        }
        if (typeof one !== (kind === 'texts' ? 'string' : 'function')) {
          tell([field, name], `${name} of adds.${field} is no ` +
            (kind === 'texts' ? 'text that says what it is' : 'function'));
        }
      }
    }
  }
}

/** Text in quotes and comments is no code: blanks of the same length. */
function codeOnly(text: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, ' ');
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g,
    blank);
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** What the text says of `k` and of zones, nodes and blocks, for files that no compiler reads. */
function textProblems(path: string): readonly string[] {
  const code = codeOnly(readFileSync(path, 'utf8'));
  const ofK = [...functionNames, 'version', 'machine', 'config', 'state'];
  const objects: readonly (readonly [pattern: RegExp, what: string, known: Iterable<string>])[] = [
    [/(?<![\w.$])k\.([A-Za-z_]\w*)/g, 'the kernel k', ofK],
    [/(?<![\w.$])k\.config\.(\w+)/g, 'k.config', Object.keys(newestConfig)],
    [/(?<![\w.$])k\.state\.(\w+)/g, 'k.state', Object.keys(emptyState())],
    ...Object.entries(usualNames).map(([name, type]) => [
      new RegExp(`(?<![\\w.$])${name}\\.([A-Za-z_]\\w*)`, 'g'), `struct ${type} of the model`,
      fieldsOfTypes().get(type) ?? []] as const),
  ];
  return objects.flatMap(([pattern, what, known]) => {
    const names = new Set(known);
    if (names.size === 0) return [];
    return [...code.matchAll(pattern)].filter((match) => !names.has(match[1] ?? ''))
      .map((match) => `${path}:${lineOf(code, match.index)}: ${what} has no ${match[1] ?? ''}` +
        (idiomText(match[1] ?? '') || didYouMean(match[1] ?? '', names)));
  });
}

/** Names that are imported and not there: without a compiler they are undefined, silently. */
function importProblems(path: string): readonly string[] {
  const text = readFileSync(path, 'utf8');
  const exported = Object.keys(policyInterface);
  const imports = /^import\s+\{([^}]*)\}\s*from\s*['"]mmreplay['"]/gm;
  return [...text.matchAll(imports)].flatMap((match) => {
    const start = match.index + match[0].indexOf('{') + 1;
    return [...(match[1] ?? '').matchAll(/[^,]+/g)].flatMap((part) => {
      const word = part[0].trim().replace(/\s+as\s+.*$/s, '');
      // Types are gone when the file runs: the compiler knows them.
      if (word === '' || /^type\s|^[A-Z]\w*[a-z]/.test(word) || exported.includes(word)) return [];
      const at = start + part.index + part[0].indexOf(word);
      return [`${path}:${lineOf(text, at)}: 'mmreplay' exports no ${word}` +
        `${didYouMean(word, exported)}`];
    });
  });
}

/** Everything wrong in a loaded policy of the user, `path:line: ...` each. */
export function nameProblems(patch: Patch, path: string, compiled: boolean): readonly string[] {
  const problems: string[] = [
    ...importProblems(path), ...(compiled ? [] : textProblems(path))];
  const tell: Tell = (words, problem) => problems.push(`${placeIn(path, words)}: ${problem}`);
  checkBase(patch, tell);
  checkReleased(patch, tell);
  checkConfig(patch, tell);
  checkFunctions(patch, tell);
  checkAround(patch, tell);
  checkLists(patch, tell);
  checkAdds(patch, tell);
  return problems;
}
