/** A kernel's sources, wherever they are: unpacked, in a tarball, a revision of a git clone. */
import { spawnSync } from 'node:child_process';
import {
  existsSync, readdirSync, readFileSync, realpathSync, rmSync, statSync,
} from 'node:fs';
import { join, posix, resolve, sep } from 'node:path';
import { reasonOf, UsageError } from '../base/errors.js';
import { temporaryFolder } from '../base/partial.js';
import { printable } from '../base/printable.js';
import { checkRegular, isRegular } from '../base/read_file.js';
import { commitOf, gitOutput, MOST_BYTES } from './programs.js';

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
/** Most bytes of a C file of the folders that are read: many times those of the kernel's. */
const MOST_OF_FILE = 2 ** 23;
/** Most C files right in one of them, likewise. */
const MOST_FILES = 2 ** 12;

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

/** Text of a file below the folder; a link may not lead out of it. Error: UsageError. */
function textBelow(folder: string, path: string): string | undefined {
  const file = join(folder, path);
  if (!existsSync(file)) return undefined;
  try {
    checkRegular(file);
    if (!realpathSync(file).startsWith(`${realpathSync(folder)}${sep}`)) {
      throw new Error('leads out of the tree, expected a file of it');
    }
    const { size } = statSync(file);
    if (size > MOST_OF_FILE) {
      throw new Error(`has ${size} bytes, expected ${MOST_OF_FILE} at most`);
    }
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: cannot be read: ${reasonOf(error as Error)}`);
  }
}

function folderTree(source: string, folder: string): KernelTree {
  const read = (path: string): string | undefined => textBelow(folder, path);
  const isFolder = (path: string): boolean =>
    statSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory() === true;
  const list = (path: string): readonly string[] => {
    const names = (isFolder(path) ? readdirSync(join(folder, path)) : []).filter(isC);
    if (names.length > MOST_FILES) {
      throw new UsageError(`${source}: no kernel tree: ${path} has ${names.length} C files, ` +
        `expected ${MOST_FILES} at most`);
    }
    return names.sort().map((name) => `${path}/${name}`);
  };
  return { source, version: versionOf(source, read('Makefile')), git: undefined, read, list };
}

/** Unpacked bytes of a tarball: twice those of the kernel's. */
const MOST_OF_TARBALL = 3 * 2 ** 30;
/** Those of one of tar's records, and how long it may take, in ms. */
const RECORD = 10_240;
const LONGEST = 300_000;

/** What tar says of a folder that the tarball does not have; a damaged one has other words. */
const notThere = /: Not found in archive$|^tar: Exiting with failure status/;

/**
 * Nothing but the Makefile and the folders' C files is unpacked, into a folder of this run, and of
 * what has no end nothing. Error: UsageError.
 */
function tarballTree(source: string, folders: readonly string[], most: number): KernelTree {
  const place = temporaryFolder('drift');
  process.once('exit', () => rmSync(place, { recursive: true, force: true }));
  // A pattern's star stops at a slash: selftests have folders of these names too.
  // A name with a colon is no other machine's.
  const { status, signal, stderr, error } = spawnSync('tar', [
    '--force-local', '-xf', source, '-C', place, '--no-same-owner',
    `--checkpoint=${Math.ceil(most / RECORD)}`, '--checkpoint-action=exec=kill $PPID',
    '--wildcards', '--no-wildcards-match-slash', '*/Makefile',
    ...folders.flatMap((folder) => [`*/${folder}/*.c`, `*/${folder}/*.h`]),
  ], { encoding: 'utf8', maxBuffer: MOST_BYTES, timeout: LONGEST });
  if (signal !== null) {
    throw new UsageError(`${source}: no tarball of a kernel: it has more than ${most} bytes when `
      + `it is unpacked, or takes more than ${LONGEST / 1000} s`);
  }
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
  const bytes = gitOutput(clone, ['cat-file', '--batch'],
    paths.map((path) => `${commit}:${path}\n`).join(''));
  const texts = new Map<string, string>();
  let at = 0;
  for (const path of paths) {
    const end = bytes.indexOf('\n', at);
    const said = bytes.toString('utf8', at, end);
    if (said.endsWith(' missing')) {
      throw new UsageError(printable(`${clone} has not the text of ${commit}:${path}, expected a ` +
        'clone with all of it (`git fetch --refetch`)'));
    }
    const size = Number(/ blob (\d+)$/.exec(said)?.[1] ?? NaN);
    at = end + 1;
    if (Number.isNaN(size)) continue;
    texts.set(path, bytes.toString('utf8', at, at + size));
    at += size + 1;
  }
  return texts;
}

function gitTree(source: string, clone: string, commit: string): KernelTree {
  const paths = gitOutput(clone, ['ls-tree', '-r', '-z', '--name-only', commit])
    // Paths are asked for one a line.
    .toString('utf8').split('\0').filter((path) => !path.includes('\n'));
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
export function openTree(
  source: string, clone: string, folders: readonly string[], most = MOST_OF_TARBALL,
): KernelTree {
  if (existsSync(source)) {
    if (statSync(source).isDirectory()) return folderTree(source, resolve(source));
    if (isRegular(source)) return tarballTree(source, folders, most);
    throw new UsageError(`${source}: cannot be read: is no regular file, expected a tarball`);
  }
  let commit: string;
  try {
    commit = commitOf(clone, source);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${source} is no folder, no tarball and no revision of ${clone} ` +
      `(${error.message}); expected the sources of a kernel, or --git CLONE and a revision of it`);
  }
  return gitTree(source, clone, commit);
}
