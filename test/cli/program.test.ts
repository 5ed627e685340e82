import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { findTraces } from '../../src/cli/program/find_traces.js';
import { versions } from '../../src/linux/history/versions.js';
import { mmreplay } from './command.js';

test.each(['--version', '-V'])('%s names the package, the model and Node', (option) => {
  const { version } = JSON.parse(readFileSync(`${packageRoot()}package.json`, 'utf8'));
  expect(mmreplay([option])).toEqual({
    status: 0, stderr: '',
    stdout: `mmreplay ${version}, models Linux ${versions[0]?.id}, Node ${process.version}\n`,
  });
});

test('--version does not load the command line parser', () => {
  const { stderr } = spawnSync(process.execPath, ['dist/src/main.js', '--version'], {
    cwd: packageRoot(), encoding: 'utf8', env: { ...process.env, NODE_DEBUG: 'esm,module' } });
  expect(stderr).not.toContain('yargs');
});

test('--help names every command of the folder', () => {
  const { status, stdout, stderr } = mmreplay(['--help']);
  expect([status, stderr]).toEqual([0, '']);
  const names = readdirSync(`${packageRoot()}src/cli`)
    .filter((name) => name.endsWith('.ts')).map((name) => name.replace('.ts', ''));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect(stdout).toMatch(new RegExp(`^  mmreplay ${name}\\b`, 'm'));
});

test.each([
  [['list', 'policy'], 'error: what is "policy", expected "policies", "events", "versions", '
    + '"questions", "switches", '
    + '"functions", "invariants", "probes", "observed", "importers", "reports", "traces"; did you '
    + 'mean policies?\n  `mmreplay list --help` shows what can be said\n'],
  [['list', 'events', '--jsn'],
    'error: unknown option --jsn; did you mean --json?\n  `mmreplay list --help` shows what can '
    + 'be said\n'],
  [['--versoin'], 'error: unknown option --versoin; did you mean --version?\n'
    + '  `mmreplay --help` shows what can be said\n'],
  [['list', 'events', 'b'],
    'error: nothing is expected at b\n  `mmreplay list --help` shows what can be said\n'],
])('what is wrong with %j is said on stderr, with status 2', (args, message) => {
  expect(mmreplay(args)).toEqual({ status: 2, stdout: '', stderr: message });
});

/** Expect: no option, whatever it begins with; what it begins with stays. */
test('words behind -- are what a command is given', () => {
  expect(mmreplay(['import', '--', '--odd.csv'])).toEqual({
    status: 2, stdout: '', stderr: '--odd.csv: cannot be read: no such file or directory\n' });
});

/** Expect: the folder is refused; nobody waits for a walk through a disk. */
test('a folder with too much in it is no folder of traces', () => {
  expect(() => findTraces(['traces'], 10))
    .toThrow('traces has more than 10 files below it, expected a trace, a recording or');
});

test('no words at all, and help, show the help', () => {
  const help = mmreplay(['--help']);
  expect(mmreplay([])).toEqual(help);
  expect(mmreplay(['help'])).toEqual(help);
  expect(mmreplay(['help', 'import'])).toEqual(mmreplay(['import', '--help']));
});

describe('-p', () => {
  const named = (...words: string[]): readonly string[] => [...new Set([...mmreplay(
    ['run', 'traces/zonelists-S1-xen-grows', '--format', 'json',
      ...words.flatMap((word) => ['-p', word])]).stdout.matchAll(/"name": "(zonelists\/\w+)"/g)]
    .map(([, id = '']) => id))];

  test('takes a question, a pattern, and several with commas', () => {
    const all = named('zonelists');
    expect(all.length).toBeGreaterThan(3);
    expect(named('zonelists/*')).toEqual(all);
    expect(named('zonelists/all_*')).toEqual(all.filter((id) => id.includes('/all_')));
    expect(named('base,zonelists/all_zones', 'zonelists/managed_zone'))
      .toEqual(['zonelists/all_zones', 'zonelists/managed_zone']);
  });

  test('names what is alike when a pattern matches nothing', () => {
    expect(mmreplay(['run', 'traces/zonelists-S1-xen-grows', '-p', 'zonelist/*']).stderr)
      .toContain('-p zonelist/*: no policy is called so; did you mean zonelists?');
  });
});

test('traces that come with the program are known by name, wherever it runs', () => {
  const { status, stdout } = mmreplay(['run', 'zonelists-S1-xen-grows', '-p', 'base'], '/');
  expect([status, stdout.split('\n')[0]]).toEqual([0, 'zonelists-S1-xen-grows: S1: a Xen guest '
    + 'grows from 800 MiB to 2000 MiB']);
});

test('no name at all is not the name of every trace that comes with the program', () => {
  expect(findTraces([''])).toEqual(['']);
});

test('a mistyped command is answered with the nearest one', () => {
  const { status, stdout, stderr } = mmreplay(['verfy', 'x']);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: there is no command verfy; did you mean verify\?\n  there are /);
});

test('a reader that stops early is no error', () => {
  const script = `"${process.execPath}" dist/src/main.js list functions | head -n 1`;
  const { stdout, stderr } = spawnSync('sh', ['-c', script], {
    cwd: packageRoot(), encoding: 'utf8' });
  expect(stdout.split('\n').length).toBe(2);
  expect(stderr).toBe('');
});

test('the shell completes policies, in the last part of a series too, and versions', () => {
  const complete = (...words: string[]): readonly string[] =>
    mmreplay(['--get-yargs-completions', 'mmreplay', 'run', ...words]).stdout.trim().split('\n');
  expect(complete('-p', 'zonelists/pop')).toContain('zonelists/populated_zone');
  expect(complete('-p', 'zonelists/pop').every((id) => id.startsWith('zonelists/pop'))).toBe(true);
  expect(complete('-p', 'zonelists/all_zones+try_offline_node/mer')).toEqual(
    ['zonelists/all_zones+try_offline_node/merged']);
  expect(complete('--base', 'v5.1')).toEqual(
    versions.map(({ id }) => id).filter((id) => id.startsWith('v5.1')));
  expect(complete('--base', 'v5.10')).toEqual(['v5.10.112', 'v5.10.24', 'v5.10']);
});

test('the completion script is one that bash accepts', () => {
  const { stdout } = mmreplay(['completion']);
  expect(stdout).toContain('mmreplay');
  execFileSync('bash', ['-n'], { input: stdout });
});

test('a trace that has nothing to explore is named', () => {
  const trace = 'traces/zonelists-S1-xen-grows/trace.csv';
  expect(mmreplay(['explore', trace, '-p', 'base'])).toMatchObject({ status: 2,
    stderr: `${trace}: no offline row to explore\n` });
});

test('one that takes memory offline that is not there, too', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'mmreplay-explore-')), 'none.csv');
  writeFileSync(path, [
    '# hotplug-trace 1', '# kernel 6.1.0', 'time_ns,cpu,task,event,pfn,nr_pages,args',
    '0,,,e820,,,start=0x100000 end=0x40000000 type=usable',
    '1000,0,sh,offline,0x100000,32768,', ''].join('\n'));
  const { status, stderr } = mmreplay(['explore', path]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/none\.csv: the memory at pfn 0x100000 is not online when it is to be/);
});

/** Expect: what is thrown where nobody waits is told and is trouble; Node's own end says 1. */
test.each(['Promise.reject(new Error("lost"))', '(() => { throw new Error("lost"); })()'])(
  'nobody waits for %s: status 2', (thrown) => {
    // It comes as soon as somebody listens, whatever the command does meanwhile.
    const early = `process.on('newListener', (name) => {
      if (name === 'uncaughtException') setImmediate(() => { ${thrown}; });
    });`;
    const { status, stderr } = spawnSync(process.execPath, ['--import',
      `data:text/javascript,${encodeURIComponent(early)}`, 'dist/src/main.js', 'list', 'traces'],
    { cwd: packageRoot(), encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringContaining('Error: lost')]);
  });
