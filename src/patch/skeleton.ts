/** The text of a new policy file: compiles and runs as it is, and changes nothing yet. */
import { functionTags } from '../linux/function_tag.js';
import type { MailedPatch } from './mail/read.js';
import type { TouchedFunction } from './mail/touched.js';
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
  return `'${safe}'`;
}

/** A line of a comment: only what cannot end it, or begin anything else. */
function comment(text: string, indent = '  '): string {
  const safe = text.replaceAll('\t', '    ').replaceAll(/[^\x20-\x7e]/g, '?');
  return `${indent}// ${safe}`.slice(0, LINE_MAX + indent.length).trimEnd();
}

function isModelled(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && Object.hasOwn(functionTags(), name);
}

/** All that the patch does in this function is to call another one, or one no more. */
function isSubstitution(fn: TouchedFunction): boolean {
  return fn.onlyRenamed && fn.renamedCalls.length + fn.removedCalls.length > 0 &&
    fn.renamedCalls.every(([was, now]) => isModelled(was) && isModelled(now)) &&
    fn.removedCalls.every(isModelled);
}

/** Each verb of definePatch that is complete, and frames for what is not. */
function substitutes(touched: readonly TouchedFunction[]): readonly string[] {
  if (touched.length === 0) return [];
  const lines = touched.map(({ name, renamedCalls, removedCalls }) => {
    const all = [
      ...renamedCalls.map(([was, now]) => `${was}: '${now}'`),
      ...removedCalls.map((was) => `${was}: () => undefined`),
    ];
    return `    ${name}: { ${all.join(', ')} },`;
  });
  return ['  substitutes: {', ...lines, '  },'];
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
export function isComplete(mail: MailedPatch): boolean {
  return mail.touched.length > 0 && mail.touched.every(isSubstitution);
}

function linkOf(mail: MailedPatch | undefined): string {
  if (mail?.link !== undefined) return mail.link;
  const commit = mail?.commits[0]?.slice(0, 12);
  if (mail?.messageId !== undefined) return `https://lore.kernel.org/r/${mail.messageId}`;
  return commit === undefined ? '' : `https://git.kernel.org/linus/${commit}`;
}

/** The whole file. Error: when the text of the mail would not have stayed text. */
export function skeletonText({ id, base, mail, doc }: SkeletonFacts): string {
  const touched = mail?.touched ?? [];
  const here = touched.filter((fn) => isModelled(fn.name));
  const text = [
    "import { definePatch } from 'mmreplay';",
    '',
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
    ...substitutes(here.filter(isSubstitution)),
    ...wraps(here.filter((fn) => !isSubstitution(fn))),
    '});',
    '',
  ].join('\n');
  const wrong = notASkeleton(text);
  if (wrong !== undefined) throw new Error(`the skeleton of ${id} ${wrong}`);
  return text;
}
