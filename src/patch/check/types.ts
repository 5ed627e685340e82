/**
 * Policy files held against the model's types by the `typescript` package, when it is installed
 * beside the program or beside the policy. Its command is run: version 7 has no API to call.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { didYouMean } from '../../base/closest.js';
import { packageRoot } from '../../base/package_root.js';
import { temporaryFolder } from '../../base/partial.js';
import * as policyInterface from '../define.js';
import { idiomText } from './idioms.js';

/** What is checked: what a policy says of the kernel, not how its text is written. */
const compilerOptions = {
  target: 'es2023', lib: ['es2023'], module: 'esnext', moduleResolution: 'bundler',
  moduleDetection: 'force', strict: true, noImplicitAny: true, noEmit: true, skipLibCheck: true,
  allowJs: true, checkJs: true, allowImportingTsExtensions: true, types: [],
} as const;

/** The policy interface as the compiler reads it: declarations of the build, or the source. */
function interfaceFile(): string {
  const here = fileURLToPath(new URL('../define', import.meta.url));
  return import.meta.url.endsWith('.ts') ? `${here}.ts` : `${here}.d.ts`;
}

/** The compiler's own program, or its script; undefined: not installed. */
function compilerOf(policy: string): readonly string[] | undefined {
  for (const from of [import.meta.url, resolve(policy)]) {
    try {
      const require = createRequire(from);
      const folder = dirname(require.resolve('typescript/package.json'));
      const native = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
      const script = [process.execPath, join(folder, 'bin', 'tsc')];
      try {
        const tsc = join(dirname(createRequire(folder + '/').resolve(native)), 'lib', 'tsc');
        return [process.platform === 'win32' ? `${tsc}.exe` : tsc];
      } catch {
        return script;
      }
    } catch {
      // Not there: the next place.
    }
  }
  return undefined;
}

/** Seconds of a CPU that the compiler may take for a file; a policy takes one. */
const COMPILER_SECONDS = 60;
/**
 * So many times longer it is waited for where its CPU time is bounded: on a machine with much else
 * to do a second of it takes many, and a policy is as right there as elsewhere.
 */
const WAITED = 10;

const hasShell = process.platform !== 'win32';

/**
 * The command with a limit of its own where there is a shell: whoever waits for it can be killed,
 * and nobody would end it then.
 */
function bounded(command: readonly string[], seconds: number): readonly string[] {
  if (!hasShell) return command;
  return ['/bin/sh', '-c', `ulimit -t ${seconds}; exec "$@"`, 'sh', ...command];
}

interface Problem {
  readonly file: string;
  readonly line: string;
  readonly column: string;
  readonly code: string;
  readonly text: string;
}

/** `file(line,column): error TS1234: text`, with the lines that are indented below it. */
function problemsOf(output: string): readonly Problem[] {
  const heads = /^(.+?)\((\d+),(\d+)\): error (TS\d+): (.*(?:\n +.*)*)/gm;
  return [...output.matchAll(heads)].map(([, file = '', line = '', column = '', code = '',
    text = '']) => ({ file, line, column, code, text }));
}

/** Globals of Node that people reach for, and what a policy has instead. */
const instead: Readonly<Record<string, string>> = {
  console: 'k.pr_info() is shown in the report', process: 'nothing of the process is a policy\'s',
  require: "a policy imports 'mmreplay' only",
};

/** Codes of what has no type because nobody wrote one: no mistake in a policy. */
function isUnwritten(code: string): boolean {
  // A list that begins empty can hold all (7022 to 7024); what cannot be indexed is read or written
  // where nothing is (7015, 7017, 7052, 7053).
  return /^TS70\d\d$/.test(code) && !/^TS70(?:2[234]|1[57]|5[23])$/.test(code);
}

/** What stands alone, or behind `k.`, and is nothing. */
function unknownName(text: string): string | undefined {
  const none = /^(?:Cannot find name '(\w+)'|Property '(\w+)' does not exist on type 'Kernel')/;
  const [, alone, ofKernel] = none.exec(text) ?? [];
  return alone ?? ofKernel;
}

/** A sentence more, where the compiler's own does not say what to write. */
function advice({ code, text }: Problem): string {
  const [, first = ''] = /'([^'"]+)'\.?(?: Do you|$)/.exec(text) ?? [];
  if (code === 'TS2305') return didYouMean(first, Object.keys(policyInterface));
  if (code === 'TS2307') return "; a policy imports 'mmreplay' only";
  const name = unknownName(text);
  const other = name === undefined ? undefined : instead[name];
  if (other !== undefined) return `; ${other}`;
  if (name !== undefined) return idiomText(name);
  if (code === 'TS2556') {
    return '\n  write the arguments without types, (k, ...args): they have its own then';
  }
  if (/'Preempt<[^']*' is not assignable to type 'string'/.test(text)) {
    return '\n  what may sleep is run with  yield*  and not with  yield';
  }
  if (/'Preempt<|Generator<string/.test(text)) {
    return '\n  a function that may sleep is a generator:  function* (k, ...) { }';
  }
  return '';
}

/** Of a long explanation the first line, and the last one, which says what it comes to. */
function shortened(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const last = lines.length > 1 ? `\n  ${lines.at(-1) ?? ''}` : '';
  const first = (lines[0] ?? '').replace(/ Do you need to .*| Try `npm.*/, '');
  const isIdiom = idiomText(unknownName(first) ?? '') !== '';
  return `${isIdiom ? first.replace(/\.(?: Did you mean .*)?$/, '') : first}${last}`;
}

const checked = new Map<string, readonly string[]>();

function keyOf(path: string): string {
  const { mtimeMs, size } = statSync(path);
  return `${resolve(path)} ${mtimeMs} ${size}`;
}

/** Problems by file, as the caller names them; all files are in one folder or are absolute. */
function compile(
  paths: readonly string[], compiler: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const folder = temporaryFolder('types');
  const where = dirname(resolve(paths[0] ?? ''));
  try {
    const options = { ...compilerOptions, paths: { mmreplay: [interfaceFile()] } };
    const config = join(folder, 'tsconfig.json');
    writeFileSync(config, JSON.stringify(
      { compilerOptions: options, files: paths.map((path) => resolve(path)) }));
    const seconds = COMPILER_SECONDS * paths.length;
    const [command = '', ...words] = bounded(
      [...compiler, '-p', config, '--pretty', 'false'], seconds);
    const { stdout, error, signal } = spawnSync(command, words, { encoding: 'utf8', cwd: where,
      timeout: 1000 * seconds * (hasShell ? WAITED : 1), killSignal: 'SIGKILL',
      maxBuffer: 2 ** 28 });
    const found = new Map<string, string[]>(paths.map((path) => [path, []]));
    if (signal !== null) {
      for (const path of paths) {
        found.get(path)?.push(`${path}:1: the compiler comes to no end within ${seconds} s, ` +
          'so that nobody knows what is wrong in it\n  write it shorter');
      }
    }
    if (error !== undefined || signal !== null) return found;
    for (const one of problemsOf(stdout)) {
      if (isUnwritten(one.code)) continue;
      const file = resolve(where, one.file);
      const own = paths.find((path) => resolve(path) === file);
      // The model's own files are not the policy's.
      if (own === undefined && file.startsWith(packageRoot())) continue;
      found.get(own ?? paths[0] ?? '')?.push(
        `${own ?? one.file}:${one.line}:${one.column}: ${shortened(one.text)}${advice(one)}`);
    }
    return found;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Compiles all of them at once, for who asks for each of many files afterwards. */
export function compileAll(paths: readonly string[]): void {
  const [first] = paths;
  const compiler = first === undefined ? undefined : compilerOf(first);
  if (compiler === undefined) return;
  // Where one file does not parse the compiler says nothing of the types in any.
  const parse = ([, problems]: readonly [string, readonly string[]]): boolean =>
    problems.length === 0;
  const all = [...compile(paths, compiler)];
  const sound = all.filter(parse).map(([path]) => path);
  const found = [...all.filter((one) => !parse(one)),
    ...(sound.length === 0 ? [] : compile(sound, compiler))];
  for (const [path, problems] of found) checked.set(keyOf(path), problems);
}

/** There is a compiler for it. */
export function isTypeChecked(path: string): boolean {
  return compilerOf(path) !== undefined;
}

/**
 * What is wrong in the file, `path:line:column: ...` each; empty when nothing is, or when there
 * is no compiler. A file that did not change is compiled once in a run of the program.
 */
export function typeProblems(path: string): readonly string[] {
  const key = keyOf(path);
  const known = checked.get(key);
  if (known !== undefined) return known;
  const compiler = compilerOf(path);
  const found = compiler === undefined ? [] : compile([path], compiler).get(path) ?? [];
  checked.set(key, found);
  return found;
}
