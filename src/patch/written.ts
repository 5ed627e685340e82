/** A policy file that was written by the program, read again: no text of a mail may become code. */
import { parse, type AnyNode, type CallExpression } from 'acorn';

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function callsIn(node: AnyNode): readonly CallExpression[] {
  const below = Object.values(node).flatMap((value: unknown) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).flatMap(callsIn));
  return node.type === 'CallExpression' ? [node, ...below] : below;
}

function nameOf({ callee }: CallExpression): string {
  return callee.type === 'Identifier' ? callee.name : callee.type;
}

/**
 * Why the text is not a skeleton: one import, one statement, and no call but definePatch() and the
 * next() of a frame; undefined when it is one.
 */
export function notASkeleton(text: string): string | undefined {
  let body;
  try {
    ({ body } = parse(text, { ecmaVersion: 2023, sourceType: 'module' }));
  } catch (error) {
    return `does not parse: ${(error as Error).message}`;
  }
  const [first, second] = body;
  if (body.length !== 2 || first?.type !== 'ImportDeclaration' ||
    second?.type !== 'ExportDefaultDeclaration') return 'has other statements than its own two';
  if (first.source.value !== 'mmreplay') return `imports ${String(first.source.value)}`;
  const declared = second.declaration;
  if (declared.type !== 'CallExpression' || nameOf(declared) !== 'definePatch') {
    return 'exports something else than a policy';
  }
  const other = callsIn(second).map(nameOf)
    .find((name) => name !== 'definePatch' && name !== 'next');
  return other === undefined ? undefined : `calls ${other}`;
}
