import { expect, test } from 'vitest';
import { notKept } from '../../src/linux/base/not_kept.js';

test('a list that is full says how many it has no room for', () => {
  const list = [1, 2, 3].map((line) => ({ text: `line ${line}` }));
  for (let line = 4; line <= 7; line += 1) notKept(list, { text: `line ${line}` }, 'lines');
  // Expect: lines 3 to 7, since the last place is taken for this.
  expect(list.map(({ text }) => text)).toEqual(['line 1', 'line 2',
    '5 more lines of this step are not kept, and none of later steps']);
});

test('a line that begins like that is one line', () => {
  const list = [{ text: '7 more pages are free' }];
  notKept(list, { text: 'another' }, 'lines');
  expect(list.map(({ text }) => text)).toEqual([
    '2 more lines of this step are not kept, and none of later steps']);
});
