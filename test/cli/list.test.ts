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
  ['switches', /^zone_test_spans +true\b/m],
  ['questions', /^zonelists\b/m],
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

/** What a policy author needs of each kind, without opening a file. */
test.each([
  ['build_zonerefs_node()', [/^build_zonerefs_node\(\) of mm\/page_alloc\.c, read in v/,
    /^ {2}called by .*build_zone/m, /^ {2}calls .*populated_zone\(\)/m, /^ {2}other in .*v5\.17/m,
    /^ {2}policies .*zonelists\/all_zones/m, /^function build_zonerefs_node\(k, /m]],
  // Called, and calling, through functions that their files keep to themselves.
  ['create_altmaps_and_memory_blocks', [/^ {2}called by +add_memory_resource\(\)$/m]],
  ['scan_movable_pages', [/^ {2}called by +offline_pages\(\)$/m]],
  ['offline_pages', [/^ {2}calls .*scan_movable_pages\(\)/m]],
  ['zone_test_spans', [/^switch zone_test_spans: true in v/, /^ {2}read in +\w+\(\)/m]],
  ['Z1', [/^invariant Z1: .*\.$/m]],
  ['zonelists/populated_zone', [/^policy zonelists\/populated_zone: /, /^ {2}base +v5\.17$/m,
    /^ {2}changes +build_zonerefs_node\(\)$/m]],
  ['online', [/^event online \(input\): /]],
] as const)('show %s', (name, lines) => {
  const { status, stdout, stderr } = mmreplay(['show', name]);
  expect([status, stderr]).toEqual([0, '']);
  for (const line of lines) expect(stdout).toMatch(line);
});

test('show of what is not there: the nearest name, status 2', () => {
  const { status, stderr } = mmreplay(['show', 'build_zoneref_node']);
  expect(status).toBe(2);
  expect(stderr).toContain('did you mean build_zonerefs_node');
});
