import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

// A copy, because nobody may look into the folder that the tree is in.
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-script-'));
chmodSync(folder, 0o755);
const script = join(folder, 'record.sh');
copyFileSync(fileURLToPath(new URL('../../src/record/record.sh', import.meta.url)), script);
afterAll(() => rmSync(folder, { recursive: true }));

const shells = [['dash'], ['bash', '--posix'], ['busybox', 'sh']] as const;
const installed = (shell: readonly string[]): boolean =>
  spawnSync(shell[0] as string, [...shell.slice(1), '-c', 'exit 0']).status === 0;

interface Ran { readonly status: number | null; readonly stderr: string }

function run(shell: readonly string[], args: readonly string[], uid?: number): Ran {
  const { status, stderr } = spawnSync(shell[0] as string, [...shell.slice(1), script, ...args],
    { encoding: 'utf8', cwd: '/', ...(uid === undefined ? {} : { uid }) });
  return { status, stderr };
}

const cases = shells.map((words) => [words.join(' '), words] as const);

describe.each(cases)('record.sh in %s', (name, words) => {
  const missing = !installed(words);
  const why = missing ? ` (skipped: no ${name} installed)` : '';

  it.skipIf(missing)(`is understood${why}`, () => {
    expect(run([...words, '-n'], [])).toEqual({ status: 0, stderr: '' });
  });

  it.skipIf(missing)(`says what is wrong with its arguments, with status 2${why}`, () => {
    for (const [args, message] of [
      [['-l', 'all'], '-l all: expected hotplug or page'],
      [['-b', '12k'], '-b 12k: expected a number greater than 0'],
      [['-d', '0'], '-d 0: expected a number greater than 0'],
      [['-n', 'a/b'], '-n a/b: expected a file name'],
      [['-o', ''], '-o: expected the archive to write'],
      [['-d', '1', '--', 'true'], '-d 1 and a command: expected one of them'],
      [['sleep', '1'], 'what is sleep? expected begin, mark,'],
      [['begin'], 'begin needs the folder of the recording'],
    ] as const) {
      const { status, stderr } = run(words, args);
      expect(stderr).toContain(`record.sh: ${message}`);
      expect(status).toBe(2);
    }
  });

  const noRoot = process.getuid?.() !== 0;
  it.skipIf(missing || noRoot)(
    `runs as root only and says so${why}${noRoot ? ' (skipped: only root can become nobody)' : ''}`,
    () => {
      const { status, stderr } = run(words, ['--', 'true'], 65534);
      expect(stderr).toBe('record.sh: runs as root only: tracefs belongs to root\n');
      expect(status).toBe(1);
    });
});
