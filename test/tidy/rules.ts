/**
 * What holds the tree's shape in place. Each rule reads plain text, so each has its blind spots;
 * `broken.ts` has for every rule a file that it must catch.
 */
import { posix } from 'node:path';
import { importTable, topOfSrc } from '../../src/docs/import_table.js';
import { tableFiles, tagsOf } from '../../src/docs/kernel_tags.js';
import { onlyRead } from './inputs_of_the_model.js';
import type { SourceFile } from './source_files.js';

export interface Rule {
  readonly id: string;
  /** It looks at several files: one alone does not break it. */
  readonly together?: boolean;
  /** Problems as `path:line: what`. */
  readonly check: (files: readonly SourceFile[]) => readonly string[];
}

const generated = /\.generated\.ts$/;
const isCode = (path: string): boolean => /\.tsx?$/.test(path);
const inModel = (path: string): boolean => path.startsWith('src/linux/') && !generated.test(path);
/** Where lists are as long as what the user gave; src/base/long_lists.ts has what to write. */
const readsInput = (path: string): boolean =>
  /^src\/(?:trace|replay|verify|observe|compare|report)\//.test(path);
/** Not `push({ ...row })`, and not a list that is written out. */
const spreadCall =
  /(?:\bMath\.(?:max|min)|\.(?:push|unshift))\((?:[^(){}[\]]*, )?\.\.\.(?!\[)/;

/** A rule on single lines of files that `applies` picks. */
function lineRule(
  id: string, applies: (path: string) => boolean, problem: (line: string) => string | undefined,
): Rule {
  return {
    id,
    check: (files) => files.filter((file) => applies(file.path)).flatMap((file) =>
      file.lines.flatMap((line, index) => {
        const what = problem(line);
        return what === undefined ? [] : [`${file.path}:${index + 1}: ${what}`];
      })),
  };
}

const isStatement = (line: string): boolean => !/^\s*(?:$|\/?\*)/.test(line);

/** The code of a line: no comment, no text in quotes. */
function codeOf(line: string): string {
  if (/^\s*(?:\*|\/\*\*?)/.test(line)) return '';
  return line
    .replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "''")
    .replaceAll(/`(?:[^`\\$]|\\.|\$(?!\{))*`/g, '``')
    .replaceAll(/(?<=[=(,:]\s*)\/(?![/*])(?:[^/\\\n]|\\.)+\/[a-z]*/g, '/./')
    .replace(/\/\/.*$/, '')
    .replaceAll(/\/\*.*?\*\//g, '');
}

interface Import {
  readonly line: number;
  readonly from: string;
  readonly typeOnly: boolean;
}

const importFrom =
  /\b(import|export)\s+(type\s)?[^;'"]*?from\s+'([^']+)'|\bimport\s*\(?\s*'([^']+)'/g;

function importsOf(file: SourceFile): readonly Import[] {
  return [...file.text.matchAll(importFrom)].map((match) => ({
    line: file.text.slice(0, match.index).split('\n').length,
    from: match[3] ?? match[4] ?? '',
    typeOnly: match[2] !== undefined,
  }));
}

/** `src/linux/kernel.ts` for `../linux/base/kernel.js` seen from a file of src/patch. */
function targetOf(file: SourceFile, from: string): string {
  return posix.join(posix.dirname(file.path), from).replace(/\.js$/, '.ts');
}

/** The folder below src; the name of a file at its top. */
function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const rule = [...importTable, ...topOfSrc].find((one) => one.folder === from);
  return rule !== undefined && (rule.may === 'anything' || rule.may.includes(to));
}

function wrongImports(file: SourceFile): readonly string[] {
  return importsOf(file).flatMap(({ line, from }) => {
    const place = `${file.path}:${line}:`;
    if (file.path.startsWith('policies/')) {
      return from === 'mmreplay' ? [] : [`${place} a policy imports mmreplay only, not ${from}`];
    }
    if (!from.startsWith('.')) return [];
    const target = targetOf(file, from);
    if (!target.startsWith('src/')) return [`${place} ${from} is outside of src`];
    const [here, there] = [folderOf(file.path), folderOf(target)];
    return mayImport(here, there) ? [] : [`${place} ${here} may not import ${there}`];
  });
}

/**
 * Cycles of imports. Types count too, but for those of the model: each kernel function knows the
 * kernel, which is all of them.
 */
function importCycles(files: readonly SourceFile[]): readonly string[] {
  const edges = new Map(files.map((file) => [file.path, importsOf(file)
    .filter(({ from, typeOnly }) => from.startsWith('.')
      && !(typeOnly && file.path.startsWith('src/linux/')))
    .map(({ from }) => targetOf(file, from))]));
  const done = new Set<string>();
  const problems: string[] = [];
  const visit = (path: string, above: readonly string[]): void => {
    const start = above.indexOf(path);
    if (start >= 0) problems.push(`${path}:1: imports itself: ${above.slice(start).join(' > ')}`);
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...above, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return problems;
}

const functionStart = new RegExp('^(\\s*)(?:' + [
  /(?:export |default |async )*function\b.*/,
  /(?:(?:export )?const \w+ = |\w+: )(?:async )?\(.*/,
  /(?!if|for|while|switch|return|catch)(?:async |static |get |\*)*\w+\([^;]*\)(?:: [^;=]+)? \{/,
].map((form) => form.source).join('|') + ')$');

/** Functions of more lines than the limit, by indentation. */
function longFunctions(file: SourceFile, limit: number): readonly string[] {
  return file.lines.flatMap((line, start) => {
    const indent = functionStart.exec(line)?.[1];
    if (indent === undefined) return [];
    const length = file.lines.slice(start + 1).findIndex((later) =>
      later.startsWith(`${indent}}`) && !later.endsWith('{')) + 2;
    const closedElsewhere = file.lines.slice(start + 1, start + length).some((later) =>
      later.trim() !== '' && !later.startsWith(`${indent} `) && !later.startsWith(`${indent})`) &&
      !later.startsWith(`${indent}}`));
    if (closedElsewhere || length <= limit) return [];
    return [`${file.path}:${start + 1}: a function of ${length} lines, ${limit} is the most`];
  });
}

/** Files whose functions make up the kernel: those that functions.ts names. */
function modelFiles(files: readonly SourceFile[]): readonly SourceFile[] {
  const list = files.find((file) => file.path === 'src/linux/functions.ts');
  const listed = list === undefined ? undefined : tableFiles(list.text);
  return files.filter((file) => /^src\/linux\/[\w/]+\.ts$/.test(file.path))
    .filter((file) => listed?.includes(file.path.slice('src/linux/'.length)) ?? true);
}

/** mm/page_alloc.c had what mm/mm_init.c has since v6.4. */
const movedSince = [
  { from: 'mm/page_alloc.c', to: 'mm/mm_init/', read: /^v(?:[45]\.|6\.[0-3]\b)/ },
];

/** Does the kernel's file have this one (below src/linux), or a folder of its name this file? */
function mirrors(file: string, kernelFile: string, version: string): boolean {
  const place = kernelFile.replace(/^include\/linux\//, 'include/').replace(/\.[ch]$/, '')
    .replaceAll('-', '_');
  return file === `${place}.ts` || file.startsWith(`${place}/`) ||
    movedSince.some(({ from, to, read }) =>
      kernelFile === from && file.startsWith(to) && read.test(version));
}

const clock = /\b(?:Date|Math\.random|performance|process|setTimeout|setInterval|console)\b/;
const bitOperator = /\b\w*(?:pfn|pages|address)\w*\)? (?:<<|>>>?|[&|^]) /;
const locale = /\.toLocale\w+\(|\blocaleCompare\(|\bIntl\./;
const bannedName =
  /\b(?:class|interface|type|function|const|let)\s+\w*(?:Manager|Helper|Service|Utils?)\b/;
const nonNull = /[\w\])]!(?=[.;,)\][\s]|$)(?!\s*=)/;

/** Words of who replays, also as a part of a name: `usedUnseen`, `busy_ranges`. */
const ofRecordings = new RegExp('(?:^|[^A-Za-z]|(?<=[a-z])(?=[A-Z]))(' +
  'traces?|traced|replay(?:s|ed|ing)?|record(?:s|ed|ing|ings)?|snapshots?|' +
  'followed|arrived|unseen|busy_ranges?|we looked|anybody looked)(?![a-z])', 'i');
/** Tracepoints are the kernel's, and a Record is a type. */
const notOfRecordings = new RegExp('trace\\/events|trace\\w*:\\w+|include\\/trace|' +
  '(?<=[.\\s])trace_\\w+(?=\\()|\\bRecord<', 'g');

const exported = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm;

/** Exports that no other file names. The model's are a table, a plug-in's is the default one. */
function idleExports(files: readonly SourceFile[]): readonly string[] {
  const namedIn = new Map<string, Set<string>>();
  for (const file of files.filter(({ path }) => isCode(path))) {
    for (const [word] of file.text.matchAll(/\w+/g)) {
      namedIn.set(word, (namedIn.get(word) ?? new Set()).add(file.path));
    }
  }
  return files
    .filter(({ path }) => /^src\/.*\.tsx?$/.test(path) && !inModel(path) && !generated.test(path))
    .flatMap((file) => [...file.text.matchAll(exported)]
      .filter(([, name = '']) => (namedIn.get(name)?.size ?? 0) < 2)
      .map(({ index, 1: name }) =>
        `${file.path}:${file.text.slice(0, index).split('\n').length}: nobody else uses ${name}`));
}

export const rules: readonly Rule[] = [
  lineRule('a line has at most 100 characters',
    (path) => isCode(path) && !generated.test(path),
    (line) => (line.length > 100 ? `${line.length} characters` : undefined)),
  {
    id: 'a file has at most 400 lines',
    check: (files) => files
      .filter((file) => isCode(file.path) && !generated.test(file.path) && file.lines.length > 400)
      .map((file) => `${file.path}:1: ${file.lines.length} lines`),
  },
  {
    id: 'a function has at most 60 lines',
    check: (files) => files
      .filter((file) => isCode(file.path) && !file.path.startsWith('test/'))
      .flatMap((file) => longFunctions(file, 60)),
  },
  {
    id: 'a policy has at most 100 lines',
    check: (files) => files
      .filter((file) => /^policies\/.*\.ts$/.test(file.path) && file.lines.length > 100)
      .map((file) => `${file.path}:1: ${file.lines.length} lines`),
  },
  {
    id: 'imports follow the table of src/README.md',
    check: (files) => files
      .filter((file) => /^(?:src|policies)\/.*\.tsx?$/.test(file.path)).flatMap(wrongImports),
  },
  {
    id: 'no file imports itself by way of others',
    together: true,
    check: (files) => importCycles(files.filter((file) => /^src\/.*\.tsx?$/.test(file.path))),
  },
  { id: 'what is exported is used elsewhere', check: idleExports },
  lineRule('relative imports end in .js', isCode, (line) =>
    (/\bfrom '\.{1,2}\/[^']*(?<!\.js)'/.test(line) ? 'an import without .js' : undefined)),
  {
    id: 'every function of the model says what it is of the kernel (@kernel)',
    check: (files) => modelFiles(files)
      .flatMap((file) => tagsOf(file.text, file.path).untagged)
      .map(({ file, line, name }) => `${file}:${line}: ${name}() has no @kernel tag`),
  },
  {
    id: 'a function of the model stands where the kernel has it',
    check: (files) => modelFiles(files).flatMap((file) => tagsOf(file.text, file.path).tags
      .filter((tag) => !mirrors(file.path.slice('src/linux/'.length), tag.kernelFile, tag.version))
      .map((tag) => `${file.path}:1: ${tag.name}() is of ${tag.kernelFile}`)),
  },
  lineRule('the model knows no clock, no chance, no process', inModel, (line) =>
    clock.exec(codeOf(line))?.[0]),
  lineRule('the model knows no recordings', inModel, (line) =>
    ofRecordings.exec(line.replaceAll(notOfRecordings, ''))?.[1]),
  lineRule('inference proposes, and sets nothing right',
    (path) => path.startsWith('src/replay/pages/inference/'),
    (line) => /from '\.\.\/corrections\.js'/.exec(line)?.[0]),
  { id: 'the model reads nothing that only others write', check: onlyRead, together: true },
  lineRule('no bit operator meets a pfn: it would cut it to 32 bits', inModel, (line) =>
    bitOperator.exec(codeOf(line))?.[0]),
  lineRule('nothing depends on the locale', isCode, (line) => locale.exec(codeOf(line))?.[0]),
  lineRule('no list of the input is spread into a call: the stack is too small', readsInput,
    (line) => spreadCall.exec(codeOf(line))?.[0]),
  lineRule('no any', isCode, (line) =>
    /(?::|<|\bas|\|)\s*any\b|\bany\[\]/.exec(codeOf(line))?.[0]),
  lineRule('no ! after an expression', isCode, (line) => nonNull.exec(codeOf(line))?.[0]),
  lineRule('no enum, no namespace, no unchecked line', isCode, (line) =>
    /^\s*(?:export )?(?:declare )?(?:const )?(?:enum|namespace) \w/.exec(codeOf(line))?.[0] ??
    /@ts-(?:ignore|nocheck)/.exec(line)?.[0]),
  lineRule('names say what a thing is, not its pattern', isCode, (line) =>
    bannedName.exec(codeOf(line))?.[0]),
  {
    id: 'file names are snake_case',
    check: (files) => files
      .filter((file) => isCode(file.path) && !file.path.endsWith('.config.ts'))
      // Invariants are named as in the domain's sheets.
      .filter((file) => !/^src\/observe\/invariants\/[A-Z]\d+\.ts$/.test(file.path))
      .filter((file) => !/^[a-z0-9_/]+(?:\.(?:test|generated|d))?\.tsx?$/.test(file.path))
      .map((file) => `${file.path}:1: not snake_case`),
  },
  {
    id: 'a comment on a thing stands before that thing',
    check: (files) => files.filter(({ path }) => isCode(path)).flatMap(({ path, lines }) =>
      lines.flatMap((line, at) => {
        const [next, isHead] = [lines[at + 1]?.trim(), !lines.slice(0, at).some(isStatement)];
        const ends = /^\s*(?:\/\*\*|\*).*\*\/$/.test(line) || line.trim() === '*/';
        return ends && !isHead && (next === '' || next?.startsWith('/**'))
          ? [`${path}:${at + 1}: nothing follows it`] : [];
      })),
  },
  lineRule('nothing is left to do later', () => true, (line) =>
    /\b(?:TO[D]O|FIX[M]E|X[X]X)\b/.exec(line)?.[0]),
  lineRule('no path of somebody\'s machine', () => true, (line) =>
    /(?:^|[\s'"`(])\/(?:work|home|root)\/\w+/.exec(line)?.[0]),
];
