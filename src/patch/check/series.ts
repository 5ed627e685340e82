/** What is checked of the policies of a command line together, before anything runs. */
import { didYouMean } from '../../base/closest.js';
import { PatchError } from '../../base/errors.js';
import { policyFiles } from '../catalogue.js';
import type { Patch } from '../define.js';
import type { Series } from '../series.js';
import { unfilledFrames } from './frames.js';
import { placeIn, sourceOf } from './source.js';

function place(patch: Patch, words: readonly string[]): string {
  const path = sourceOf(patch);
  return path === undefined ? patch.id : placeIn(path, words);
}

/** Two runs of one name could not be told apart: the second must not be dropped. */
function sameIds(series: readonly Series[]): readonly string[] {
  const seen = new Map<string, Patch>();
  return series.flatMap(({ patches }) => patches).flatMap((patch) => {
    const other = seen.get(patch.id);
    seen.set(patch.id, patch);
    const [mine, theirs] = [sourceOf(patch), other === undefined ? undefined : sourceOf(other)];
    if (other === undefined || mine === theirs) return [];
    const file = mine ?? theirs ?? '';
    const first = (file === mine ? theirs : mine) ?? 'the one of the tree';
    return [`${placeIn(file, ['id'])}: two policies with the id ${patch.id}: this one and ` +
      `${first}\n  give this one another id`];
  });
}

/** Frames of a skeleton, when there is nothing else in the policy. */
function unfilled(patch: Patch): readonly string[] {
  const all = [patch.replaces, patch.wraps, patch.substitutes, patch.around, patch.config]
    .reduce((sum, part) => sum + Object.keys(part ?? {}).length, 0);
  if (all === 0) {
    return [`${place(patch, ['export', 'default'])}: the policy changes nothing\n` +
      '  write replaces, wraps, substitutes or config: policies/README.md shows each'];
  }
  const frames = unfilledFrames(patch);
  return frames.length < all ? [] : frames.map(({ verb, fn }) =>
    `${place(patch, [verb, fn])}: ${verb}.${fn} does what the kernel does: ` +
      'nobody filled in this frame');
}

/** `Z1`, or what a probe sees: `node 1 = ...`. */
function unknownClaims(patch: Patch, invariants: readonly string[]): readonly string[] {
  const own = (patch.expects ?? []).map(({ name }) => name);
  const known = [...invariants, ...own];
  const unknown = (list: string, names: readonly string[]): readonly string[] =>
    names.filter((name) => !known.includes(name)).map((name) =>
      `${place(patch, [list, name])}: there is no invariant ${name}` +
        `${didYouMean(name, invariants)}\n  \`mmreplay list invariants\` names them all`);
  const claimed = (patch.claims ?? []).map(({ holds }) => holds);
  return [...unknown('claims', claimed.filter((holds) => !holds.includes(' = '))),
    ...unknown('intends', (patch.intends ?? []).map(({ breaks }) => breaks))];
}

/** A name that says another thing already: a shipped invariant's, or another policy's. */
function takenNames(patches: readonly Patch[], invariants: readonly string[]): readonly string[] {
  const seen = new Map<string, Patch>();
  return patches.flatMap((patch) => (patch.expects ?? []).flatMap(({ name }) => {
    const other = seen.get(name);
    seen.set(name, patch);
    if (other === undefined && !invariants.includes(name)) return [];
    const whose = other === undefined ? 'an invariant' : `an expectation of ${other.id}`;
    return [`${place(patch, ['expects', name])}: there is ${whose} that is called ${name}\n` +
      '  give this one another name'];
  }));
}

/** Neighbours in the order of a series that are nowhere: it would be in no order with anything. */
function unknownNeighbours(patch: Patch, given: readonly string[]): readonly string[] {
  const shipped = policyFiles().map(({ id }) => id);
  const known = new Set([...shipped, ...given]);
  const questions = new Set(shipped.map((id) => id.split('/')[0]));
  // What is in a question of the user's own may be in another series.
  return (['after', 'excludes'] as const).flatMap((list) => (patch[list] ?? [])
    .filter((id) => !known.has(id) && questions.has(id.split('/')[0]))
    .map((id) => `${place(patch, [list, id])}: there is no policy ${id}` +
      `${didYouMean(id, shipped)}\n  \`mmreplay list policies\` names them all`));
}

/**
 * Errors: PatchError with every policy of the user that says nothing yet, that claims an invariant
 * which is not there, or that has the id of another one.
 */
export function checkUserPolicies(series: readonly Series[], invariants: readonly string[]): void {
  const own = new Set(series.flatMap(({ patches }) => patches)
    .filter((patch) => sourceOf(patch) !== undefined));
  const given = series.flatMap(({ patches }) => patches.map(({ id }) => id));
  const problems = [
    ...sameIds(series), ...takenNames([...own], invariants),
    ...[...own].flatMap((patch) => [...unfilled(patch), ...unknownClaims(patch, invariants),
      ...unknownNeighbours(patch, given)]),
  ];
  if (problems.length > 0) throw new PatchError([...new Set(problems)].join('\n'));
}
