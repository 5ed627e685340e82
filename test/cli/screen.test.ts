import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { mmreplay } from './command.js';

const trace = join(packageRoot(), 'traces/zonelists-S1-xen-grows');
const words = ['run', trace, '--short'];

/** What a terminal of this size gets. */
function onTerminal(
  { columns, rows }: { columns: number; rows: number }, more: readonly string[],
  env: Readonly<Record<string, string>>,
): string {
  const program = join(packageRoot(), 'dist/src/main.js');
  const command = [process.execPath, program, ...words, ...more].join(' ');
  const { stdout } = spawnSync(
    'script', ['-qec', `stty cols ${columns} rows ${rows}; ${command}`, '/dev/null'],
    { encoding: 'utf8', env: { ...process.env, TERM: 'xterm', NO_COLOR: '', ...env } });
  return stdout.replaceAll('\r\n', '\n');
}

describe('a report on a screen', () => {
  const plain = mmreplay(words).stdout;

  test('into a pipe there is no colour, unless it is asked for; the text is the same', () => {
    expect(plain).not.toContain('\x1b');
    const { stdout } = mmreplay([...words, '--color', 'always']);
    expect(stdout).toMatch(/\x1b\[32mfixed by\x1b\[39m/);
    expect(stdout).toMatch(/\x1b\[31mbase v5\.17\x1b\[39m/);
    expect(stripVTControlCharacters(stdout)).toBe(plain);
  });

  test('a word that is no choice is refused', () => {
    const { status, stderr } = mmreplay([...words, '--color', 'alway']);
    expect(status).toBe(2);
    expect(stderr).toContain('did you mean always?');
  });

  const terminal = spawnSync('script', ['--version']).status === 0;
  test.skipIf(!terminal)('on a terminal (by script(1)): its width, and colour', () => {
    const wide = onTerminal({ columns: 98, rows: 50 }, [], {});
    expect(wide).toContain('\x1b[32mfixed by');
    const lengths = stripVTControlCharacters(wide).split('\n').map((line) => line.length);
    expect(Math.max(...lengths)).toBeGreaterThan(80);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(98);
    expect(onTerminal({ columns: 72, rows: 50 }, [], { NO_COLOR: '1' })).toBe(plain);
  });

  test.skipIf(!terminal)('what is longer than the screen goes to the pager', () => {
    const few = { columns: 72, rows: 5 };
    // A pager that is left after two lines, as one leaves less.
    const paged = onTerminal(few, ['--color', 'never'], { PAGER: 'head -n 2' });
    expect(paged).toBe(plain.split('\n').slice(0, 2).map((line) => `${line}\n`).join(''));
    const whole = onTerminal(few, ['--color', 'never', '--no-pager'], { PAGER: 'head -n 2' });
    expect(whole).toBe(plain);
  });
});
