import { expect, test } from 'vitest';
import { policyFiles } from '../../src/patch/catalogue.js';
import { mmreplay } from './command.js';

test('policies are listed by default, one a line, with base, release and subject', () => {
  const { status, stdout, stderr } = mmreplay(['list']);
  expect([status, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(policyFiles().map(({ id }) => id));
  expect(lines.find((line) => line.startsWith('zonelists/populated_zone '))).toMatch(
    / v5\.17 +v5\.18 -, v5\.17\.4, v5\.15\.35, v5\.10\.112 +\[PATCH v2\] mm, page_alloc: /);
});

test.each([
  ['events', /^online +input +/m],
  ['versions', /^v6\.12 +2024-11-17 +/m],
  ['functions', /^build_zonerefs_node +mm\/page_alloc\.c +v\d+\.\d+ +full/m],
  ['invariants', /^Z1 +\S.*\.$/m],
  ['probes', /^\w+ +\S.*\.$/m],
  ['importers', /^ftrace +\S.*\.$/m],
  ['reports', /^json +\S.*\.$/m],
  ['traces', /^traces\/\S+\.csv/m],
])('%s are listed', (what, line) => {
  const { status, stdout, stderr } = mmreplay(['list', what]);
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(line);
});

test('the same rows come as JSON', () => {
  const rows = JSON.parse(mmreplay(['list', 'versions', '--json']).stdout) as string[][];
  expect(rows[0]?.[0]).toBe('v7.3');
});
