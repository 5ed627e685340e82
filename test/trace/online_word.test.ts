/** The word that was written to `state` is what zone_for_pfn_range() is asked for. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { onlineWord } from '../../src/trace/kernel_text/tracer/online_type.js';
import { readTrace } from '../../src/trace/read.js';

it('names the words that a shell had in variables, and none for a reader of valid_zones',
  async () => {
    const path = join(packageRoot(), 'traces/recordings/words-unseen-6.1');
    const { trace, unused } = await readTrace(path);
    const onlines = Array.from({ length: trace.length }, (_, row) => trace.row(row))
      .filter(({ event, phase }) => /^online(_kernel|_movable)?$/.test(event) && phase === 'B')
      .map(({ event, pfn = 0, args }) => [event, pfn / 32768, args]);
    expect(onlines).toEqual([
      ['online_kernel', 32, undefined], ['online_movable', 33, undefined],
      ['online', 34, undefined],
      ['online', 33, undefined], ['online_movable', 34, undefined], ['online', 32, undefined],
    ]);
    expect(unused.has('word-written-to-state')).toBe(false);
  });

it.each([
  ['6.1.0-56-amd64', [undefined, 'online', 'online_kernel', 'online_movable']],
  ['5.7.19', [undefined, 'online', 'online_kernel', 'online_movable']],
  ['5.4.0-216-generic', ['online', 'online_kernel', 'online_movable', undefined]],
  ['4.15.0-213-generic', ['online', 'online_kernel', 'online_movable', undefined]],
] as const)('counts as %s counts', (release, words) => {
  const text = (type: number): string => `(zone_for_pfn_range+0x0/0x2c0) online_type=${type}`;
  expect([0, 1, 2, 3].map((type) => onlineWord(text(type), release))).toEqual(words);
});
