/** Which commits between two revisions changed a function. */
import { addTo } from '../base/long_lists.js';
import { functionsOf, type CFunction } from './c_functions.js';
import type { KernelTree } from './kernel_tree.js';
import type { Found } from './lookup.js';
import { gitOutput } from './programs.js';

export interface Commit {
  /** The first twelve digits. */
  readonly id: string;
  readonly subject: string;
}

interface FileChange {
  readonly commit: Commit;
  readonly path: string;
  readonly old: string;
  readonly now: string;
}

/** One line of `git log --raw`: modes, blobs, letter, path. */
const rawLine = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*\t(.+)$/;

/** Changes of the files, commit by commit, the newest first. */
function fileChanges(
  clone: string, range: string, paths: readonly string[],
): readonly FileChange[] {
  const text = gitOutput(clone, ['log', '--no-merges', '--no-renames', '--no-show-signature',
    '--no-notes', '--no-mailmap', '--no-ext-diff', '--no-textconv', '--no-color', '--raw',
    '--no-abbrev', '--format=%H %s', range, '--', ...paths,
  ]).toString('utf8');
  const changes: FileChange[] = [];
  let commit: Commit | undefined;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const raw = rawLine.exec(line);
    if (raw === null) {
      commit = { id: line.slice(0, 12), subject: line.slice(line.indexOf(' ') + 1) };
    } else if (commit !== undefined) {
      changes.push({ commit, old: raw[1] ?? '', now: raw[2] ?? '', path: raw[3] ?? '' });
    }
  }
  return changes;
}

/** Functions of a blob, by name; none of a file that is not there (an id of zeros). */
function readBlob(clone: string, blob: string): ReadonlyMap<string, CFunction> {
  if (/^0+$/.test(blob)) return new Map();
  return functionsOf(gitOutput(clone, ['cat-file', 'blob', blob]).toString('utf8'));
}

type CommitsOf = (...places: readonly (Found | undefined)[]) => readonly Commit[];

/**
 * Commits by function: those after whose commit the function's code is another one. Undefined
 * when the two trees are not revisions of one clone.
 */
export function commitsBetween(
  old: KernelTree, now: KernelTree, places: readonly (Found | undefined)[],
): CommitsOf | undefined {
  if (old.git === undefined || now.git?.clone !== old.git.clone) return undefined;
  const { clone } = old.git;
  const paths = [...new Set(places.flatMap((one) => (one === undefined ? [] : [one.path])))].sort();
  const wanted = new Set(places.map((one) => one?.fn.name));
  const by = new Map<string, Commit[]>();
  // Blobs come in pairs: the old one of a commit is the new one of the commit before.
  const blobs = new Map<string, ReadonlyMap<string, CFunction>>();
  const blobOf = (id: string): ReadonlyMap<string, CFunction> => {
    const functions = blobs.get(id) ?? readBlob(clone, id);
    blobs.set(id, functions);
    return functions;
  };
  for (const { commit, path, old: before, now: after }
    of fileChanges(clone, `${old.git.commit}..${now.git.commit}`, paths)) {
    const [was, is] = [blobOf(before), blobOf(after)];
    blobs.delete(after);
    for (const name of new Set([...was.keys(), ...is.keys()])) {
      if (!wanted.has(name) || was.get(name)?.code === is.get(name)?.code) continue;
      const key = `${path} ${name}`;
      addTo(by, key, commit);
    }
  }
  return (...found) => [...new Map(found.flatMap((one) =>
    (one === undefined ? [] : by.get(`${one.path} ${one.fn.name}`) ?? []))
    .map((commit) => [commit.id, commit] as const)).values()];
}
