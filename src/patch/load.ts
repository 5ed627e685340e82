/**
 * Policies from anywhere: TypeScript or JavaScript, no build step, nothing installed beside the
 * file. `import 'mmreplay'` in it gives this very program's policy interface.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { isAbsolute, resolve } from 'node:path';
import { PatchError } from '../base/errors.js';
import { isRegular } from '../base/read_file.js';
import type { Patch } from './define.js';
import * as policyInterface from './define.js';
import { ExecutedLines, marked, setExecutedLines } from './executed.js';
import { nameProblems } from './check/names.js';
import { placeIn, setSource } from './check/source.js';
import { isTypeChecked, typeProblems } from './check/types.js';
import { checkedPatch } from './shape.js';
import { modelLines } from './model_lines.js';
import { loadedInTime } from './stopped.js';

/** `./my_fix.ts` and not `zonelists/all_zones`: it has an extension, or says where it starts. */
export function isPolicyPath(text: string): boolean {
  return /\.[cm]?[jt]s$/.test(text) || text.startsWith('./') || text.startsWith('../') ||
    isAbsolute(text);
}

/** `file:line:column`, counted from 1, at the end of what the parser says. */
function parseProblem(message: string, path: string): string | undefined {
  if (/^(?:ParseError|undefined):[\s\S]*Maximum call stack/.test(message)) {
    return `${path}: is nested too deeply to be parsed, expected a plain program`;
  }
  const match = /^ParseError:\s*([\s\S]*?)\s*\n?\s*(\S.*):(\d+):(\d+)\s*$/.exec(message);
  if (match === null) return undefined;
  return `${path}:${match[3]}:${Number(match[4]) + 1}: ${match[1]}`;
}

/** `:line:column` of an import in the file; '' when it is not one of its own. */
function placeOfImport(name: string, path: string): string {
  const text = readFileSync(path, 'utf8');
  const index = Math.max(text.indexOf(`'${name}'`), text.indexOf(`"${name}"`));
  if (index < 0) return '';
  const before = text.slice(0, index).split('\n');
  return `:${before.length}:${(before.at(-1) ?? '').length + 1}`;
}

/** The place in the policy file where an error of its own code was thrown. */
function thrownProblem(error: Error, path: string): string {
  const firstLine = error.message.split('\n')[0] ?? '';
  if (firstLine.startsWith('await is only valid')) {
    return `${placeIn(path, ['await'])}: a policy file has no await outside of its functions`;
  }
  const missing = /^Cannot find (?:module|package) '([^']*)'/.exec(firstLine)?.[1];
  if (missing !== undefined) {
    return `${path}${placeOfImport(missing, path)}: it imports ${missing}, ` +
      "which cannot be found\n  a policy needs only  import { definePatch } from 'mmreplay'";
  }
  const frame = (error.stack ?? '').split('\n').find((line) => line.includes(resolve(path)));
  const place = /:(\d+):(\d+)\)?$/.exec(frame ?? '');
  const where = place === null ? path : `${path}:${place[1]}:${place[2]}`;
  return `${where}: ${firstLine}`;
}

/** Bytes of a policy file, and how deep its brackets may go: what reads it grows with a square. */
const MOST_BYTES = 2 ** 20;
const DEEPEST = 200;

function checkNesting(path: string): void {
  const bytes = readFileSync(path);
  if (bytes.length > MOST_BYTES) {
    throw new PatchError(`${path}: has ${bytes.length} bytes, expected up to ${MOST_BYTES}`);
  }
  let depth = 0;
  let line = 1;
  for (const byte of bytes) {
    if (byte === 10) line += 1;
    else if (byte === 40 || byte === 91 || byte === 123) depth += 1;
    else if (byte === 41 || byte === 93 || byte === 125) depth = Math.max(0, depth - 1);
    if (depth > DEEPEST) {
      throw new PatchError(
        `${path}:${line}: is nested deeper than ${DEEPEST} times, expected a plain program`);
    }
  }
}

/** A package that is installed beside the file, or code of the machine's own. */
function isForeign(name: string, path: string): boolean {
  if (name.endsWith('.node') || isBuiltin(name)) return true;
  if (name === 'mmreplay' || /^\.{0,2}\//.test(name)) return false;
  try {
    createRequire(resolve(path)).resolve(name);
    return true;
  } catch {
    // Who loads it says that it cannot be found.
    return false;
  }
}

/** Before anything of the file runs. Error: PatchError where it asks for a module of others. */
function checkImports(code: string, path: string): void {
  for (const [, name = ''] of code.matchAll(/(?:require|[iI]mport)\(["']([^"'\n]+)["']\)/g)) {
    if (!isForeign(name, path)) continue;
    throw new PatchError(`${path}${placeOfImport(name, path)}: it imports ${name}, and nothing of `
      + "the host is a policy's\n  a policy needs only  import { definePatch } from 'mmreplay'");
  }
}

type Create = typeof import('jiti')['createJiti'];

/** Gives what loads the file: all but that is done before code of the file can run. */
function loaderOf(path: string, createJiti: Create, lines: ExecutedLines): () => unknown {
  // Kept nowhere: who finds what another one has just compiled does not load the compiler, and what
  // anybody can write is no policy.
  const plain = createJiti(import.meta.url, { fsCache: false });
  // The compiler is loaded now: what it needs for that a policy does not have.
  plain.transform({ source: '', filename: resolve(path) });
  const loader = createJiti(import.meta.url, {
    virtualModules: { mmreplay: Object.freeze({ ...policyInterface, $ran: lines.ran }) },
    interopDefault: false,
    moduleCache: false,
    fsCache: false,
    sourceMaps: true,
    transform: (options) => {
      const { filename = path } = options;
      const name = filename === resolve(path) ? path : filename;
      const code = plain.transform(options);
      checkImports(code, name);
      return { code: marked(code, name, lines) };
    },
  });
  // Not import(): what runs after a turn of the event loop could not be stopped.
  return () => loader(resolve(path));
}

/**
 * The policy that the file exports by default.
 * Errors: PatchError as `file:line:column: ...` for a file that does not parse or does not run.
 */
export async function loadPolicyFile(path: string): Promise<Patch> {
  if (!existsSync(path)) throw new PatchError(`${path}: there is no such policy file`);
  if (!/\.[cm]?[jt]s$/.test(path) || !isRegular(path)) {
    throw new PatchError(`${path}: is no policy file, expected one that ends in .ts or .js`);
  }
  checkNesting(path);
  // Loaded here, because most commands never need it.
  const { createJiti } = await import('jiti');
  let patch: Patch;
  const lines = new ExecutedLines();
  try {
    const load = loaderOf(path, createJiti, lines);
    // What it exports can be code, too: of the patch a copy is taken while that cannot do anything.
    patch = loadedInTime(path, () =>
      checkedPatch((load() as { readonly default?: unknown }).default, path));
  } catch (error) {
    if (!(error instanceof Error) || error instanceof PatchError) throw error;
    const parse = parseProblem(error.message, path);
    // What the compiler says of the line that threw is plainer.
    const isImport = /^Cannot find/.test(error.message);
    if (parse === undefined && !isImport) throwProblems(typeProblems(path));
    throw new PatchError(parse ?? thrownProblem(error, path));
  }
  const isModels = modelLines(patch);
  const types = typeProblems(path).filter((problem) => !isModels(lineOf(problem, path)));
  throwProblems([...nameProblems(patch, path, isTypeChecked(path)), ...types]);
  setSource(patch, path);
  setExecutedLines(patch, lines);
  return patch;
}

/** The line of the file that a problem is about. */
function lineOf(problem: string, path: string): string {
  const line = Number(/:(\d+):\d+: /.exec(problem)?.[1] ?? 0);
  return readFileSync(path, 'utf8').split('\n')[line - 1] ?? '';
}

/** Of several problems of one line the first says enough. Error: PatchError with all others. */
function throwProblems(problems: readonly string[]): void {
  const lines = new Map<string, string>();
  for (const problem of problems) {
    const line = /^.*?:\d+/.exec(problem)?.[0] ?? problem;
    if (!lines.has(line)) lines.set(line, problem);
  }
  if (lines.size > 0) throw new PatchError([...lines.values()].join('\n'));
}
