import { expect, test } from 'vitest';
import { keepUpTo } from '../../src/linux/base/kept.js';

test('a list that is full says how many it has no room for', () => {
  const list: { readonly text: string }[] = [];
  for (let line = 1; line <= 3; line += 1) keepUpTo(list, 3, { text: `line ${line}` }, 'lines');
  expect(list.map(({ text }) => text)).toEqual(['line 1', 'line 2', 'line 3']);
  for (let line = 4; line <= 7; line += 1) keepUpTo(list, 3, { text: `line ${line}` }, 'lines');
  // Expect: lines 3 to 7, since the last place is taken for this.
  expect(list.map(({ text }) => text)).toEqual(['line 1', 'line 2',
    '5 more lines of this step are not kept, and none of later steps']);
});
