import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readScriptWords } from '../../src/base/script_words.js';
import { openStore } from '../../src/batch/store.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-store-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the folder of a cache', () => {
  // Expect: old results are removed, so a folder that has anything else is not taken.
  it.each([
    ['the root', () => '/', /^\/ has \w+, which is no result/],
    ['a link to it', () => {
      symlinkSync('/', join(folder, 'link'));
      return join(folder, 'link');
    }, /link has \w+, which is no result/],
    ['a folder of somebody', () => {
      mkdirSync(join(folder, 'foreign', 'run'), { recursive: true });
      writeFileSync(join(folder, 'foreign', 'a\u202e\nb'), '');
      return join(folder, 'foreign');
    }, /foreign has a\\u202e.*b, which is no result, expected a folder for the cache alone$/],
  ])('%s is refused', (_, path, says) => {
    expect(() => openStore(path())).toThrow(says);
  });

  /*
   *   results/run/ab/01.json.gz   ours, old
   *   results/run/note, results/run/ab/note, results/run/ab/cd/02.json.gz   somebody's
   *
   * Expect: what is removed for its age is a result, whatever else was put there.
   */
  it('loses nothing but results', () => {
    const store = openStore(join(folder, 'results'));
    store.put('run', 'ab01', {});
    const others = ['note', 'ab/note', 'ab/cd/02.json.gz'].map((name) =>
      join(folder, 'results', 'run', name));
    mkdirSync(join(folder, 'results', 'run', 'ab', 'cd'));
    for (const path of others) writeFileSync(path, 'mine');
    store.trim('run', 0);
    expect(store.get('run', 'ab01')).toBeUndefined();
    expect(others.map((path) => readFileSync(path, 'utf8'))).toEqual(['mine', 'mine', 'mine']);
  });
});

// Expect: a word that may be left out is not offered as an empty one.
it('a script lists the words that can be written', () => {
  const answer = readScriptWords({ usage: 'x', most: 1, choices: { 0: ['', 'a', 'b'] } }, ['c']);
  expect(answer).toMatchObject({ status: 2, text: expect.stringContaining('one of a, b;') });
});
