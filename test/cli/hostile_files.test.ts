/** What is no file, has no end, or says that it is something else: told in a line, and in time. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RESULTS_FORMAT } from '../../src/batch/results_file.js';
import { COMPARISON_FORMAT } from '../../src/compare/comparison.js';
import { packageRoot } from '../../src/base/package_root.js';
import { mmreplay, type Ran } from './command.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'mmreplay-files-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function expectTold(ran: Ran, message: RegExp): void {
  expect(ran.stderr).toMatch(message);
  expect(ran.stderr).not.toMatch(/this is a bug of mmreplay|\n +at /);
  expect(ran.status).toBe(2);
}

describe.skipIf(process.platform !== 'linux')('what is no regular file', () => {
  beforeAll(() => {
    for (const name of ['f.csv', 'f.mbox', 'f.ts', 'f.gz']) execFileSync('mkfifo', [at(name)]);
    symlinkSync('/dev/zero', at('z.mbox'));
    symlinkSync('/dev/zero', at('z.ts'));
  });

  it.each([
    [['import', 'f.csv'], /f\.csv: cannot be read: nothing came of it for 5 s/],
    [['mail', 'f.mbox'], /f\.mbox: cannot be read: nothing came of it/],
    [['mail', 'z.mbox'], /z\.mbox: cannot be read: gives more than 8388608 bytes/],
    [['run', 'TRACE', '--baseline', 'f.gz'], /f\.gz: cannot be read: is no regular file/],
    [['report', 'f.gz'], /f\.gz: cannot be read: is no regular file, expected one/],
    [['run', 'TRACE', '-p', './f.ts'], /f\.ts: is no policy file/],
    [['run', 'TRACE', '-p', './z.ts'], /z\.ts: is no policy file/],
    [['record', 'SCENARIO', '--kernel', '/dev/zero', '-o', 'out'], /no regular file/],
  ])('%j', (words, message) => {
    const args = words.map((word) => ({ TRACE: join(packageRoot(), 'traces/zonelists-S2-dimm'),
      SCENARIO: join(packageRoot(), 'traces/scenarios/notifier-veto.json') }[word] ?? word));
    expectTold(mmreplay(args, folder), message);
  });

  it('a pipe that somebody writes is read', () => {
    const ran = spawnSync('sh', ['-c', 'cat "$1" > f.csv & exec "$0" "$2" import f.csv',
      process.execPath, join(packageRoot(), 'traces/zonelists-S2-dimm/trace.csv'),
      join(packageRoot(), 'dist/src/main.js')], { cwd: folder, encoding: 'utf8' });
    expect([ran.status, ran.stderr]).toEqual([0, expect.stringMatching(/^trace_csv: 14 rows/)]);
  });

  it.each([
    ['trace.txt', '/dev/zero'], ['dmesg.txt', '/proc/kmsg'], ['info.json', 'PIPE'],
  ])('%s of a recording that is %s', (name, target) => {
    const path = at(`rec-${name}`);
    mkdirSync(path);
    for (const [file, text] of [['info.json', '{}'], ['trace.txt', ''], ['dmesg.txt', '']]) {
      if (file !== name) writeFileSync(join(path, file as string), text as string);
    }
    if (target === 'PIPE') execFileSync('mkfifo', [join(path, name)]);
    else symlinkSync(target, join(path, name));
    expectTold(mmreplay(['import', path]), new RegExp(`${name}: cannot be read: is no regular`));
  });

  it('a README that is a pipe says nothing of its trace', () => {
    cpSync(join(packageRoot(), 'traces/zonelists-S2-dimm'), at('piped'), { recursive: true });
    rmSync(at('piped/README.md'), { force: true });
    execFileSync('mkfifo', [at('piped/README.md')]);
    expect(mmreplay(['run', at('piped'), '-p', 'base']).status).toBe(0);
  });
});

describe('results of somebody else', () => {
  const header = {
    mmreplay_results: RESULTS_FORMAT, comparison: COMPARISON_FORMAT, tool: 'x', total: 1,
  };
  it.each([
    [{ place: '../../evil', comparison: {} }, /r\.gz:2: cannot be read \(its place is no number/],
    [{ place: 0 }, /r\.gz:2: cannot be read \(it is no entry/],
  ])('%j names no file and ends nothing', (entry, message) => {
    writeFileSync(at('r.gz'), gzipSync(`${JSON.stringify(header)}\n${JSON.stringify(entry)}\n`));
    expectTold(mmreplay(['report', at('r.gz')]), message);
    expect(existsSync(join(tmpdir(), 'evil.json.gz'))).toBe(false);
  });
});

describe('a kernel image', () => {
  /** The header of a bzImage, and where its release is. */
  function image(release: string): string {
    const bytes = Buffer.alloc(0x600);
    bytes.write('HdrS', 0x202);
    bytes.writeUInt16LE(0x200, 0x20e);
    bytes.write(`${release} (somebody@somewhere) #1`, 0x400);
    writeFileSync(at('vmlinuz'), bytes);
    return at('vmlinuz');
  }

  // Expect: the release would be a part of a path.
  it.each(['../../evil', '/tmp/evil', '-rf', '.', '', 'a\nb', 'a\u202eb', 'x'.repeat(200)])(
    'whose release is %j is none', (release) => {
      expectTold(mmreplay(['record', 'traces/scenarios/online-order.json', '-o', at('out'),
        '--kernel', image(release)]), /^error: .*vmlinuz: its release is ".*", expected letters/);
      expect(existsSync(at('out'))).toBe(false);
    });

  it('gets no boot parameters of several lines', () => {
    expectTold(mmreplay(['record', 'traces/scenarios/online-order.json', '-o', at('out'),
      '--kernel', image('6.1.0'), '--append', 'a\nb']), /^error: --append: .*expected boot param/);
  });
});

describe('mails', () => {
  it.each([
    ['one line', `From ${'a'.repeat(1_000_000)}`, /there is no patch in it/],
    ['Author: lines', 'Author: x\n\n'.repeat(50_000), /there is no patch in it/],
    ['an id', `From: a@b\nMessage-ID: ${'<'.repeat(500_000)}\n\n--- a/x.c\n+++ b/x.c\n`,
      /there is no patch in it|cannot be read/],
    ['lines', '\n'.repeat(200_000), /has 200000 lines, expected/],
  ])('of %s are read in time', (_, text, message) => {
    writeFileSync(at('m.mbox'), text);
    const begin = performance.now();
    const ran = mmreplay(['mail', at('m.mbox')]);
    if (ran.status === 2) expectTold(ran, message);
    expect(performance.now() - begin).toBeLessThan(30_000);
  });

  it('that hide what they say are written as escapes', () => {
    writeFileSync(at('hidden.mbox'), 'From: a\u202eb <x@y.z>\nDate: Thu, 7 Apr 2022 14:06:37\n'
      + 'Subject: [PATCH] \u200bx\n\n--- a/mm/page_alloc.c\n+++ b/mm/page_alloc.c\n'
      + '@@ -1 +1 @@ int build_zonerefs_node(void)\n-\ta(zone);\n+\tb(zone);\n');
    const { status } = mmreplay(
      ['new', 'policy', 'mine/hidden', '--from', at('hidden.mbox'), '-o', folder]);
    expect(status).toBe(0);
    const text = execFileSync('cat', [at('mine/hidden.ts')], { encoding: 'utf8' });
    expect(text).toContain(String.raw`subject: '[PATCH] \u200bx'`);
    expect(text).not.toMatch(/[\u200b\u202e]/);
  });
});

it('YAML is read up to a size', () => {
  writeFileSync(at('s.yaml'), `name: x\nmachine:\n${'a: '.repeat(100_000)}\nsteps: []\n`);
  expectTold(mmreplay(['run', at('s.yaml')]), /s\.yaml: has 300\d\d\d letters, expected up to/);
});

it('a reader that has gone gets no answer that says that nothing differs', () => {
  const script = '"$0" dist/src/main.js run traces/zonelists-S2-dimm | true; echo ${PIPESTATUS[0]}';
  const { stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath],
    { cwd: packageRoot(), encoding: 'utf8' });
  expect([stdout, stderr]).toEqual(['141\n', '']);
});

// Expect: trouble, where Node's own end would have the status of "something differs".
it('a program that may open too few files says so', () => {
  const script = 'ulimit -n 24; "$0" dist/src/main.js list policies';
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath],
    { cwd: packageRoot(), encoding: 'utf8' });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^error: the program cannot be loaded: EMFILE: too many open files/);
});
