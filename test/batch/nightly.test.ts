/** The scripts of src/batch/nightly, as somebody would use them who copied them. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { mmreplay, type Ran } from '../cli/command.js';

const root = packageRoot();
const traces = ['traces/zonelists-S2-dimm', 'traces/zonelists-S8-veto', 'traces/zonelists-none'];
const few = ['-p', 'base', '-p', 'zonelists/populated_zone'];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function script(words: readonly string[], program = 'main.js'): Ran {
  const { status, stdout, stderr } = spawnSync('sh', words, { cwd: root, encoding: 'utf8',
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'),
      MMREPLAY: `${process.execPath} ${join(root, 'dist/src', program)}` } });
  return { status, stdout, stderr };
}

/** Expect: the first night sets the mark, the second finds it, a policy that changes moves it. */
test('a night is held against the one before', () => {
  const place = join(folder, 'night');
  const night = (...words: readonly string[]): Ran =>
    script(['src/batch/nightly/nightly.sh', place, ...traces.slice(0, 2), ...words]);
  expect(night(...few)).toEqual(
    { status: 0, stdout: '', stderr: 'resumed: 0 of 2 traces were done before\n' });
  const second = night(...few);
  expect(second.status).toBe(0);
  expect(second.stderr).toBe('resumed: 2 of 2 traces were done before\nNothing changed.\n');
  expect(readFileSync(join(place, 'report.xml'), 'utf8')).toContain('<testsuites>');
  const other = night(...few, '--base', 'v4.13');
  expect([other.status, existsSync(join(place, 'now.gz'))]).toEqual([1, false]);
});

/** Expect: a trace in trouble is in the results; a machine that is lost is a failed job. */
test('shards of several jobs are what one would have written', () => {
  const at = (name: string): string => join(folder, name);
  const shard = (one: string, program?: string): number | null =>
    script(['src/batch/nightly/shard.sh', `${one}/2`, at(`${one}.gz`), ...traces, ...few],
      program).status;
  expect([shard('1'), shard('2', 'not_there.js'), shard('2')]).toEqual([0, 1, 0]);
  mmreplay(['merge', at('1.gz'), at('2.gz'), '--results', at('all.gz')]);
  mmreplay(['run', ...traces, ...few, '-q', '--no-cache', '--results', at('one.gz')]);
  expect(readFileSync(at('all.gz')).equals(readFileSync(at('one.gz')))).toBe(true);
});
