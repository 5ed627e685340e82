import { expect, test } from 'vitest';
import { notKept, type Counted } from '../../src/linux/base/not_kept.js';
import { keptText } from '../../src/observe/result_text.js';

interface Line extends Counted { readonly text: string }

const texts = (list: readonly Line[]): readonly string[] =>
  list.map((one) => keptText(one, 'lines'));

test('a list that is full says how many it has no room for', () => {
  const list: Line[] = [1, 2, 3].map((line) => ({ text: `line ${line}` }));
  for (let line = 4; line <= 7; line += 1) notKept(list, { text: `line ${line}` });
  // Expect: lines 3 to 7, since the last place is taken for this.
  expect(texts(list)).toEqual(['line 1', 'line 2',
    '5 more lines of this step are not kept, and none of later steps']);
});

test('a line that begins like that is one line', () => {
  const text = '5 more lines of this step are not kept, and none of later steps';
  const list: Line[] = [{ text }];
  expect(texts(list)).toEqual([text]);
  notKept(list, { text: 'another' });
  expect(texts(list)).toEqual([
    '2 more lines of this step are not kept, and none of later steps']);
});
