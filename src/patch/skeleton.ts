/** The text of a new policy file: compiles and runs as it is, and changes nothing yet. */
import { functionTags } from '../linux/function_tag.js';
import type { MailedPatch, TouchedFunction } from './mail.js';

export interface SkeletonFacts {
  readonly id: string;
  readonly base: string;
  readonly mail: MailedPatch | undefined;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll(/\s+/g, ' ')}'`;
}

function isModelled(name: string): boolean {
  return Object.hasOwn(functionTags(), name);
}

/** The one-word hunk: all that the patch does in this function is to call another one. */
function isSubstitution(fn: TouchedFunction): boolean {
  return fn.onlyRenamed && fn.renamedCalls.length > 0 &&
    fn.renamedCalls.every(([was, now]) => isModelled(was) && isModelled(now));
}

function substitutes(touched: readonly TouchedFunction[]): readonly string[] {
  if (touched.length === 0) return [];
  const lines = touched.map(({ name, renamedCalls }) =>
    `    ${name}: { ${renamedCalls.map(([was, now]) => `${was}: '${now}'`).join(', ')} },`);
  return ['  substitutes: {', ...lines, '  },'];
}

function wraps(touched: readonly TouchedFunction[]): readonly string[] {
  if (touched.length === 0) return [];
  const lines = touched.flatMap(({ name }) => {
    const tag = functionTags()[name];
    return [
      `    // ${tag?.kernelFile}, modelled in ${tag?.file} (${tag?.fidelity}).`,
      `    ${name}: (next) => (k, ...args) => next(k, ...args),`,
    ];
  });
  return [
    '  // Code around a function; its whole new body goes into  replaces: { name(k, ...) { } }.',
    '  wraps: {', ...lines, '  },',
  ];
}

function notModelled(touched: readonly TouchedFunction[]): readonly string[] {
  return touched.map(({ name, file }) => `  // The model has no ${name}() of ${file}.`);
}

const emptyExample = [
  '  // One of: a call inside a function goes elsewhere,',
  "  //   substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },",
  '  // a function gets a new body,  replaces: { name(k, ...) { } },  or code around it,',
  '  //   wraps: { name: (next) => (k, ...args) => next(k, ...args) },',
];

/** The whole file. */
export function skeletonText({ id, base, mail }: SkeletonFacts): string {
  const touched = mail?.touched ?? [];
  const here = touched.filter((fn) => isModelled(fn.name));
  const link = mail?.messageId === undefined
    ? '' : `https://lore.kernel.org/r/${mail.messageId}`;
  return [
    "import { definePatch } from 'mmreplay';",
    '',
    'export default definePatch({',
    `  id: ${quoted(id)},`,
    `  subject: ${quoted(mail?.subject ?? '')},`,
    `  author: ${quoted(mail?.author ?? '')},`,
    `  link: ${quoted(link)},`,
    `  base: ${quoted(base)},`,
    "  doc: 'What it does and what was raised against it.',",
    ...(touched.length === 0 ? emptyExample : []),
    ...notModelled(touched.filter((fn) => !isModelled(fn.name))),
    ...substitutes(here.filter(isSubstitution)),
    ...wraps(here.filter((fn) => !isSubstitution(fn))),
    '});',
    '',
  ].join('\n');
}
