/** A kernel's sources, wherever they are: unpacked, in a tarball, a revision of a git clone. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { reasonOf, UsageError } from '../base/errors.js';
import { temporaryFolder } from '../base/partial.js';
import { printable } from '../base/printable.js';

export interface KernelTree {
  /** As it was named. */
  readonly source: string;
  /** Of its Makefile: `7.3.4`. */
  readonly version: string;
  /** The clone and its commit, when it is a revision. */
  readonly git: { readonly clone: string; readonly commit: string } | undefined;
  /** Text of a file by its path; undefined: there is none. */
  readonly read: (path: string) => string | undefined;
  /** Paths of the C files and headers right in a folder, by name. */
  readonly list: (folder: string) => readonly string[];
}

const isC = (name: string): boolean => /\.[ch]$/.test(name);
/** Most bytes that a program of the system may answer with. */
const MOST_BYTES = 2 ** 30;

/** `7.3.4` of the four lines at the top of a kernel's Makefile. */
function versionOf(source: string, makefile: string | undefined): string {
  const value = (name: string): string | undefined =>
    new RegExp(`^${name} *= *([\\w.-]*)`, 'm').exec(makefile ?? '')?.[1];
  const [major, minor, stable] = [value('VERSION'), value('PATCHLEVEL'), value('SUBLEVEL')];
  if (!/^\d+$/.test(major ?? '') || !/^\d+$/.test(minor ?? '')) {
    throw new UsageError(`${source}: no kernel tree: its Makefile should say VERSION = and ` +
      'PATCHLEVEL =');
  }
  return `${major}.${minor}${stable === undefined || stable === '0' ? '' : `.${stable}`}` +
    (value('EXTRAVERSION') ?? '');
}

function folderTree(source: string, folder: string): KernelTree {
  const read = (path: string): string | undefined => {
    const file = join(folder, path);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
  };
  return {
    source, version: versionOf(source, read('Makefile')), git: undefined, read,
    list: (path) => (existsSync(join(folder, path)) ? readdirSync(join(folder, path)) : [])
      .filter(isC).sort().map((name) => `${path}/${name}`),
  };
}

/** A program of the system, its output; its own words when it fails. */
export function output(
  command: string, args: readonly string[], input?: string,
): Buffer {
  try {
    return execFileSync(command, args, {
      input: input ?? '', maxBuffer: MOST_BYTES, stdio: ['pipe', 'pipe', 'pipe'] });
  } catch (error) {
    const { stderr, message, code } = error as Error & { stderr?: Buffer; code?: string };
    const said = stderr?.toString('utf8').trim().split('\n').at(-1) ?? '';
    throw new UsageError(code === 'ENOENT' ? `${command} is not installed`
      : printable(`${command}: ${said === '' ? message : said}`));
  }
}

/** What tar says of a folder that the tarball does not have; a damaged one has other words. */
const notThere = /: Not found in archive$|^tar: Exiting with failure status/;

/** Nothing but the Makefile and the folders' C files is unpacked, into a folder of this run. */
function tarballTree(source: string, folders: readonly string[]): KernelTree {
  const place = temporaryFolder('drift');
  process.once('exit', () => rmSync(place, { recursive: true, force: true }));
  // A pattern's star stops at a slash: selftests have folders of these names too.
  const { status, stderr, error } = spawnSync('tar', [
    '-xf', source, '-C', place, '--no-same-owner', '--wildcards', '--no-wildcards-match-slash',
    '*/Makefile', ...folders.flatMap((folder) => [`*/${folder}/*.c`, `*/${folder}/*.h`]),
  ], { encoding: 'utf8', maxBuffer: MOST_BYTES });
  if (error !== undefined) throw new UsageError(`tar: ${reasonOf(error)}`);
  const wrong = stderr.trim().split('\n').find((line) => line !== '' && !notThere.test(line));
  const [top] = readdirSync(place);
  if ((status !== 0 && wrong !== undefined) || top === undefined) {
    throw new UsageError(`${source}: no tarball of a kernel` +
      `${wrong === undefined ? '' : ` (${printable(wrong)})`}`);
  }
  return folderTree(source, join(place, top));
}

/** Texts of many files of a commit: one program for all of them. */
function gitTexts(
  clone: string, commit: string, paths: readonly string[],
): ReadonlyMap<string, string> {
  const bytes = output('git', ['-C', clone, 'cat-file', '--batch'],
    paths.map((path) => `${commit}:${path}\n`).join(''));
  const texts = new Map<string, string>();
  let at = 0;
  for (const path of paths) {
    const end = bytes.indexOf('\n', at);
    const size = Number(/ blob (\d+)$/.exec(bytes.toString('utf8', at, end))?.[1] ?? NaN);
    at = end + 1;
    if (Number.isNaN(size)) continue;
    texts.set(path, bytes.toString('utf8', at, at + size));
    at += size + 1;
  }
  return texts;
}

function gitTree(source: string, clone: string, commit: string): KernelTree {
  const paths = output('git', ['-C', clone, 'ls-tree', '-r', '-z', '--name-only', commit])
    .toString('utf8').split('\0');
  const all = new Set(paths);
  const texts = new Map<string, string>();
  const load = (wanted: readonly string[]): void => {
    const missing = wanted.filter((path) => all.has(path) && !texts.has(path));
    if (missing.length === 0) return;
    for (const [path, text] of gitTexts(clone, commit, missing)) texts.set(path, text);
  };
  const read = (path: string): string | undefined => {
    load([path]);
    return texts.get(path);
  };
  return {
    source, version: versionOf(source, read('Makefile')), git: { clone, commit }, read,
    list: (folder) => {
      const mine = paths.filter((path) => isC(path) && posix.dirname(path) === folder).sort();
      load(mine);
      return mine;
    },
  };
}

/**
 * What OLD or NEW names: a folder, a tarball, else a revision of the clone. Of a tarball the
 * `folders` are unpacked. Error: UsageError.
 */
export function openTree(source: string, clone: string, folders: readonly string[]): KernelTree {
  if (existsSync(source)) {
    return statSync(source).isDirectory() ? folderTree(source, resolve(source))
      : tarballTree(source, folders);
  }
  try {
    const commit = output('git', ['-C', clone, 'rev-parse', '--verify', '--quiet',
      '--end-of-options', `${source}^{commit}`]).toString('utf8').trim();
    return gitTree(source, clone, commit);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${source} is no folder, no tarball and no revision of ${clone}; ` +
      'expected the sources of a kernel, or --git CLONE and a revision of it');
  }
}
