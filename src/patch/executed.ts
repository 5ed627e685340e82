/**
 * Which lines of a policy file ran. Each statement inside its functions notes that it was reached,
 * in the text that is loaded; the file itself stays as it is, and so do the numbers of its lines.
 */
import { parse, type AnyNode } from 'acorn';
import { PatchError } from '../base/errors.js';
import { refuseLoader } from './check/loader_words.js';
import { childrenOf, isFunction, refuseUnrun } from './check/unrun.js';

/** A statement of a policy. */
export interface Statement {
  readonly file: string;
  readonly line: number;
  readonly endLine: number;
  /** Its text up to the first statement inside it. */
  readonly text: string;
  /** Where it stands: `replaces` and the function; undefined of a helper function. */
  readonly verb: string | undefined;
  readonly fn: string | undefined;
  /** A branch inside a statement: what `?`, `&&` and `||` may leave out. */
  readonly part: boolean;
}

/** What notes that statement 3 ran; short, because it stands in text that is shown and compared. */
const mark = (index: number): string => `$ran[${index}]=1;`;
/** The same around a part of an expression, which has to stay one. */
const partMark = (index: number): readonly [begin: string, end: string] =>
  [`($ran[${index}]=1,`, ')/*$*/'];
const anyMark = /\(?\$ran\[\d+\]=1[;,]|\)\/\*\$\*\//g;

/** What is imported has another name in the loaded text. */
const imported = /\(0, ?_mmreplay\.(\w+)\)|\b_mmreplay\.(\w+)/g;

/** The text of a function of a policy as its author wrote it. */
export function asWritten(text: string): string {
  return text.replaceAll(anyMark, '')
    .replaceAll(imported, (_all, called?: string, used?: string) => called ?? used ?? '');
}

/** Statements of one policy, and which of them were reached since `clear()`. */
export class ExecutedLines {
  readonly statements: Statement[] = [];
  /** By index of the statement; the loaded text writes into it. */
  readonly ran: number[] = [];

  clear(): void {
    this.ran.length = 0;
  }

  isReached(index: number): boolean {
    return this.ran[index] === 1;
  }
}

const byPatch = new WeakMap<object, ExecutedLines>();

export function setExecutedLines(patch: object, lines: ExecutedLines): void {
  byPatch.set(patch, lines);
}

/** Undefined: a policy of the tree, of which nobody counts lines. */
export function executedLines(patch: object): ExecutedLines | undefined {
  return byPatch.get(patch);
}

interface Insertion {
  readonly at: number;
  readonly text: string;
}

interface Place {
  readonly verb: string | undefined;
  readonly fn: string | undefined;
  /** Inside a function: what stands outside runs as the file is loaded. */
  readonly inside: boolean;
}

const verbs: readonly string[] = ['replaces', 'wraps', 'around', 'substitutes'];

/** The statement itself says nothing when it runs, or is a part of the one around it. */
function isCounted(node: AnyNode): boolean {
  return /(?:Statement|VariableDeclaration)$/.test(node.type) &&
    !/^(?:Block|Empty)Statement$/.test(node.type);
}

/** The next property on the way down: `replaces`, then the function below it. */
function placeBelow(node: AnyNode, place: Place): Place {
  if (isFunction(node)) return { ...place, inside: true };
  if (node.type !== 'Property' || node.key.type !== 'Identifier') return place;
  const { name } = node.key;
  if (place.verb === undefined) return verbs.includes(name) ? { ...place, verb: name } : place;
  return place.fn === undefined ? { ...place, fn: name } : place;
}

/** Where the first statement inside this one starts; its end: there is none. */
function headEnd(node: AnyNode): number {
  const inside = childrenOf(node).filter((one) => /Statement$/.test(one.type))
    .map(({ start }) => start);
  return Math.min(node.end, ...inside);
}

/** The statement is the only one of an if or a loop: `if (x) return;`. */
function isAlone(parent: AnyNode | undefined): boolean {
  return /^(?:If|While|DoWhile|For|ForIn|ForOf)Statement$/.test(parent?.type ?? '');
}

/** In the head of a loop, or behind a label, nothing can be put. */
function isMarkable(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'LabeledStatement') return false;
  return node.type !== 'VariableDeclaration' || !isAlone(parent);
}

/** What a condition inside a statement may leave out; `??` gives nothing up. */
function branchesOf(node: AnyNode): readonly AnyNode[] {
  if (node.type === 'ConditionalExpression') return [node.consequent, node.alternate];
  return node.type === 'LogicalExpression' && node.operator !== '??' ? [node.right] : [];
}

/** The loaded text, with marks. Error: PatchError for what a policy may not say. */
export function marked(code: string, file: string, into: ExecutedLines): string {
  let root: AnyNode;
  try {
    root = parse(code, { ecmaVersion: 'latest', sourceType: 'script', locations: true,
      allowReturnOutsideFunction: true, allowAwaitOutsideFunction: true });
  } catch (error) {
    // What nobody has read does not run.
    throw new PatchError(`${file}: cannot be read as a program: ${String(error)}`);
  }
  refuseLoader(root, file);
  refuseUnrun(root, file);
  const insertions: Insertion[] = [];
  const note = (node: AnyNode, place: Place, parent: AnyNode | undefined): void => {
    const index = into.statements.length;
    into.statements.push({
      file, line: node.loc?.start.line ?? 0, endLine: node.loc?.end.line ?? 0,
      text: code.slice(node.start, headEnd(node)), verb: place.verb, fn: place.fn, part: false });
    const alone = isAlone(parent);
    insertions.push({ at: node.start, text: `${alone ? '{' : ''}${mark(index)}` });
    if (alone) insertions.push({ at: node.end, text: '}' });
  };
  const noteBranch = (node: AnyNode, place: Place): void => {
    const [begin, end] = partMark(into.statements.length);
    into.statements.push({
      file, line: node.loc?.start.line ?? 0, endLine: node.loc?.end.line ?? 0,
      text: code.slice(node.start, node.end), verb: place.verb, fn: place.fn, part: true });
    insertions.push({ at: node.start, text: begin }, { at: node.end, text: end });
  };
  const walk = (node: AnyNode, place: Place, parent: AnyNode | undefined): void => {
    if (place.inside) for (const one of branchesOf(node)) noteBranch(one, place);
    if (place.inside && isCounted(node) && isMarkable(node, parent)) note(node, place, parent);
    const below = placeBelow(node, place);
    for (const child of childrenOf(node)) walk(child, below, node);
  };
  walk(root, { verb: undefined, fn: undefined, inside: false }, undefined);
  let text = code;
  // Behind a place what ends there comes first, the innermost before what is around it.
  const rank = (one: Insertion): number => [')', '}'].indexOf(one.text.charAt(0)) >>> 0;
  for (const { at, text: added } of [...insertions.entries()]
    .sort(([i, a], [j, b]) => b.at - a.at || rank(b) - rank(a) || j - i).map(([, one]) => one)) {
    text = text.slice(0, at) + added + text.slice(at);
  }
  const head = '"use strict";';
  const own = 'const $ran=require("mmreplay").$ran;';
  return text.startsWith(head) ? head + own + text.slice(head.length) : own + text;
}
