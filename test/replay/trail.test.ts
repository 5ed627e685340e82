/** What is held equal of two runs is all that there is, or it is said to be a part. */
import { expect, test } from 'vitest';
import { replay } from '../../src/replay/replay.js';
import { differences, trailOf, type Trail } from '../../src/replay/trail.js';
import { readTrace } from '../../src/trace/read.js';

const { trace } = await readTrace('traces/zonelists-S1-xen-grows');

function trailWith(most?: number): Trail {
  const kept = trailOf(new Set(), most);
  replay(trace, { version: 'v7.3', series: [], observers: [kept.observer] });
  return kept.trail();
}

/*
 *   state -> nodes[0..] -> zones[0..]      a hundred thousand objects and more: the rest is not
 *         -> memory_blocks[0..]            looked at
 *
 * Expect: a small machine's state is there whole; of a part nothing is said as of the whole, on
 * whichever side it stands.
 */
test('a part of the state is no whole state', () => {
  const [whole, part] = [trailWith(), trailWith(20)];
  expect([whole.whole, part.whole]).toEqual([true, false]);
  expect(part.state.length).toBeLessThan(whole.state.length);
  expect(differences(whole, trailWith()))
    .toEqual({ functions: [], fields: [], calls: new Map(), whole: true });
  expect([differences(part, whole).whole, differences(whole, part).whole]).toEqual([false, false]);
});
