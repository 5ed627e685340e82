import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellPath, shellWord } from '../../src/base/words.js';

test('a shell gives back the words that a report prints', () => {
  // Expect: a command that is pasted runs on the file that was meant, whatever its name has.
  const words = ['a/b-1.csv.gz', 'DEBUG_VM=y', 'x y', "it's", '$HOME', '*', 'é', '',
    "Größe 100%\\ 'x' 雪", '\u001b[31m\u202e', '\u2028a\nb', '-rf.csv'];
  const shown = words.map(shellPath).join(' ');
  expect(shown).toMatch(/^a\/b-1\.csv\.gz DEBUG_VM=y 'x y' /);
  const said = execFileSync('sh', ['-c', `printf '%s\\n' ${shown}`], { encoding: 'utf8' });
  expect(said).toBe(`${words.slice(0, -1).join('\n')}\n./-rf.csv\n`);
  // Nothing that a mail or a terminal changes.
  expect(shown).toMatch(/^[ -~]*$/);
  expect([shellWord('-p'), shellPath('-p')]).toEqual(['-p', './-p']);
});
