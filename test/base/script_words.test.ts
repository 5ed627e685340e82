import { describe, expect, it } from 'vitest';
import { readScriptWords, type Script } from '../../src/base/script_words.js';

const script: Script = {
  usage: 'npm run try -- [--seed N] [SIZE [PART]]\n  SIZE   a number', most: 2,
  options: { seed: { type: 'string', default: '7' } }, numbers: ['seed', 0],
  choices: { 1: ['one', 'two'] },
};

describe('words behind `npm run try --`', () => {
  it('are read', () => {
    // Expect: what was given, and the default of what was not.
    expect(readScriptWords(script, ['5', 'two'])).toMatchObject(
      { values: { seed: '7' }, words: ['5', 'two'] });
    expect(readScriptWords(script, ['--seed=3'])).toMatchObject({ values: { seed: '3' } });
  });

  it.each([['--help'], ['-h'], ['5', '--help'], ['x', 'y', 'z', '--help']])(
    '%s %s asks for the usage', (...given) => {
      // Expect: all lines of it, status 0, whatever else stands there.
      expect(readScriptWords(script, given)).toEqual(
        { text: `usage: ${script.usage}\n`, status: 0 });
    });

  it.each([
    [['--sed', '5'], "Unknown option '--sed'"], [['--seed'], "Option '--seed <value>' argument"],
    [['--seed', 'x'], '--seed x: expected a whole number'], [['1e3'], '1e3: expected a whole'],
    [['-5'], "Unknown option '-5'"], [['1', 'six'], 'six: expected one of one, two'],
    [['1', 'one', '\u001b[31m'], 'nothing is expected at \\u001b[31m'],
  ])('%j are wrong', (given, message) => {
    // Expect: one line with the first line of the usage, status 2; nothing raw in it.
    const answer = readScriptWords(script, given);
    expect(answer).toMatchObject({ status: 2, text: expect.stringContaining(message) });
    expect((answer as { text: string }).text.match(/\n/g)).toHaveLength(1);
    expect((answer as { text: string }).text).toContain('usage: npm run try');
  });
});
