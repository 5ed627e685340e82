/**
 * A function of the model with all that it is written of: its text, and the functions and constants
 * of its file that it uses, so that it can stand in another file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse, type AnyNode } from 'acorn';
import { packageRoot } from '../base/package_root.js';
import { PAGE_SIZE } from '../base/pfn.js';
import { functionTags } from '../linux/function_tag.js';
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

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
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

/** Bytes of a page are a number to a policy: machines are x86-64. */
export function inPolicy(text: string): string {
  return text.replaceAll(/\bPAGE_SIZE\b/g, `${PAGE_SIZE}`);
}

/** Functions and constants at the top of a built file, by name. */
function declarationsOf(path: string): ReadonlyMap<string, string> {
  const text = readFileSync(path, 'utf8');
  const found = new Map<string, string>();
  for (const one of parse(text, { ecmaVersion: 2023, sourceType: 'module' }).body) {
    const node = one.type === 'ExportNamedDeclaration' ? one.declaration : one;
    if (node?.type === 'FunctionDeclaration') {
      found.set(node.id.name, text.slice(node.start, node.end));
    } else if (node?.type === 'VariableDeclaration' && node.declarations.length === 1) {
      const [{ id }] = node.declarations as [typeof node.declarations[number]];
      if (id.type === 'Identifier') found.set(id.name, text.slice(node.start, node.end));
    }
  }
  return found;
}

const files = new Map<string, ReadonlyMap<string, string>>();

/** Of the built file that declares the function; its neighbours have older bodies. */
function fileOf(name: string, declared: string): ReadonlyMap<string, string> {
  const source = functionTags()[name]?.file ?? '';
  const path = join(packageRoot(), 'dist', source.replace(/\.ts$/, '.js'));
  if (source === '' || !existsSync(path)) return new Map();
  const folder = dirname(path);
  const others = readdirSync(folder).filter((one) => one.endsWith('.js')).sort()
    .map((one) => join(folder, one));
  for (const one of [path, ...others]) {
    const known = files.get(one) ?? declarationsOf(one);
    files.set(one, known);
    if (known.has(declared)) return known;
  }
  return new Map();
}

/** Undefined: what stands for the function has no name, or code of the version stands around it. */
export function wholeBody({ name, body, texts }: Entry): WholeBody | undefined {
  const declared = /^function\*?\s+(\w+)/.exec(body.toString())?.[1];
  if (texts.length !== 1 || declared === undefined) return undefined;
  const file = fileOf(name, declared);
  const text = inPolicy(file.get(declared) ?? body.toString());
  const helpers = new Map<string, string>();
  const imports = new Set<string>();
  const missing = new Set<string>();
  const open = [...freeNames(text)];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (helpers.has(one) || one === declared) continue;
    if (Object.hasOwn(policyInterface, one)) {
      imports.add(one);
      continue;
    }
    const own = file.get(one);
    if (own === undefined) {
      missing.add(one);
      continue;
    }
    helpers.set(one, inPolicy(own));
    open.push(...freeNames(inPolicy(own)));
  }
  return { text, imports: [...imports].sort(), missing: [...missing].sort(),
    helpers: [...file.keys()].flatMap((one) => helpers.get(one) ?? []) };
}
