/** What `-p a+b` means: policies of the tree and files of the user, in the order they apply. */
import { PatchError, UsageError } from '../base/errors.js';
import { loadPolicy } from './catalogue.js';
import { sourceOf } from './check/source.js';
import { checkSeries } from './conflicts.js';
import type { Patch } from './define.js';
import { isPolicyPath, loadPolicyFile } from './load.js';

export interface Series {
  /** Ids of what was named, joined by `+` in the order of application; `base` for no patch. */
  readonly id: string;
  readonly patches: readonly Patch[];
  /** What `-p` needs to be given to get this series again. */
  readonly argument: string;
}

/** The kernel as released: no patch. */
export const baseSeries: Series = { id: 'base', patches: [], argument: 'base' };

/** The same policies of the same files in the same order. */
export function isSameSeries(a: Series, b: Series): boolean {
  const files = ({ id, patches }: Series): string =>
    [id, ...patches.map((patch) => `${patch.id} ${sourceOf(patch) ?? ''}`)].join('\n');
  return files(a) === files(b);
}

/** In the given order, but each after the patches that it says it comes after. */
function ordered(patches: readonly Patch[]): readonly Patch[] {
  const placed: Patch[] = [];
  const place = (patch: Patch, path: readonly string[]): void => {
    if (placed.includes(patch)) return;
    if (path.includes(patch.id)) {
      const loop = [...path.slice(path.indexOf(patch.id)), patch.id].join(' after ');
      throw new PatchError(`these patches cannot be put in order: ${loop}`);
    }
    for (const id of [...patch.after ?? [], ...patch.requires ?? []]) {
      const earlier = patches.find((one) => one.id === id);
      if (earlier !== undefined) place(earlier, [...path, patch.id]);
    }
    placed.push(patch);
  };
  for (const patch of patches) place(patch, []);
  return placed;
}

async function loadOne(word: string): Promise<Patch> {
  return isPolicyPath(word) ? loadPolicyFile(word) : loadPolicy(word);
}

/** With what each of them is a later patch to. */
async function withRequired(patches: readonly Patch[]): Promise<readonly Patch[]> {
  const found = [...patches];
  for (const patch of found) {
    for (const id of patch.requires ?? []) {
      if (!found.some((one) => one.id === id)) found.push(await loadPolicy(id));
    }
  }
  return found;
}

/**
 * The series that `-p` names: `base`, an id, a path, or several joined by `+`.
 * Errors: UsageError for an empty part; PatchError for an unknown id, a file that does not load,
 * and patches that come after each other in a circle. Clashes: see `checkSeries`.
 */
export async function parseSeries(argument: string): Promise<Series> {
  if (argument === 'base') return baseSeries;
  const words = argument.split('+');
  if (words.includes('')) {
    throw new UsageError(`-p ${argument}: a policy is missing beside a +`);
  }
  const named = await Promise.all(words.map(loadOne));
  const patches = ordered(await withRequired(named));
  const ids = patches.filter((patch) => named.includes(patch)).map((patch) => patch.id);
  return { id: ids.join('+'), patches, argument };
}

/** All series of a command line, checked against the version they are to run on. */
export async function parseAllSeries(
  given: readonly string[], version?: string,
): Promise<readonly Series[]> {
  const all: Series[] = [];
  for (const argument of given) all.push(await parseSeries(argument));
  if (version !== undefined) for (const { patches } of all) checkSeries(version, patches);
  return all;
}
