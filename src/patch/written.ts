/** A policy file that was written by the program, read again: no text of a mail may become code. */
import { parse, type AnyNode, type CallExpression } from 'acorn';
import * as functions from '../linux/functions.js';
import { childrenOf } from './check/unrun.js';
import { ANY } from './frame.js';

function callsIn(node: AnyNode): readonly CallExpression[] {
  const below = childrenOf(node).flatMap(callsIn);
  return node.type === 'CallExpression' ? [node, ...below] : below;
}

/** `definePatch`, `next`, and `k.` of a function that the model has. */
function isOwnCall({ callee }: CallExpression): boolean {
  if (callee.type === 'Identifier') return ['definePatch', 'next'].includes(callee.name);
  return callee.type === 'MemberExpression' && !callee.computed &&
    callee.object.type === 'Identifier' && callee.object.name === 'k' &&
    callee.property.type === 'Identifier' && Object.hasOwn(functions, callee.property.name);
}

function nameOf({ callee }: CallExpression): string {
  return callee.type === 'Identifier' ? callee.name : callee.type;
}

/** Comments and blanks make no difference. */
function normal(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '').replaceAll(/\s+/g, '');
}

/** Bodies below `replaces`, which may call what they like when they are the model's own. */
function bodiesIn(node: AnyNode): readonly AnyNode[] {
  if (node.type === 'Property' && node.key.type === 'Identifier' &&
    node.key.name === 'replaces' && node.value.type === 'ObjectExpression') {
    return node.value.properties.flatMap((one) => (one.type === 'Property' ? [one.value] : []));
  }
  return childrenOf(node).flatMap(bodiesIn);
}

/**
 * Why the text is not a skeleton: one import, one statement, and no call but definePatch(), the
 * next() of a frame, functions of the model and what one of the `bodies` calls; undefined when it
 * is one.
 */
export function notASkeleton(typed: string, bodies: readonly string[] = []): string | undefined {
  // The parser knows no types; the model's own helpers have this one and no other.
  const text = typed.replaceAll(ANY, '');
  let body;
  try {
    ({ body } = parse(text, { ecmaVersion: 2023, sourceType: 'module' }));
  } catch (error) {
    return `does not parse: ${(error as Error).message}`;
  }
  const known = new Set(bodies.map(normal));
  const isOwn = ({ start, end }: AnyNode): boolean => known.has(normal(text.slice(start, end)));
  const [first, ...others] = body;
  const second = others.at(-1);
  if (!others.slice(0, -1).every(isOwn) || first?.type !== 'ImportDeclaration' ||
    second?.type !== 'ExportDefaultDeclaration') return 'has other statements than its own';
  if (first.source.value !== 'mmreplay') return `imports ${String(first.source.value)}`;
  const declared = second.declaration;
  if (declared.type !== 'CallExpression' || nameOf(declared) !== 'definePatch') {
    return 'exports something else than a policy';
  }
  const own = bodiesIn(second).filter(isOwn);
  const other = callsIn(second).filter((call) => !isOwnCall(call) &&
    !own.some(({ start, end }) => start <= call.start && call.end <= end));
  return other[0] === undefined ? undefined : `calls ${nameOf(other[0])}`;
}
