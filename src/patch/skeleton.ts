/** The text of a new policy file: compiles and runs as it is, and changes nothing yet. */
import { printable } from '../base/printable.js';
import { functionTags } from '../linux/function_tag.js';
import { switches } from '../linux/history/switches/config.js';
import { versionTable } from './conflicts.js';
import { frameOf, type Frame } from './frame.js';
import type { MailedPatch } from './mail/read.js';
import type { TouchedFunction } from './mail/touched.js';
import { insideOf, isModelled, verbsOf, type Verb } from './mail/verbs.js';
import type { ReadonlyTable } from './table.js';
import { nearSwitches, nearWords } from './near_switches.js';
import { untoldText } from './untold_texts.js';
import { notASkeleton } from './written.js';

export interface SkeletonFacts {
  readonly id: string;
  readonly base: string;
  readonly mail: MailedPatch | undefined;
  /** What it does, when something says so; else the author is asked. */
  readonly doc?: string;
}

/** Columns of the text in a line of the file. */
const LINE_MAX = 96;

/** A text in quotes: whatever it is, it ends where the quotes end. */
function quoted(text: string): string {
  const safe = text.replaceAll(/[\s\u2028\u2029\u0085]+/g, ' ').replaceAll(/[\x00-\x1f\x7f]/g, '')
    .replaceAll('\\', '\\\\').replaceAll("'", "\\'");
  // What an editor does not show, or shows elsewhere, is written as JavaScript writes it.
  return `'${printable(safe)}'`;
}

/** A line of a comment: only what cannot end it, or begin anything else. */
function comment(text: string, indent = '  '): string {
  const safe = text.replaceAll('\t', '    ').replaceAll(/[^\x20-\x7e]/g, '?');
  return `${indent}// ${safe}`.slice(0, LINE_MAX + indent.length).trimEnd();
}

/** What the policy has for one function of the patch. */
type Part =
  { readonly kind: 'verbs'; readonly fn: TouchedFunction; readonly verbs: readonly Verb[] } |
  { readonly kind: 'body'; readonly fn: TouchedFunction; readonly frame: Frame } |
  { readonly kind: 'wrap'; readonly fn: TouchedFunction };

/** Lines of a body, with what it uses of its file, that are copied: more hide what is changed. */
const BODY_LINES = 70;

function isLong({ lines, helpers }: Frame): boolean {
  return helpers.reduce((sum, one) => sum + one.split('\n').length, lines.length) > BODY_LINES;
}

function partOf(fn: TouchedFunction, table: ReadonlyTable): Part {
  const entry = table.get(fn.name);
  const inside = entry === undefined ? undefined : insideOf(entry);
  const verbs = inside === undefined ? undefined : verbsOf(fn.changes, inside);
  if (verbs !== undefined) return { kind: 'verbs', fn, verbs };
  const frame = entry === undefined ? undefined : frameOf(entry, fn.changes, comment);
  return frame === undefined || isLong(frame) ? { kind: 'wrap', fn } : { kind: 'body', fn, frame };
}

/** `substitutes` or `around` of all functions that have one. */
function verbLines(verb: Verb['verb'], parts: readonly Part[]): readonly string[] {
  const lines = parts.flatMap((part) => {
    if (part.kind !== 'verbs') return [];
    const own = part.verbs.filter((one) => one.verb === verb);
    if (own.length === 0) return [];
    const inline = own.map(({ callee, code }) => `${callee}: ${code}`).join(', ');
    const line = `    ${part.fn.name}: { ${inline} },`;
    return line.length <= LINE_MAX ? [line] : [`    ${part.fn.name}: {`,
      ...own.map(({ callee, code }) => `      ${callee}: ${code},`), '    },'];
  });
  return lines.length === 0 ? [] : [`  ${verb}: {`, ...lines, '  },'];
}

function bodyLines(parts: readonly Part[]): readonly string[] {
  const lines = parts.flatMap((part) => (part.kind === 'body' ? part.frame.lines : []));
  return lines.length === 0 ? [] : [
    '  // Bodies as the model has them; lines with a bar are those of the patch, at their places.',
    '  replaces: {', ...lines, '  },'];
}

/** Lines of a hunk that stand in its frame. */
const HUNK_LINES = 40;

function wraps(touched: readonly TouchedFunction[]): readonly string[] {
  if (touched.length === 0) return [];
  const lines = touched.flatMap(({ name, lines: hunk }) => {
    const tag = functionTags()[name];
    const more = hunk.length - HUNK_LINES;
    return [
      comment(`${tag?.kernelFile}, modelled in ${tag?.file} (${tag?.fidelity}).`, '    '),
      comment(`Its body and what that calls: mmreplay show ${name}`, '    '),
      ...hunk.slice(0, HUNK_LINES).map((line) => comment(`| ${line}`, '    ')),
      ...(more > 0 ? [comment(`| ${more} more lines`, '    ')] : []),
      `    ${name}: (next) => (k, ...args) => next(k, ...args),`,
    ];
  });
  return [
    '  // Code around a function; its whole new body goes into  replaces: { name(k, ...) { } }.',
    '  wraps: {', ...lines, '  },',
  ];
}

const emptyExample = [
  '  // One of: a call inside a function goes elsewhere,',
  "  //   substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },",
  '  // a function gets a new body,  replaces: { name(k, ...) { } },  or code around it,',
  '  //   wraps: { name: (next) => (k, ...args) => next(k, ...args) },',
];

/** Nothing is left to fill in but the doc. */
export function isComplete(mail: MailedPatch, base: string): boolean {
  if (switchesOf(mail).length > 0) return true;
  const table = versionTable(base);
  return mail.touched.length > 0 && mail.touched.every((fn) =>
    isModelled(fn.name) && partOf(fn, table).kind === 'verbs');
}

function linkOf(mail: MailedPatch | undefined): string {
  if (mail?.link !== undefined) return mail.link;
  const commit = mail?.commits[0]?.slice(0, 12);
  if (mail?.messageId !== undefined) return `https://lore.kernel.org/r/${mail.messageId}`;
  return commit === undefined ? '' : `https://git.kernel.org/linus/${commit}`;
}

/** Switches that one of the mail's commits brought, each with its value since then. */
function switchesOf({ commits }: MailedPatch): readonly (readonly [string, string])[] {
  return Object.entries(switches as Readonly<Record<string, AnySwitch>>)
    .flatMap(([name, one]) => Object.entries(one.commits)
      .filter(([, commit]) => commits.some((own) => own.startsWith(`${commit}`)))
      .map(([version]) => [name, JSON.stringify(one.values[version])] as const));
}

interface AnySwitch {
  readonly commits: Readonly<Record<string, string | undefined>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** Two functions of one file can share what stands beside them; a change may be in either. */
function allHelpers(frames: readonly Frame[]): readonly string[] {
  const byHead = new Map<string, string>();
  for (const helper of frames.flatMap(({ helpers }) => helpers)) {
    const head = helper.split('\n').find((line) => !line.trim().startsWith('//')) ?? '';
    const known = byHead.get(head);
    if (known === undefined || known.length < helper.length) byHead.set(head, helper);
  }
  return [...byHead.values()];
}

/** What is changed: a switch where the model has one for this commit, else each function. */
function changedLines(mail: MailedPatch | undefined, base: string): {
  readonly imports: readonly string[]; readonly lines: readonly string[];
  /** What stands before the policy. */
  readonly helpers: readonly string[];
  /** Texts of the model that stand in all that. */
  readonly bodies: readonly string[];
} {
  const merged = mail === undefined ? [] : switchesOf(mail);
  if (merged.length > 0) {
    return { imports: [], helpers: [], bodies: [], lines: [
      '  // The model has a switch for this commit.',
      '  config: {', ...merged.map(([name, value]) => `    ${name}: ${value},`), '  },'] };
  }
  const table = versionTable(base);
  const parts = (mail?.touched ?? []).filter((fn) => isModelled(fn.name))
    .map((fn) => partOf(fn, table));
  const frames = parts.flatMap((part) => (part.kind === 'body' ? [part.frame] : []));
  return {
    imports: frames.flatMap((frame) => frame.imports),
    helpers: allHelpers(frames).flatMap((one) => [...one.split('\n'), '']),
    bodies: frames.flatMap(({ texts }) => texts),
    lines: [
      ...verbLines('substitutes', parts), ...verbLines('around', parts), ...bodyLines(parts),
      ...wraps(parts.flatMap((part) => (part.kind === 'wrap' ? [part.fn] : []))),
    ],
  };
}

/** The import, on as many lines as it needs. */
function importLines(names: readonly string[]): readonly string[] {
  const all = [...new Set(['definePatch', ...names])].sort();
  const line = `import { ${all.join(', ')} } from 'mmreplay';`;
  return line.length <= LINE_MAX ? [line]
    : ['import {', ...all.map((name) => `  ${name},`), "} from 'mmreplay';"];
}

/** What the model may have of the patch: one line instead of all that follows. */
function orSwitches(mail: MailedPatch | undefined, base: string): readonly string[] {
  if (mail === undefined || switchesOf(mail).length > 0) return [];
  return nearSwitches(mail.touched, base).slice(0, 3)
    .map((one) => comment(
      `Or, instead of all that follows:  config: ${nearWords(one)}`));
}

/** The whole file. Error: when the text of the mail would not have stayed text. */
export function skeletonText({ id, base, mail, doc }: SkeletonFacts): string {
  const touched = mail?.touched ?? [];
  const { imports, lines, helpers, bodies } = changedLines(mail, base);
  const text = [
    ...importLines(imports),
    '',
    ...helpers,
    'export default definePatch({',
    `  id: ${quoted(id)},`,
    `  subject: ${quoted(mail?.subject ?? '')},`,
    `  author: ${quoted(mail?.author ?? '')},`,
    `  link: ${quoted(linkOf(mail))},`,
    `  base: ${quoted(base)},`,
    `  doc: ${quoted(doc ?? 'What it does and what was raised against it.')},`,
    ...(mail?.notes ?? []).map((note) => comment(`${note}.`)),
    ...(touched.length === 0 ? emptyExample : []),
    ...touched.filter((fn) => !isModelled(fn.name))
      .map(({ name, file }) => comment(`The model has no ${name}() of ${file}.`)),
    ...touched.flatMap(({ name }) => untoldText(name, base) ?? []).map((one) => comment(`${one}.`)),
    ...orSwitches(mail, base),
    ...lines,
    '});',
    '',
  ].join('\n');
  const wrong = notASkeleton(text, bodies);
  if (wrong !== undefined) throw new Error(`the skeleton of ${id} ${wrong}`);
  return text;
}
