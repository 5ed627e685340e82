/**
 * Words of a policy file that lead to who loads it, and through that to every module there is. They
 * are no globals, which could be withheld while it runs, but parameters of the function that the
 * loader makes of the file: so nobody may say them.
 */
import type { AnyNode } from 'acorn';
import { PatchError } from '../../base/errors.js';
import { childrenOf } from './unrun.js';

const words: ReadonlySet<string> = new Set(['eval', 'require', 'module', '__filename', '__dirname',
  'jitiImport', 'jitiESMResolve', 'arguments']);

/** `x.require`, `{ module: 1 }`: a name of something else. */
function isKey(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'MemberExpression') return parent.property === node && !parent.computed;
  return parent?.type === 'Property' && parent.key === node && !parent.computed
    && !parent.shorthand;
}

/** `require("mmreplay")`, as the compiler writes an import. */
function isImport(parent: AnyNode | undefined): boolean {
  return parent?.type === 'CallExpression' && parent.arguments[0]?.type === 'Literal'
    && typeof parent.arguments[0].value === 'string';
}

/** Errors: PatchError, `file:line: ...`, at the first such word. */
export function refuseLoader(root: AnyNode, file: string): void {
  const walk = (node: AnyNode, parent: AnyNode | undefined, inside: boolean): void => {
    const name = node.type === 'ImportExpression' ? 'import()'
      : node.type === 'Identifier' && words.has(node.name) && !isKey(node, parent)
        ? node.name : undefined;
    const isOwn = (name === 'arguments' && inside) || (name === 'require' && isImport(parent));
    if (name !== undefined && !isOwn) {
      const said = name === 'jitiImport' ? 'import()' : name;
      throw new PatchError(`${file}:${node.loc?.start.line ?? 0}: it uses ${said}: a policy has ` +
        "the language, and what it imports from 'mmreplay'");
    }
    const within = inside || /^Function(?:Expression|Declaration)$/.test(node.type);
    for (const child of childrenOf(node)) walk(child, node, within);
  };
  walk(root, undefined, false);
}
