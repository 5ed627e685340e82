import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { verificationData } from '../../src/verify/report.js';
import { mmreplay } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recording = 'traces/recordings/zonelist-withheld-managed';

test('agreement is exit status 0 and says what was taken and what is not spoken about', () => {
  const { status, stdout, stderr } = mmreplay(
    ['verify', recording, '-p', 'zonelists/managed_zone']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/held against v6\.1\S*\+zonelists\/managed_zone/);
  expect(stdout).toMatch(/ 0 disagree/);
  expect(stdout).toMatch(/taken from the recording:\n +2 {2}managed at boot/);
  expect(stdout.split('\n').every((line) => line.length <= 72)).toBe(true);
});

test('disagreement is exit status 1 and names step, fact, recorded and modelled', () => {
  const { status, stdout } = mmreplay(['verify', recording, '-p', 'zonelists/populated_zone']);
  expect(status).toBe(1);
  expect(stdout).toContain('step 4:\n    zonelist of node 1\n' +
    '      recorded 0:DMA32/0:DMA\n      modelled 1:Normal/0:DMA32/0:DMA');
});

test('the JSON has the documented keys, and the same bytes each time', () => {
  const args = ['verify', recording, '-p', 'zonelists/populated_zone', '--format', 'json'];
  const first = mmreplay(args).stdout;
  const result = JSON.parse(first) as ReturnType<typeof verificationData>;
  expect(Object.keys(result)).toEqual(
    ['recording', 'series', 'facts', 'agree', 'verdicts', 'after_correction', 'corrections',
      'disagree', 'taken', 'unspoken', 'unknown']);
  expect(Object.keys(result.disagree[0] ?? {})).toEqual(
    ['step', 'fact', 'recorded', 'modelled', 'row', 'subject', 'field']);
  const { agrees, agrees_after_correction: after, disagrees, unknown } = result.verdicts;
  expect(result.facts).toBe(agrees + after + disagrees + unknown);
  expect({ agrees, disagrees }).toEqual(
    { agrees: result.agree, disagrees: result.disagree.length });
  expect(mmreplay(args).stdout).toBe(first);
});

test('an imported trace holds the same facts as the recording it came from', () => {
  const csv = join(folder, 'imported.csv.gz');
  expect(mmreplay(['import', recording, '-o', csv]).status).toBe(0);
  const args = ['-p', 'zonelists/populated_zone', '--format', 'json'];
  expect(JSON.parse(mmreplay(['verify', csv, ...args]).stdout))
    .toEqual(JSON.parse(mmreplay(['verify', recording, ...args]).stdout));
});

test('one recording that cannot be read does not end the others, and is exit status 2', () => {
  const missing = join(folder, 'missing');
  const good = 'traces/recordings/notifier-veto';
  const { status, stdout, stderr } = mmreplay(['verify', missing, good]);
  expect(status).toBe(2);
  expect(stderr).toBe(`${missing}: cannot be read: no such file or directory\n`);
  expect(stdout).toMatch(/^notifier-veto\n/);
});

test('a trace without facts is trouble, not agreement', () => {
  const empty = join(folder, 'empty.csv');
  writeFileSync(empty, '# hotplug-trace 1\n# kernel 6.1.0\n' +
    'time_ns,cpu,task,event,phase,nid,zone,pfn,nr_pages,order,migratetype,ret,args\n' +
    '0,,,e820,,,,,,,,,start=0x0 end=0x40000000 type=usable\n');
  const { status, stderr } = mmreplay(['verify', empty]);
  expect(status).toBe(2);
  expect(stderr).toContain(`${empty}: has no fact to hold against the model`);
});

test('a policy that does not exist is exit status 2', () => {
  const { status, stderr } = mmreplay(['verify', recording, '-p', 'zonelists/manged_zone']);
  expect(status).toBe(2);
  expect(stderr).toContain('zonelists/managed_zone');
});

test('a --config word that is none is told, with what was expected', () => {
  const { status, stderr } = mmreplay(['verify', recording, '--config', 'DEBUG_VM']);
  expect(status).toBe(2);
  expect(stderr).toContain('expected a symbol and y, n, m or a number, as DEBUG_VM=y');
});

test('several recordings and policies come with a table of them all', () => {
  const recordings = ['managed', 'populated']
    .map((one) => `traces/recordings/zonelist-withheld-${one}`);
  const { status, stdout } = mmreplay(
    ['verify', ...recordings, '-p', 'zonelists/managed_zone', '-p', 'zonelists/populated_zone']);
  expect(status).toBe(1);
  const [title, , kernels, ...rows] = stdout.split('\n');
  expect(title).toBe('Facts that disagree, and the first step where one does');
  expect(kernels?.trim()).toMatch(/^6\.1\.\d\S*$/);
  expect(rows.slice(0, 6).map((row) => row.replace(/ +/g, ' ').trim())).toEqual([
    'zonelist-withheld-managed',
    expect.stringMatching(/^zonelists\/managed_zone 0 of \d+$/),
    expect.stringMatching(/^zonelists\/populated_zone \d+ of \d+, step 3$/),
    'zonelist-withheld-populated',
    expect.stringMatching(/^zonelists\/managed_zone \d+ of \d+, step 3$/),
    expect.stringMatching(/^zonelists\/populated_zone 0 of \d+$/),
  ]);
});
