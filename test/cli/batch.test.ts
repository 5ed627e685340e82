/** A batch on several workers: results are the same bytes however they were made. */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { XMLValidator } from 'fast-xml-parser';
import { Parser } from 'tap-parser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { begin, mmreplay, type Ran } from './command.js';

const traces = ['zonelists-S2-dimm', 'zonelists-S8-veto', 'try_offline_node-S1-nothing-onlined',
  'offline_pcp-S2-late-commit', 'zonelists-S1-xen-grows', 'memmap_on_memory-T2-offline',
].map((name) => `traces/${name}`);
const few = ['-p', 'base', '-p', 'zonelists/populated_zone', '-p', 'offline_pcp/redrain'];
let folder: string;

const at = (name: string): string => join(folder, name);
const run = (...words: readonly string[]): Ran =>
  mmreplay(['run', ...traces, ...few, '--base', 'v5.8', '-q', ...words]);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('one job or two, cached, sharded or at once', () => {
  test('gives the same report and the same results file', () => {
    const one = run('-j', '1', '--no-cache', '--results', at('one.gz'));
    const two = run('-j', '2', '--cache-dir', at('cache'), '--results', at('two.gz'));
    const again = run('-j', '2', '--cache-dir', at('cache'), '--results', at('again.gz'));
    expect([one.status, two.status, again.status]).toEqual([1, 1, 1]);
    expect([one.stderr, two.stderr, again.stderr]).toEqual(['', '', '']);
    expect(two.stdout).toBe(one.stdout);
    expect(again.stdout).toBe(one.stdout);
    expect(readFileSync(at('two.gz')).equals(readFileSync(at('one.gz')))).toBe(true);
    expect(readFileSync(at('again.gz')).equals(readFileSync(at('one.gz')))).toBe(true);
    expect(readdirSync(at('cache')).sort()).toEqual(['comparison', 'line', 'run', 'time']);
  });

  test('shards joined are what one machine would have written', () => {
    for (const shard of ['1/3', '2/3', '3/3']) {
      run('--shard', shard, '--cache-dir', at('cache'), '--results', at(`${shard[0]}.gz`));
    }
    const joined = mmreplay(
      ['merge', at('3.gz'), at('1.gz'), at('2.gz'), '--results', at('all.gz')]);
    expect([joined.status, joined.stderr]).toEqual([0, '']);
    expect(joined.stdout).toBe(run('--cache-dir', at('cache')).stdout);
    expect(readFileSync(at('all.gz')).equals(readFileSync(at('one.gz')))).toBe(true);
    const part = mmreplay(['merge', at('1.gz'), at('2.gz')]);
    expect(part.status).toBe(2);
    expect(part.stderr).toContain('2 of 6 traces are in none of these files');
  });

  /** Expect: the first trace is not replayed again, and nothing tells that the batch was ended. */
  test.each(['SIGTERM', 'SIGKILL'] as const)('ended by %s, and resumed', async (signal) => {
    const cache = ['--cache-dir', at(signal)];
    const first = begin(['run', ...traces, ...few, '--base', 'v5.8', '-q', '-j', '1', ...cache,
      '--results', at(`${signal}.gz`)]);
    // What is kept last of a trace: the rest of it is there.
    while (!existsSync(at(`${signal}/time`)) && first.isRunning()) await sleep(5);
    const { status, stdout, stderr } = await first.end(signal);
    expect([status, stdout]).toEqual([signal === 'SIGTERM' ? 130 : null, '']);
    expect(existsSync(at(`${signal}.gz`))).toBe(false);
    if (signal === 'SIGTERM') expect(stderr).toMatch(/^interrupted: [0-5] of 6 traces are done;/);
    const second = run('--resume', ...cache, '--results', at(`${signal}.gz`));
    expect(second.stderr).toMatch(/^resumed: [1-5] of 6 traces were done before\n$/);
    expect(readFileSync(at(`${signal}.gz`)).equals(readFileSync(at('one.gz')))).toBe(true);
    expect(second.stdout).toBe(mmreplay(['report', at('one.gz')]).stdout);
  });

  const small = mkdtempSync(join(tmpdir(), 'mmreplay-disk-'));
  const canMount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small])
    .status === 0;
  afterAll(() => {
    if (canMount) spawnSync('umount', [small]);
    rmSync(small, { recursive: true });
  });

  /** Expect: the first results fill the disk; all of them are told, once they are not all kept. */
  test.skipIf(!canMount)('a cache on a full disk (needs root)', () => {
    const { status, stdout, stderr } =
      run('--cache-dir', join(small, 'cache'), '--results', at('full.gz'));
    expect(status).toBe(1);
    expect(stderr)
      .toMatch(/^the cache is left out: \S+ cannot be written: no space left on device; /);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe(mmreplay(['report', at('one.gz')]).stdout);
    expect(readFileSync(at('full.gz')).equals(readFileSync(at('one.gz')))).toBe(true);
    // The report itself has no place there: neither it nor a part of it is left.
    const report = join(small, 'r.json');
    const none = mmreplay(['report', at('one.gz'), '--format', `json=${report}`]);
    expect([none.status, none.stderr]).toEqual(
      [2, `error: ${report} cannot be written: no space left on device\n`]);
    expect(readdirSync(small)).toEqual(['cache']);
  });

  /** Expect: a home that nobody can write to costs the cache alone. */
  test('no place for the cache of the user', () => {
    const { status, stderr } = spawnSync(process.execPath, [
      join(packageRoot(), 'dist/src/main.js'), 'run', 'traces/zonelists-S2-dimm', '-p', 'base',
      '-q'], { encoding: 'utf8', env: { ...process.env, XDG_CACHE_HOME: '/proc/none' } });
    expect([status, stderr]).toEqual([0, 'the cache is left out: /proc/none/mmreplay/results ' +
      'cannot be made: no such file or directory; what was made now will be made again\n']);
  });

  /** Expect: whoever ends last has the file; it is one of the two, whole. */
  test('two at once into one results file do not mix', async () => {
    const words = ['-q', '--cache-dir', at('cache'), '--results', at('both.gz')];
    const both = [begin(['run', ...traces, ...few, '--base', 'v5.8', ...words]),
      begin(['run', ...traces.slice(0, 2), ...few, '--base', 'v5.8', ...words])];
    await Promise.all(both.map((one) => one.end()));
    run('--cache-dir', at('cache'), '--results', at('large.gz'));
    mmreplay(['run', ...traces.slice(0, 2), ...few, '--base', 'v5.8', '-q', '--cache-dir',
      at('cache'), '--results', at('small.gz')]);
    const made = readFileSync(at('both.gz'));
    expect(['large.gz', 'small.gz'].some((name) => readFileSync(at(name)).equals(made))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  test('a results file that is cut or of something else is refused', () => {
    writeFileSync(at('cut.gz'), readFileSync(at('one.gz')).subarray(0, 900));
    for (const [name, message] of [['cut.gz', /cut\.gz:\d+: /], ['none.gz', /none\.gz/]] as const) {
      const { status, stdout, stderr } = mmreplay(['report', at(name)]);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    }
  });

  test('against a baseline only what got worse or changed has status 1', () => {
    const same = run('--cache-dir', at('cache'), '--baseline', at('one.gz'));
    expect([same.status, same.stderr]).toEqual([0, 'Nothing changed.\n']);
    mmreplay(['run', ...traces, ...few, '--base', 'v6.1', '-q', '--no-cache',
      '--results', at('later.gz')]);
    const { status, stdout } = mmreplay(['compare', at('one.gz'), at('later.gz')]);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^\d+ (worse|changed|better)/);
  });
});

/**
 *   one trace on two bases, of which the older is broken, and a neighbour of the same name
 * Expect: without the cache each has its own report and its own name, and compare() knows each.
 */
test('one trace on two bases, and two of one name', () => {
  const sources = ['zonelists-S1-xen-grows', 'zonelists-S2-dimm'];
  for (const [index, name] of sources.entries()) {
    mkdirSync(at(`${index}`));
    copyFileSync(join(packageRoot(), 'traces', name, 'trace.csv'), at(`${index}/t.csv`));
  }
  const ask = (name: string, last: string): Ran => mmreplay(['run', at('0'), at('1'), '-p', 'base',
    '--base', 'v5.17', '--base', last, '--no-cache', '-q', '--short', '--results', at(name)]);
  const { stdout } = ask('bases.gz', 'v5.18');
  expect(stdout.match(/^ {2}base v5\.1[78] {2}\w+/gm)?.map((line) => line.trim())).toEqual(
    ['base v5.17  out', 'base v5.18  nothing', 'base v5.17  nothing', 'base v5.18  nothing']);
  ask('others.gz', 'v5.16');
  const told = mmreplay(['compare', at('bases.gz'), at('others.gz')]).stdout;
  const [names] = [told.match(/\S+\/[01]\/t\.csv on v5\.\d+/g)];
  expect(names?.map((name) => name.slice(-16)).sort()).toEqual(
    ['/0/t.csv on v5.16', '/0/t.csv on v5.18', '/1/t.csv on v5.16', '/1/t.csv on v5.18']
      .map((name) => name.slice(-16)));
});

/**
 * Expect: what is asked otherwise is made anew: fewer steps make an endless loop of any call with
 * a preemption point, and a boot that the trace does not have is trouble.
 */
test('what the cache has is the answer to the same question only', () => {
  const ask = (...words: readonly string[]): Ran => mmreplay(['run',
    'traces/offline_pcp-S2-late-commit', '-p', 'base', '--short', '-q', ...words]);
  const cached = ['--cache-dir', at('asked')];
  ask(...cached);
  for (const other of [['--steps', '1'], ['--boot', '3']]) {
    expect(ask(...cached, ...other), other.join(' ')).toEqual(ask('--no-cache', ...other));
  }
});

describe('what CI systems read', () => {
  test('JUnit is XML, and KTAP is TAP with a plan, as parsers of others say', () => {
    run('--cache-dir', at('cache'),
      '--format', `junit=${at('r.xml')}`, '--format', `ktap=${at('r.ktap')}`);
    const xml = readFileSync(at('r.xml'), 'utf8');
    expect(XMLValidator.validate(xml)).toBe(true);
    expect(xml.match(/<testsuite /g)?.length).toBe(traces.length);
    // TAP has `TAP version` where KTAP has `KTAP version`, and subtests four blanks deep.
    const tap = readFileSync(at('r.ktap'), 'utf8')
      .replaceAll('KTAP version 1', 'TAP version 14').replaceAll(/^ {2}/gm, '    ');
    const results: { count: number; plan: { end: number | null } }[] = [];
    const parser = new Parser((one) => results.push(one as never));
    parser.end(tap);
    expect(results[0]?.plan.end).toBe(traces.length);
    expect(results[0]?.count).toBe(traces.length);
  });

  /** Expect: as many errors and issues as JUnit has failures; a name cannot begin a command. */
  test('annotations of GitHub and issues of GitLab are what JUnit calls failures', () => {
    const broken = at('none,%25\n::set-output name=x::y.csv');
    writeFileSync(broken, 'no trace\n');
    const { status, stdout } = mmreplay(['run', 'traces/zonelists-S1-xen-grows', broken, '-q',
      '-p', 'zonelists/all_zones', '-p', 'zonelists/populated_zone', '--no-cache',
      '--format', 'github', '--format', `gitlab=${at('q.json')}`,
      '--format', `junit=${at('f.xml')}`]);
    expect(status).toBe(2);
    const failures = readFileSync(at('f.xml'), 'utf8').match(/<failure /g)?.length ?? 0;
    expect(failures).toBeGreaterThan(0);
    const annotations = stdout.trimEnd().split('\n');
    expect(annotations.filter((line) => !/^::(error|notice) [^:]*::/.test(line))).toEqual([]);
    expect(annotations.filter((line) => line.startsWith('::error ')).length).toBe(failures + 1);
    const issues = JSON.parse(readFileSync(at('q.json'), 'utf8')) as
      { fingerprint: string; severity: string }[];
    expect(issues.filter(({ severity }) => severity === 'major').length)
      .toBeGreaterThanOrEqual(failures);
    expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
  });

  test('a format without a file and one with share a run; two to one place are refused', () => {
    const { status, stderr } = run('--format', 'text', '--format', 'json');
    expect([status, stderr]).toEqual([2, 'error: --format: two reports go to standard output\n']);
  });
});

/** Expect: the loop is stopped, its trace's other runs and the other traces are there. */
test('a policy that never ends loses its own run only', () => {
  writeFileSync(at('loop.ts'), "import { definePatch } from 'mmreplay';\n" +
    "export default definePatch({\n  id: 'mine/loop', subject: 'loops', author: 'A', link: '',\n" +
    "  base: 'v5.17', doc: 'Never ends.',\n" +
    '  replaces: { build_zonerefs_node: () => { for (;;) { /* on */ } } },\n});\n');
  const { status, stdout, stderr } = mmreplay(['run', 'traces/zonelists-S2-dimm',
    'traces/zonelists-S8-veto', '-p', at('loop.ts'), '-p', 'zonelists/populated_zone',
    '--base', 'v5.17', '--timeout', '2', '--no-cache', '-q']);
  expect(status).toBe(2);
  expect(stderr).toContain('mine/loop was stopped on traces/zonelists-S2-dimm');
  expect(stdout).toMatch(/^2 traces, 6 replays/m);
});

/** 48 buffers of 32 MiB, no heap. Expect: beside others, too, it is known whose they are. */
test('a policy that fills memory beside the heap loses its own run only', () => {
  writeFileSync(at('buffers.ts'), "import { definePatch } from 'mmreplay';\n" +
    'const kept: Uint8Array[] = [];\n' +
    "export default definePatch({\n  id: 'mine/buffers', subject: 'fills', author: 'A',\n" +
    "  link: '', base: 'v5.17', doc: 'Takes all.',\n" +
    '  wraps: { build_zonerefs_node: (next) => (k, ...args) => {\n' +
    '    while (kept.length < 48) kept.push(new Uint8Array(2 ** 25).fill(1));\n' +
    '    return next(k, ...args);\n  } },\n});\n');
  const full = 'mine/buffers took more memory than it may have (--max-memory) and was stopped\n';
  const traces = ['zonelists-S2-dimm', 'zonelists-S8-veto'].map((name) => `traces/${name}`);
  const { status, stdout, stderr } = mmreplay(['run', ...traces, '-p', at('buffers.ts'),
    '-p', 'zonelists/populated_zone', '--base', 'v5.17', '-j', '2', '--timeout', '60',
    '--no-cache', '-q', '--format', 'json']);
  expect(stderr).toBe(traces.map((path) => `${path}/trace.csv: ${full}`).join(''));
  expect(status).toBe(2);
  const { comparisons } = JSON.parse(stdout) as { comparisons: { runs: { name: string }[] }[] };
  for (const { runs } of comparisons) {
    expect(runs.map(({ name }) => name)).toEqual(['base', 'zonelists/populated_zone']);
  }
});

/** Expect: the worker that is full is stopped, and its other runs are made by a new one. */
test('a policy that fills memory loses its own run only', () => {
  writeFileSync(at('full.ts'), "import { definePatch } from 'mmreplay';\n" +
    'const kept: number[][] = [];\n' +
    "export default definePatch({\n  id: 'mine/full', subject: 'fills', author: 'A', link: '',\n" +
    "  base: 'v5.17', doc: 'Takes all.',\n  replaces: {\n    build_zonerefs_node: () => {\n" +
    '      for (;;) kept.push(Array.from({ length: 100_000 }, (_, at) => at + kept.length));\n' +
    '    },\n  },\n});\n');
  const { status, stdout, stderr } = mmreplay(['run', 'traces/zonelists-S2-dimm',
    '-p', at('full.ts'), '-p', 'zonelists/populated_zone', '--base', 'v5.17',
    '--max-memory', '150', '--timeout', '60', '--no-cache', '-q', '--format', 'json']);
  expect(status).toBe(2);
  expect(stderr).toBe('traces/zonelists-S2-dimm/trace.csv: mine/full took more memory than it ' +
    'may have (--max-memory) and was stopped\n');
  const { comparisons } = JSON.parse(stdout) as { comparisons: [{ runs: { name: string }[] }] };
  expect(comparisons[0].runs.map(({ name }) => name)).toContain('zonelists/populated_zone');
});
