import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/base/words.js';

test('a shell gives back the words that a report prints', () => {
  // Expect: a command that is pasted runs on the file that was meant, whatever its name has.
  const words = ['a/b-1.csv.gz', 'DEBUG_VM=y', 'x y', "it's", '$HOME', '*', 'é', ''];
  const shown = words.map(shellWord).join(' ');
  expect(shown).toMatch(/^a\/b-1\.csv\.gz DEBUG_VM=y 'x y' /);
  const said = execFileSync('sh', ['-c', `printf '%s\\n' ${shown}`], { encoding: 'utf8' });
  expect(said).toBe(`${words.join('\n')}\n`);
});
