import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { mmreplay as command, type Ran } from './command.js';

const mmreplay = (...args: readonly string[]): Ran => command(args);

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-run-'));
afterAll(() => rmSync(folder, { recursive: true }));
const populated = 'traces/recordings/zonelist-withheld-populated';

describe('mmreplay run', () => {
  test('0: nothing differs, and nothing is on stderr', () => {
    const result = mmreplay('run', populated, '-p', 'zonelists/populated_zone');
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(result.stdout).toMatch(
      /Disagrees with nothing that was recorded: base v6\.1\S*, populated_zone/);
  });

  test('1: runs part from each other or from the recorded kernel', () => {
    const result = mmreplay('run', populated, '-p', 'zonelists/managed_zone');
    expect(result.stderr).toBe('');
    expect(result.status).toBe(1);
    expect(result.stdout).toMatch(/First divergence/);
  });

  test('2: a path that is not there, a policy, a version or a format that does not exist', () => {
    const missing = mmreplay('run', 'no-such-trace.csv');
    expect(missing.stderr).toBe(
      'no-such-trace.csv: cannot be read: no such file or directory\n');
    expect(missing.status).toBe(2);
    const policy = mmreplay('run', populated, '-p', 'zonelists/manged_zone');
    expect(policy.stderr).toMatch(/there is no policy zonelists\/manged_zone/);
    expect(policy.status).toBe(2);
    const base = mmreplay('run', populated, '--base', 'v6.99');
    expect(base.stderr).toMatch(/there is no base version v6\.99/);
    expect(base.status).toBe(2);
    const format = mmreplay('run', populated, '--format', 'pdf');
    expect(format.stderr).toMatch(
      /--format pdf: expected NAME or NAME=FILE, NAME one of .*json, .*markdown, text/);
    expect(format.status).toBe(2);
    const config = mmreplay('run', populated, '--config', 'DEBUG_VM');
    expect(config.stderr).toMatch(/--config DEBUG_VM: expected a symbol and y, n, m or a number/);
    expect(config.status).toBe(2);
  });

  test('one bad trace does not end the batch: the others are reported, the status is 2', () => {
    const bad = join(folder, 'bad.csv');
    writeFileSync(bad, '# hotplug-trace 1\n# kernel 6.1.0\nthis is no table\n');
    const old = join(folder, 'old.csv');
    writeFileSync(old, '# hotplug-trace 1\n# kernel 2.4.0\ntime_ns,event\n');
    const result = mmreplay('run', bad, old, populated, '-p', 'zonelists/populated_zone');
    expect(result.status).toBe(2);
    expect(result.stderr).toMatch(/bad\.csv/);
    expect(result.stderr).toMatch(/old\.csv: kernel 2\.4\.0 is older than the model/);
    expect(result.stdout).toMatch(/^zonelist-withheld-populated$/m);
  });

  test('2: a question that there is none of is a fault of the trace', () => {
    const path = join(folder, 'asks.csv');
    writeFileSync(path, '# hotplug-trace 1\n# kernel 6.1.0\n# question colour\ntime_ns,event\n');
    const result = mmreplay('run', path);
    expect(result).toMatchObject({ status: 2, stdout: '' });
    expect(result.stderr).toMatch(/asks\.csv: header question is colour, expected one of memmap_/);
  });

  test('-o writes the report to a file, nothing to stdout', () => {
    const path = join(folder, 'report.json');
    const result = mmreplay(
      'run', populated, '-p', 'zonelists/populated_zone', '--format', 'json', '-o', path);
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '' });
    const { comparisons } = JSON.parse(readFileSync(path, 'utf8')) as {
      comparisons: { runs: { name: string }[] }[] };
    expect(comparisons[0]?.runs.map((run) => run.name))
      .toEqual(['recorded', 'base', 'zonelists/populated_zone']);
  });

  test('a folder is all traces below it; without -p each runs the policies of its question', () => {
    const result = mmreplay('run', 'traces/zonelists-S2-dimm', 'traces/zonelists-S8-veto');
    expect(result.status).toBe(1);
    expect(result.stdout).toMatch(/^Verdict\n/);
    expect(result.stdout).toMatch(/zonelists-S2-dimm +A /);
    expect(result.stdout).not.toMatch(/try_offline_node/);
  });

  test('a policy of the user, a file anywhere, is run like those of the tree', () => {
    const policy = join(folder, 'my_fix.ts');
    writeFileSync(policy, `import { definePatch } from 'mmreplay';
export default definePatch({
  id: 'my_fix', subject: 'test', author: 'test', link: 'none', base: 'v6.1', doc: 'A test.',
  substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } },
});
`);
    const result = mmreplay('run', 'traces/recordings/zonelist-withheld-managed', '-p', policy);
    expect(result.stderr).toBe('');
    expect(result.status).toBe(1);
    expect(result.stdout).toMatch(/Disagrees with nothing that was recorded: my_fix\./);
  });
});

describe('mmreplay run of a scenario', () => {
  const scenario = 'traces/scenarios/notifier-veto.json';

  test('replays it on the model alone and says what it takes for granted', () => {
    const result = mmreplay('run', scenario, '-p', 'zonelists/populated_zone');
    expect(result.stderr).toBe('');
    expect(result.status).toBe(0);
    expect(result.stdout).toMatch(/kernel +none\n/);
    expect(result.stdout).toMatch(/assumed +managed pages at boot: all present ones/);
  });

  test('takes the base version that is named', () => {
    const result = mmreplay('run', scenario, '-p', 'zonelists/managed_zone', '--base', 'v6.1');
    expect(result.stdout).toMatch(/model +v6\.1\n/);
  });
});

describe('mmreplay run --between', () => {
  const recordings = ['traces/recordings/four-nodes-6.1', 'traces/recordings/four-nodes-6.12'];

  test('holds recordings of two kernels against each other', () => {
    const result = mmreplay('run', ...recordings, '--between', '--limit', '99');
    expect(result.stderr).toBe('');
    expect(result.status).toBe(1);
    expect(result.stdout).toMatch(/same +\d+ of \d+ facts in \d+ steps/);
    expect(result.stdout).toMatch(/A recorded\s+6\.1\.0-56-amd64/);
  });

  test('0: a recording is like itself; 2: one trace is not enough', () => {
    const [one = ''] = recordings;
    expect(mmreplay('run', one, one, '--between').status).toBe(0);
    const alone = mmreplay('run', one, '--between');
    expect(alone.stderr).toMatch(/--between needs two traces or more, or --base twice/);
    expect(alone.status).toBe(2);
  });

  /*
   *   DMA, DMA32 | Normal, of which the boot has nothing | the Xen balloon grows into it
   *
   * Expect: of one trace on two versions, what parts them: up to v6.13 a zone keeps nothing back
   * from an empty zone above it, from v6.14 on it does.
   */
  test('holds one trace on two versions against each other', () => {
    const trace = 'traces/zonelists-S1-xen-grows/trace.csv';
    const bases = ['--base', 'v6.12', '--base', 'v7.3'];
    const { status, stdout, stderr } = mmreplay('run', trace, ...bases, '-p', 'base', '--between');
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/same +126 of 128 facts/);
    expect(stdout).toMatch(/protection=0\/752\/0\/0\/0/);
    expect(stdout).toMatch(/protection=0\/752\/1952\/1952\/1952/);
  });
});

/**
 *     add --> online in parts --> state after input 2, and at the end
 *
 * Expect: one run, each state with what the input came to, without a policy that prints it.
 */
test('--state shows what one run looks like after chosen inputs', () => {
  const path = 'traces/zonelists-S1-xen-grows/trace.csv';
  const { status, stdout } = mmreplay('run', path, '--state', '2,end');
  expect(status).toBe(0);
  expect(stdout.match(/^base v5\.17 after .*$/gm)).toEqual([
    expect.stringMatching(/after 2 add_memory 0x38000-0x87fff node 0 \(.*trace\.csv:19\)$/),
    expect.stringMatching(/after end of the trace/)]);
  expect(stdout).toMatch(/^ {4}result {2}0$/m);
  expect(stdout).toMatch(/^ {4}memory7: state=offline .*nodes=0$/m);
  expect(stdout).toMatch(/^ {4}Z1 0:Normal has 307200 free pages, its node does not list it$/m);
  const wrong = mmreplay('run', path, '--state', 'x');
  expect([wrong.status, wrong.stdout]).toEqual([2, '']);
  expect(wrong.stderr).toMatch(/--state x: .* has inputs 1 to \d+, expected one of them, boot/);
});
