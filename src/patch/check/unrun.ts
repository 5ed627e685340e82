/**
 * Calls of a policy that would do nothing: a function that may sleep is a generator, and one that
 * nobody runs with `yield*` never begins. The compiler takes such a statement for a good one.
 */
import type { AnyNode, CallExpression, Function as FunctionNode } from 'acorn';
import { PatchError } from '../../base/errors.js';
import * as functions from '../../linux/functions.js';
import { isSleeping } from '../table.js';

const sleeping: ReadonlySet<string> = new Set(Object.entries(functions)
  .filter(([, value]) => isSleeping(value)).map(([name]) => name));

export function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

export function childrenOf(node: AnyNode): readonly AnyNode[] {
  return Object.values(node).flatMap((value: unknown) =>
    (Array.isArray(value) ? value : [value]).filter(isNode));
}

export function isFunction(node: AnyNode): node is FunctionNode & AnyNode {
  return /^(?:ArrowFunctionExpression|FunctionExpression|FunctionDeclaration)$/.test(node.type);
}

/** What a walk knows on its way down. */
interface Inside {
  /** `wraps`, `around`, ... and the names below it: `offline_pages`, `test_pages_isolated`. */
  readonly keys: readonly string[];
  /** Name of the parameter that makes the call which is wrapped. */
  readonly next: string | undefined;
}

const verbs: readonly string[] = ['replaces', 'wraps', 'around', 'substitutes'];

function keysBelow(node: AnyNode, keys: readonly string[]): readonly string[] {
  if (node.type !== 'Property' || node.key.type !== 'Identifier') return keys;
  const { name } = node.key;
  return keys.length > 0 || verbs.includes(name) ? [...keys, name] : keys;
}

/** `next` of a function that stands directly below its name in `wraps` or `around`. */
function nextOf(node: AnyNode, { keys, next }: Inside): string | undefined {
  if (!isFunction(node)) return next;
  const [verb] = keys;
  const depth = verb === 'wraps' ? 2 : verb === 'around' ? 3 : 0;
  const [first] = node.params;
  return next === undefined && keys.length === depth && first?.type === 'Identifier'
    ? first.name : next;
}

/** The kernel function that is called, when it may sleep. */
function sleeperOf(call: CallExpression, { keys, next }: Inside): string | undefined {
  const { callee } = call;
  if (callee.type === 'Identifier') {
    const wrapped = keys[0] === 'wraps' ? keys[1] : keys[2];
    return callee.name === next && sleeping.has(wrapped ?? '') ? wrapped : undefined;
  }
  const isOfKernel = callee.type === 'MemberExpression' && callee.object.type === 'Identifier' &&
    callee.property.type === 'Identifier' && !callee.computed;
  const name = isOfKernel ? (callee.property as { readonly name: string }).name : '';
  return sleeping.has(name) ? name : undefined;
}

/** Where a generator that was made is looked at or thrown away, and not run or handed on. */
function isLost(call: AnyNode, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'ExpressionStatement': case 'BinaryExpression': case 'UnaryExpression': return true;
    case 'YieldExpression': return !parent.delegate;
    case 'IfStatement': case 'WhileStatement': case 'ConditionalExpression':
      return parent.test === call;
    case 'LogicalExpression': return parent.left === call;
    default: return false;
  }
}

/** Names that somewhere are more than looked at: run, handed on, given back. */
function usedNames(root: AnyNode): ReadonlySet<string> {
  const used = new Set<string>();
  const walk = (node: AnyNode, parent: AnyNode | undefined): void => {
    const isKept = parent?.type === 'VariableDeclarator' && parent.id === node ||
      parent?.type === 'AssignmentExpression' && parent.left === node;
    if (node.type === 'Identifier' && !isKept && !isLost(node, parent)) used.add(node.name);
    for (const child of childrenOf(node)) walk(child, node);
  };
  walk(root, undefined);
  return used;
}

/** Of `const ret = k.offline_pages(...)`: the name that has the generator. */
function keptIn(call: AnyNode, parent: AnyNode | undefined): string | undefined {
  const place = parent?.type === 'VariableDeclarator' && parent.init === call ? parent.id
    : parent?.type === 'AssignmentExpression' && parent.right === call ? parent.left : undefined;
  return place?.type === 'Identifier' ? place.name : undefined;
}

/**
 * Errors: PatchError, `file:line: ...`, for a call that never begins, and for async functions,
 * which would go on when their run is over.
 */
export function refuseUnrun(root: AnyNode, file: string): void {
  let used: ReadonlySet<string> | undefined;
  const isNeverRun = (call: AnyNode, parent: AnyNode | undefined): boolean => {
    const kept = keptIn(call, parent);
    if (kept === undefined) return isLost(call, parent);
    used ??= usedNames(root);
    return !used.has(kept);
  };
  const walk = (node: AnyNode, inside: Inside, parent: AnyNode | undefined): void => {
    const line = node.loc?.start.line ?? 0;
    if (isFunction(node) && node.async) {
      throw new PatchError(`${file}:${line}: a policy has no async function: ` +
        'nothing of it runs later than its run');
    }
    const name = node.type === 'CallExpression' ? sleeperOf(node, inside) : undefined;
    if (name !== undefined && isNeverRun(node, parent)) {
      throw new PatchError(`${file}:${line}: ${name}() may sleep, and this call of it never ` +
        'begins\n  write  yield*  before it, in a  function* (...) { }');
    }
    const below = { keys: keysBelow(node, inside.keys), next: nextOf(node, inside) };
    for (const child of childrenOf(node)) walk(child, below, node);
  };
  walk(root, { keys: [], next: undefined }, undefined);
}
