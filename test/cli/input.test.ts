/** What a shell, a CI job or another editor may hand to the commands. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { kconfigSymbols } from '../../src/linux/base/machine.js';
import { mmreplay as command, type Ran } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-input-'));
const trace = readFileSync(join(packageRoot(), 'traces/zonelists-S2-dimm/trace.csv'));
const recording = join(packageRoot(), 'traces/recordings/zonelist-withheld-populated');
const mmreplay = (...args: readonly string[]): Ran => command(args, folder);

function file(name: string, content: Uint8Array | string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const good = file('good.csv', trace);

describe('standard input', () => {
  const piped = (input: Uint8Array, ...args: readonly string[]): Ran => {
    const program = join(packageRoot(), 'dist/src/main.js');
    // A pipe, not the socket that Node makes: only a pipe can be opened by name.
    const { status, stdout, stderr } = spawnSync('sh',
      ['-c', 'cat | "$0" "$@"', process.execPath, program, ...args],
      { cwd: folder, encoding: 'utf8', input });
    return { status, stdout, stderr };
  };
  const whole = mmreplay('import', good);

  test.each([
    ['a table', trace, '-'], ['gzip', gzipSync(trace), '-'], ['by its name', trace, '/dev/stdin'],
  ])('is read as a file is: %s', (_what, input, name) => {
    expect(piped(input, 'import', name)).toEqual(whole);
  });

  test('is one trace of run, and empty it is trouble', () => {
    const { status, stdout } = piped(trace, 'run', '-', '-p', 'base');
    expect(status).toBe(0);
    expect(stdout).toContain('9 inputs');
    expect(piped(new Uint8Array(), 'run', '-')).toEqual({ status: 2, stdout: '',
      stderr: '/dev/stdin: is empty, expected a recording or a trace\n' });
  });
});

test.each([
  ['a byte order mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), trace])],
  ['lines that end as on Windows', String(trace).replaceAll('\n', '\r\n')],
  ['no end of the last line', String(trace).trimEnd()],
])('%s does not matter', (what, content) => {
  const path = file(`${what}.csv`, content);
  const { status, stdout, stderr } = mmreplay('import', path);
  expect({ status, stdout }).toEqual({ status: 0, stdout: mmreplay('import', good).stdout });
  expect(stderr).toMatch(/^trace_csv: \d+ rows\n$/);
});

test.each([
  ['6.1.0-56-amd64', 'v6.1'],
  ['7.4.0', 'v7.3, the kernel is of 7.4: changes between them are not in\n           the model'],
])('the report says how near the model is to kernel %s', (kernel, model) => {
  const path = file('kernel.csv', String(trace).replace(/^# kernel .*$/m, `# kernel ${kernel}`));
  expect(mmreplay('run', path, '-p', 'base').stdout).toContain(`\n  model    ${model}\n`);
});

describe('an input that cannot be used is named, with status 2', () => {
  mkdirSync(join(folder, 'empty-folder'));
  symlinkSync('loop', join(folder, 'loop'));
  const unknown = 'is no recording, trace, scenario, tracer text or kernel log that is known; ' +
    '`mmreplay list importers` says what can be read';
  const cases: readonly (readonly [path: string, problem: string])[] = [
    [file('empty.csv', ''), 'is empty, expected a recording or a trace'],
    ['empty-folder', 'is empty, expected a recording or a trace'],
    ['nowhere', 'cannot be read: no such file or directory'],
    ['loop', 'cannot be read: too many symbolic links encountered'],
    [file('bytes.bin', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 167) % 251))),
      unknown],
    [file('utf16.csv', Buffer.from(`\ufeff${String(trace)}`, 'utf16le')),
      'is UTF-16 text, expected UTF-8: `iconv -f UTF-16 -t UTF-8 FILE > OTHER` makes it'],
    [file('cut.csv.gz', gzipSync(trace).subarray(0, 300)),
      'cannot be read: unexpected end of file'],
    [file('new.csv', String(trace).replace('hotplug-trace 1', 'hotplug-trace 2')),
      'format version is "2", expected 1'],
  ];

  test.each(cases)('%s', (path, problem) => {
    for (const name of ['import', 'explore']) {
      const { status, stdout, stderr } = mmreplay(name, path);
      expect([name, status, stdout]).toEqual([name, 2, '']);
      expect(stderr).toMatch(new RegExp(`^${path}(:\\d+)?: `));
      expect(stderr.trimEnd().endsWith(problem)).toBe(true);
    }
  });

  test('and does not lose the others of a batch', () => {
    const bad = cases.map(([path]) => path);
    const { status, stdout, stderr } = mmreplay('run', ...bad, good, '-p', 'base');
    expect(status).toBe(2);
    const told = stderr.trimEnd().split('\n');
    expect(told.map((line) => /^[^:]*/.exec(line)?.[0])).toEqual(bad);
    for (const [at, [, problem]] of cases.entries()) {
      expect(told[at]?.endsWith(problem)).toBe(true);
    }
    expect(stdout).toMatch(/^1 trace, 1 replay: .* 8 could not be used\.$/m);
    const verified = mmreplay('verify', ...bad, recording);
    expect([verified.status, verified.stderr]).toEqual([2, stderr]);
    expect(verified.stdout).toMatch(/^zonelist-withheld-populated\b/m);
  });
});

describe('what is wrong with an option', () => {
  const help = (name: string): string => `\n  \`mmreplay ${name} --help\` shows what can be said\n`;
  test.each<readonly [args: readonly string[], message: string]>([
    [['run'], `an argument is missing${help('run')}`],
    [['run', good, '-p'], `a value is missing behind -p${help('run')}`],
    [['run', good, '--format'], `a value is missing behind --format${help('run')}`],
    [['run', good, '-o', 'a', '-o', 'b'], '--output is given twice, expected it once\n'],
    [['run', good, '--timeout', '9007199254740991'],
      `--timeout 9007199254740991: expected a whole number from 1 to 1000000${help('run')}`],
    [['find', '-p', 'base', '--steps', '9007199254740991'],
      `--steps 9007199254740991: expected a whole number from 1 to 200${help('find')}`],
    [['run', good, '--limit', '-3'],
      `--limit -3: expected a whole number from 0 on${help('run')}`],
    [['verify', recording, '--limit', '1.5'],
      `--limit 1.5: expected a whole number from 0 on${help('verify')}`],
    [['explore', good, '--limit', '0'],
      `--limit 0: expected a whole number from 1 on${help('explore')}`],
    ...['0x10', '1e3', '1e999', '2.0', ' 5', '-0', 'NaN', '9007199254740993'].map((value) => (
      [['run', good, '--limit', value],
        `--limit ${value}: expected a whole number from 0 on${help('run')}`] as const)),
    [['run', good, '--limit', '3', '--limit', '4'], '--limit is given twice, expected it once\n'],
    ...['1/99999999999999999999', '0/3', '4/3', '0x1/2', '1/2/3', '1', '/'].map((value) => (
      [['run', good, '--shard', value],
        `--shard ${value}: expected I/N, I from 1 to N\n`] as const)),
    ...['0x1', '1.0', '1e0', ''].map((value) => (
      [['run', good, '-p', 'base', '--state', `end,${value}`],
        `--state ${value}: ${good} has inputs 1 to 9, expected one of them, boot, end or all\n`,
      ] as const)),
    [['run', good, '-p', 'base', '-o', ''], 'a value is missing behind -o\n'],
    [['run', good, '--config', 'DEBUG_VM=maybe'],
      '--config DEBUG_VM=maybe: expected a symbol and y, n, m or a number, as DEBUG_VM=y' +
        help('run')],
    [['list', 'nothing'], 'what is "nothing", expected "policies", "events", "versions", ' +
      '"questions", "switches", ' +
      '"functions", "invariants", "probes", "observed", "importers", "reports", ' +
      `"traces"${help('list')}`],
    [['completion', 'zsh'],
      'completion is for the shell that $SHELL names, expected nothing behind it\n'],
  ])('%j', (args, message) => {
    expect(mmreplay(...args)).toEqual({ status: 2, stdout: '', stderr: `error: ${message}` });
  });

  test('a cache below /proc, where Node\'s own way to make folders never ends, is named', () => {
    expect(mmreplay('run', good, '-p', 'base', '--cache-dir', '/proc/none')).toEqual({
      status: 2, stdout: '',
      stderr: 'error: /proc/none cannot be made: no such file or directory\n' });
  });

  test('a mail that is a folder is named', () => {
    expect(mmreplay('new', 'policy', 'mine/fix', '-o', '.', '--from', 'empty-folder')).toEqual({
      status: 2, stdout: '',
      stderr: 'empty-folder: cannot be read: illegal operation on a directory\n' });
  });

  test.each(['run', 'verify', 'import', 'explore'])(
    '%s: a symbol that nothing depends on is refused, with those that count', (name) => {
      const { status, stderr } = mmreplay(name, good, '--config', 'CONFIG_DEBUG_MV=y');
      expect(status).toBe(2);
      expect(stderr).toBe('error: --config CONFIG_DEBUG_MV=y: the model never asks for DEBUG_MV; ' +
        `did you mean DEBUG_VM?\n  it asks for ${kconfigSymbols.join(', ')}${help(name)}`);
    });
});

test('a boot is asked of something that has none', () => {
  expect(mmreplay('import', good, '--boot', '2')).toEqual({ status: 2, stdout: '',
    stderr: 'good.csv: is read as trace_csv, which has no boots, expected a kernel log with '
      + '--boot 2\n' });
});

test('a row that search and shrink leave out is told, and trouble', () => {
  const whole = trace.toString('utf8').trimEnd();
  const bad = file('bad-row.csv', `${whole}\n9e9,,,offline,,,,pfn,1,,,,\n`);
  const line = whole.split('\n').length + 1;
  const found = mmreplay('find', '-p', 'base', '--from', bad, '--cases', '1', '-j', '1',
    '-o', join(folder, 'found'));
  expect(found.status).toBe(2);
  expect(found.stderr).toContain(`bad-row.csv:${line}: `);
});
