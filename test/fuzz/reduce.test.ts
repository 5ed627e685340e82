import { expect, test } from 'vitest';
import { reduced } from '../../src/fuzz/reduce.js';

test('what shows it is left, and nothing else: lines first, then bytes', async () => {
  const text = Array.from({ length: 100 }, (_, line) => `line ${line}\n`).join('');
  let tries = 0;
  const small = await reduced(Buffer.from(text), async (content) => {
    tries += 1;
    return /7\n[^]*4/.test(content.toString());
  });
  expect(small.toString()).toBe('7\n4');
  expect(tries).toBeLessThan(400);
});

test('an input that nothing can be left out of stays', async () => {
  const text = Buffer.from('a\nb\n');
  expect((await reduced(text, async (content) => content.length === text.length)).toString())
    .toBe('a\nb\n');
});
