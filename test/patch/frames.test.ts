import { describe, expect, test } from 'vitest';
import { loadPolicy } from '../../src/patch/catalogue.js';
import { unfilledFrames } from '../../src/patch/check/frames.js';

/*
 *   policy:  init_unavailable_mem() and memmap_init() as v5.10 has them
 *   v5.10:   the same text: nothing is changed
 *   v6.1:    memmap_init() fills the holes: another text, which the policy takes back
 *
 * Expect: a body is an empty frame on the version that has it, and on no other.
 */
describe('a policy that is what an older kernel did', () => {
  test.each([
    ['v5.10', ['init_unavailable_mem', 'memmap_init']],
    ['v6.1', []],
    ['v7.3', []],
  ])('on %s has the empty frames %j', async (version, expected) => {
    const policy = await loadPolicy('memmap_holes/spans_over_node0');
    expect(unfilledFrames(policy, version).map(({ fn }) => fn)).toEqual(expected);
  });
});
