/**
 * A function of the model with all that it is written of: its text, and the functions and constants
 * of its file, and of files beside it, that it uses, so that it can stand in another file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, type AnyNode } from 'acorn';
import { packageRoot } from '../base/package_root.js';
import { functionTags } from '../linux/function_tag.js';
import type { AnyFunction } from './any_function.js';
import { callsIn, callsOf, type Calls } from './calls.js';
import { isNode } from './check/unrun.js';
import * as policyInterface from './define.js';
import type { Entry } from './table.js';

export interface WholeBody {
  readonly text: string;
  /** Functions and constants beside it, in the order in which the file has them. */
  readonly helpers: readonly string[];
  /** What it takes from the policy interface. */
  readonly imports: readonly string[];
  /** What it uses that no policy can have; empty: it can stand elsewhere. */
  readonly missing: readonly string[];
}

/** Names that the text takes from outside of itself, as far as scopes are ignored. */
function freeNames(text: string): readonly string[] {
  const used = new Set<string>();
  const declared = new Set<string>();
  const walk = (node: AnyNode, declares: boolean): void => {
    if (node.type === 'Identifier') {
      (declares ? declared : used).add(node.name);
      return;
    }
    for (const [key, value] of Object.entries(node) as [string, unknown][]) {
      if (node.type === 'MemberExpression' && key === 'property' && !node.computed) continue;
      if (node.type === 'Property' && key === 'key' && !node.computed) continue;
      const declaring = (declares && key !== 'right') ||
        (node.type === 'VariableDeclarator' && key === 'id') || key === 'params' ||
        (/Function(?:Declaration|Expression)$/.test(node.type) && key === 'id') ||
        (node.type === 'CatchClause' && key === 'param');
      for (const one of (Array.isArray(value) ? value : [value]).filter(isNode)) {
        walk(one, declaring);
      }
    }
  };
  walk(parse(text, { ecmaVersion: 2023, sourceType: 'module' }), false);
  return [...used].filter((name) => !declared.has(name) && !(name in globalThis) &&
    name !== 'undefined');
}

/** What stands at the top of a built file. */
interface Module {
  readonly path: string;
  /** Text of functions and constants, by name. */
  readonly declared: ReadonlyMap<string, string>;
  /** Files that names are imported from. */
  readonly imported: ReadonlyMap<string, string>;
}

function readModule(path: string): Module {
  const text = readFileSync(path, 'utf8');
  const declared = new Map<string, string>();
  const imported = new Map<string, string>();
  for (const one of parse(text, { ecmaVersion: 2023, sourceType: 'module' }).body) {
    const node = one.type === 'ExportNamedDeclaration' ? one.declaration : one;
    if (node?.type === 'FunctionDeclaration') {
      declared.set(node.id.name, text.slice(node.start, node.end));
    } else if (node?.type === 'VariableDeclaration' && node.declarations.length === 1) {
      const [{ id }] = node.declarations as [typeof node.declarations[number]];
      if (id.type === 'Identifier') declared.set(id.name, text.slice(node.start, node.end));
    } else if (node?.type === 'ImportDeclaration') {
      const from = join(dirname(path), `${node.source.value}`);
      for (const { local } of node.specifiers) imported.set(local.name, from);
    }
  }
  return { path, declared, imported };
}

const modules = new Map<string, Module>();

function moduleOf(path: string): Module {
  const known = modules.get(path) ?? readModule(path);
  modules.set(path, known);
  return known;
}

/** The built file that declares the function; its neighbours have older bodies. */
function declaringModule(name: string, declared: string): Module | undefined {
  const source = functionTags()[name]?.file ?? '';
  const path = join(packageRoot(), 'dist', source.replace(/\.ts$/, '.js'));
  if (source === '' || !existsSync(path)) return undefined;
  const folder = dirname(path);
  const others = readdirSync(folder).filter((one) => one.endsWith('.js')).sort()
    .map((one) => join(folder, one));
  return [path, ...others].map(moduleOf).find((one) => one.declared.has(declared));
}

/** The module that declares a name which another one uses; undefined: none that can be copied. */
function moduleWith(name: string, user: Module | undefined): Module | undefined {
  if (user === undefined || user.declared.has(name)) return user;
  const path = user.imported.get(name);
  if (path === undefined || !existsSync(path)) return undefined;
  const from = moduleOf(path);
  return from.declared.has(name) ? from : undefined;
}

/** What a text needs beside it, from its own module and from those that this imports. */
class Needs {
  readonly imports = new Set<string>();
  readonly missing = new Set<string>();
  readonly #helpers = new Map<string, Module>();
  /** Modules in which a name was needed, those first that others use. */
  readonly #order: Module[] = [];

  add(text: string, user: Module | undefined): void {
    for (const name of freeNames(text)) this.#need(name, user);
    if (user !== undefined && !this.#order.includes(user)) this.#order.push(user);
  }

  #need(name: string, user: Module | undefined): void {
    if (Object.hasOwn(policyInterface, name)) {
      this.imports.add(name);
      return;
    }
    const from = moduleWith(name, user);
    const known = this.#helpers.get(name);
    if (known !== undefined && known === from) return;
    if (from === undefined || known !== undefined) {
      this.missing.add(name);
      return;
    }
    this.#helpers.set(name, from);
    this.add(from.declared.get(name) ?? '', from);
  }

  /** Texts, in the order in which the files have them. */
  helpers(): readonly string[] {
    return this.#order.flatMap((module) => [...module.declared]
      .filter(([name]) => this.#helpers.get(name) === module)
      .map(([, text]) => text));
  }
}

/** By body and name: most versions have the same one. */
const known = new WeakMap<AnyFunction, Map<string, WholeBody | undefined>>();

/** Undefined: what stands for the function has no name, or code of the version stands around it. */
export function wholeBody({ name, body, texts }: Entry): WholeBody | undefined {
  if (texts.length !== 1) return undefined;
  const named = known.get(body) ?? new Map<string, WholeBody | undefined>();
  known.set(body, named);
  if (!named.has(name)) named.set(name, readBody(name, body));
  return named.get(name);
}

function readBody(name: string, body: AnyFunction): WholeBody | undefined {
  const declared = /^function\*?\s+(\w+)/.exec(body.toString())?.[1];
  if (declared === undefined) return undefined;
  const module = declaringModule(name, declared);
  const text = module?.declared.get(declared) ?? body.toString();
  const needs = new Needs();
  needs.add(text, module);
  return {
    text, helpers: needs.helpers(), imports: [...needs.imports].sort(),
    missing: [...needs.missing].sort(),
  };
}

/** As `callsOf`, with the calls of all that it hands `k` on to, where that can be read. */
export function callsOfWhole(entry: Entry): Calls {
  const own = callsOf(entry);
  const whole = own.open ? wholeBody(entry) : undefined;
  if (whole === undefined) return own;
  return { names: new Set([...own.names, ...callsIn(whole.helpers, entry)]), open: false };
}
