import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';

const main = `${packageRoot()}dist/src/bench/main.js`;

describe('a short run of the bench', () => {
  it('prints a line for each ratio of reading, whatever the ratios are', () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath, [main, '2000', '1', 'reading'], { encoding: 'utf8' });
    // Programs that it compares with may be missing here.
    expect(stderr.replace(/^.* is not installed: not compared with it\n/gm, '')).toBe('');
    expect([0, 1]).toContain(status);
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) {
      expect(line).toMatch(
        /^(aim|floor|BELOW) +\d+\.\d\d  \(aim [<>]= [\d.]+, floor [<>]= [\d.]+\)  \S/);
    }
    expect(lines.map((line) => line.replace(/^.*\)  /, ''))).toEqual(expect.arrayContaining([
      'generated: trace CSV to columns, times the speed of udsv reading typed rows in chunks',
      '--version, times node -e 0',
    ]));
  });
});
