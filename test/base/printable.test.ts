import { expect, test } from 'vitest';
import { harmlessLines } from '../../src/base/printable.js';

test('a line in the log of a CI job is no command to it, whatever a file is called', () => {
  expect(harmlessLines('::error::x\n  ::add-mask::y\na ::b:: c\nzone::list\n:: \n')).toBe(
    '\\u003a:error::x\n  \\u003a:add-mask::y\na ::b:: c\nzone::list\n:: \n');
});
