/** Small mistakes in the text of a policy: each as somebody could make it. */
import { parse, type AnyNode } from 'acorn';
import * as functions from '../linux/functions.js';
import { newestConfig } from '../linux/history/versions.js';
import type { Random } from '../base/random.js';

export const editKinds = [
  'wrong name', 'dropped line', 'swapped argument', 'changed constant',
] as const;
export type EditKind = typeof editKinds[number];

export interface Edit {
  readonly kind: EditKind;
  readonly text: string;
  /** `line 12: next(k, a) -> next(a, k)`. */
  readonly told: string;
}

interface Change {
  readonly start: number;
  readonly end: number;
  readonly by: string;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && 'type' in value;
}

/** What changes nothing when it is changed: words about the patch. */
const words = /^(?:id|subject|author|link|released|base|doc|text|claims|after|requires|excludes)$/;

/** Nodes of the code, without the words about it. */
function codeIn(node: AnyNode): readonly AnyNode[] {
  if (node.type === 'ImportDeclaration') return [];
  if (node.type === 'Property' && node.key.type === 'Identifier' && words.test(node.key.name)) {
    return [];
  }
  return [node, ...Object.values(node).flatMap((value: unknown) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).flatMap(codeIn))];
}

const names = Object.keys(functions);
const switches: readonly string[] = Object.keys(newestConfig);

function wrongName(name: string, random: Random): string {
  const pool = Object.hasOwn(newestConfig, name) ? switches : names;
  const other = random.pick(pool) as string;
  const at = random.between(0, Math.max(0, name.length - 2));
  const misspelt = name.slice(0, at) + (name[at + 1] ?? '') + (name[at] ?? '') + name.slice(at + 2);
  return random.oneIn(2) && misspelt !== name ? misspelt : other;
}

function wrongNames(nodes: readonly AnyNode[], random: Random): readonly Change[] {
  return nodes.flatMap((node): readonly Change[] => {
    if (node.type === 'Identifier' && /_/.test(node.name)) {
      return [{ start: node.start, end: node.end, by: wrongName(node.name, random) }];
    }
    if (node.type === 'Literal' && typeof node.value === 'string' && names.includes(node.value)) {
      return [{ start: node.start, end: node.end, by: `'${wrongName(node.value, random)}'` }];
    }
    return [];
  });
}

function droppedLines(nodes: readonly AnyNode[]): readonly Change[] {
  return nodes.filter(({ type }) =>
    /^(?:Expression|If|Return|For|ForOf|While)Statement$/.test(type) || type === 'Property')
    .map(({ start, end }) => ({ start, end, by: '' }));
}

function swappedArguments(nodes: readonly AnyNode[], text: string): readonly Change[] {
  return nodes.flatMap((node) => {
    const list = node.type === 'CallExpression' ? node.arguments
      : /Function(?:Expression)?$/.test(node.type) && 'params' in node ? node.params as AnyNode[]
        : [];
    return list.slice(1).flatMap((second, index): readonly Change[] => {
      const first = list[index];
      if (first === undefined) return [];
      const [a, b] = [text.slice(first.start, first.end), text.slice(second.start, second.end)];
      return [{ start: first.start, end: second.end,
        by: `${b}${text.slice(first.end, second.start)}${a}` }];
    });
  });
}

function changedConstants(nodes: readonly AnyNode[], random: Random): readonly Change[] {
  const contrary: Readonly<Record<string, string>> = {
    '===': '!==', '!==': '===', '<': '>=', '>': '<=', '<=': '>', '>=': '<', '&&': '||', '||': '&&',
    '+': '-', '-': '+', 'true': 'false', 'false': 'true',
  };
  return nodes.flatMap((node): readonly Change[] => {
    if (node.type === 'Literal' && typeof node.value === 'number') {
      return [{ ...node, by: `${node.value + (random.oneIn(2) ? 1 : -1)}` }];
    }
    if (node.type === 'Literal' && typeof node.value === 'boolean') {
      return [{ ...node, by: contrary[String(node.value)] ?? '' }];
    }
    if (node.type === 'UnaryExpression' && node.operator === '!') {
      return [{ start: node.start, end: node.start + 1, by: '' }];
    }
    if (node.type !== 'BinaryExpression' && node.type !== 'LogicalExpression') return [];
    const by = contrary[node.operator];
    return by === undefined ? [] : [{ start: node.left.end, end: node.right.start, by: ` ${by} ` }];
  });
}

const named = 'Kernel|Zone|Pgdat|number|string|boolean|MemoryBlock|Preempt<\\w+>';
const types = new RegExp([
  '^import type.*$', ' as (?:const|never|[A-Z]\\w*(?:\\[\\])?)',
  `(?<=\\w|\\)): (?:readonly )?(?:${named})(?:\\[\\])?(?= =|,|\\)| \\{)`,
].join('|'), 'gm');

/** Types are blanks here, so that places stay what they are. */
function withoutTypes(text: string): string {
  return text.replaceAll(types, (type) => ' '.repeat(type.length));
}

/** One mistake of this kind; undefined: the text has no place for it. */
export function editOf(text: string, kind: EditKind, random: Random): Edit | undefined {
  let nodes: readonly AnyNode[];
  try {
    nodes = codeIn(parse(withoutTypes(text), { ecmaVersion: 2023, sourceType: 'module' }));
  } catch {
    return undefined;
  }
  const changes = {
    'wrong name': () => wrongNames(nodes, random), 'dropped line': () => droppedLines(nodes),
    'swapped argument': () => swappedArguments(nodes, text),
    'changed constant': () => changedConstants(nodes, random),
  }[kind]().filter(({ start, end, by }) => text.slice(start, end) !== by);
  if (changes.length === 0) return undefined;
  const { start, end, by } = random.pick(changes) as Change;
  const comma = by === '' && text[end] === ',' ? 1 : 0;
  const line = text.slice(0, start).split('\n').length;
  const was = text.slice(start, end).replaceAll(/\s+/g, ' ').slice(0, 60);
  return { kind, text: text.slice(0, start) + by + text.slice(end + comma),
    told: `line ${line}: ${was} -> ${by === '' ? 'nothing' : by.trim().slice(0, 60)}` };
}
