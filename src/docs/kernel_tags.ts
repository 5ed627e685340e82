/**
 * The doc tags of the model: `@kernel <kernel file> <version read> full|reduced|stub|custom: why`
 * above every exported function of src/linux.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionTag } from '../linux/function_tag.js';

export interface NamedTag extends FunctionTag {
  readonly name: string;
}

/** An exported function without a tag, or with one that cannot be read. */
export interface Untagged {
  readonly name: string;
  /** Path below the root, and line. */
  readonly file: string;
  readonly line: number;
}

export interface TagsOfFile {
  readonly tags: readonly NamedTag[];
  readonly untagged: readonly Untagged[];
}

const exportedFunction = /^export (?:async )?function\s*\*?\s*(\w+)/gm;
const tagPattern = /@kernel\s+(\S+)\s+(v\d\S*)\s+(full|reduced|stub|custom)\b[:;,]?\s*([\s\S]*)$/;

/** The doc comment that ends right before `index`, without its stars; '' when there is none. */
function docBefore(source: string, index: number): string {
  const before = source.slice(0, index).trimEnd();
  if (!before.endsWith('*/')) return '';
  const start = before.lastIndexOf('/**');
  return before.slice(start + 3, -2).replaceAll(/^[ \t]*\* ?/gm, '').trim();
}

/** The first function parameter is the kernel: such functions make up the table. */
function takesKernel(source: string, after: number): boolean {
  return /^\s*(?:<[^(]*>)?\(\s*_?k\s*:\s*Kernel\b/.test(source.slice(after, after + 200));
}

/** Tags of one file of src/linux; `file` is its path below the root. */
export function tagsOf(source: string, file: string): TagsOfFile {
  const tags: NamedTag[] = [];
  const untagged: Untagged[] = [];
  for (const match of source.matchAll(exportedFunction)) {
    const name = match[1] ?? '';
    if (!takesKernel(source, match.index + match[0].length)) continue;
    const tag = tagPattern.exec(docBefore(source, match.index));
    if (tag === null) {
      const line = source.slice(0, match.index).split('\n').length;
      untagged.push({ name, file, line });
      continue;
    }
    const why = (tag[4] ?? '').split(/\n\s*\n|\n@/)[0] ?? '';
    tags.push({
      name, file, kernelFile: tag[1] ?? '', version: tag[2] ?? '',
      fidelity: tag[3] as FunctionTag['fidelity'], why: why.replaceAll(/\s+/g, ' ').trim(),
    });
  }
  return { tags, untagged };
}

/** Files that src/linux/functions.ts exports, below src/linux: their functions are the kernel. */
export function tableFiles(functionsText: string): readonly string[] {
  return [...functionsText.matchAll(/^export \* from '\.\/([\w/]+)\.js';/gm)]
    .map((match) => `${match[1]}.ts`)
    .sort();
}

/** Tags of the whole model, by file and then in the order of the file. */
export function readTags(root: string): TagsOfFile {
  const folder = join(root, 'src/linux');
  const names = tableFiles(readFileSync(join(folder, 'functions.ts'), 'utf8'))
    .filter((name) => existsSync(join(folder, name)));
  const parts = names.map((name) =>
    tagsOf(readFileSync(join(folder, name), 'utf8'), `src/linux/${name}`));
  return {
    tags: parts.flatMap((part) => part.tags),
    untagged: parts.flatMap((part) => part.untagged),
  };
}
