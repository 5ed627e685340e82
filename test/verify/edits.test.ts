/** The shortest edits, held against those of the package `diff`, which many projects use. */
import { diffArrays } from 'diff';
import { expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { shortestEdits, type Edit } from '../../src/verify/edits.js';

const MANY = 5000;

function editsOfDiff(ours: readonly number[], theirs: readonly number[], most: number) {
  return diffArrays([...ours], [...theirs], { maxEditLength: most })
    ?.map(({ value, added, removed }): Edit => ({ count: value.length, added, removed }));
}

/** Up to `most` numbers below `letters`. */
function sequence(random: Random, most: number, letters: number): number[] {
  const length = random.between(0, most);
  return Array.from({ length }, () => random.between(0, letters - 1));
}

function pairs(): readonly (readonly [ours: number[], theirs: number[], most: number])[] {
  const random = new Random(1);
  return Array.from({ length: 4000 }, () => {
    const length = random.oneIn(10) ? 120 : 14;
    const letters = random.between(1, 5);
    const ours = sequence(random, length, letters);
    const theirs = random.oneIn(2) ? sequence(random, length, letters)
      : [...ours.filter(() => !random.oneIn(3)), ...sequence(random, 4, letters)];
    return [ours, theirs, random.oneIn(4) ? random.between(1, 9) : MANY] as const;
  });
}

test('they are those that diff finds, and none where it finds too many', () => {
  let given_up = 0;
  for (const [ours, theirs, most] of pairs()) {
    const found = shortestEdits(Int32Array.from(ours), Int32Array.from(theirs), most);
    expect(found, `${ours.join()} against ${theirs.join()}, ${most}`)
      .toEqual(editsOfDiff(ours, theirs, most));
    if (found === undefined) given_up += 1;
  }
  expect(given_up).toBeGreaterThan(100);
});

test('a call that one of them repeats two thousand times is in both once', () => {
  const often = Int32Array.from({ length: 4000 }, (_, index) => index % 2);
  const once = Int32Array.from([0, 1, 2]);
  expect(shortestEdits(often, once, MANY)).toEqual([
    { count: 2, added: false, removed: false }, { count: 3998, added: false, removed: true },
    { count: 1, added: true, removed: false },
  ]);
});
