/** The table of versions: each change stands once, and everything that it says is so. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { bodies } from '../../src/linux/history/bodies.js';
import { branches } from '../../src/linux/history/branches.js';
import { read } from '../../src/linux/history/read.js';
import { byAge, type Change, valueIn } from '../../src/linux/history/since.js';
import { switches } from '../../src/linux/history/switches/config.js';
import { differencesTo, versions } from '../../src/linux/history/versions.js';
import { kernelByHand } from './by_hand.js';

const changes: Readonly<Record<string, Change<unknown>>> = { ...switches, ...bodies };
const named = Object.entries(changes);

/** Text of the model without the table itself. */
function modelText(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'history')
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? modelText(path) : readFileSync(path, 'utf8');
    }).join('\n');
}

test('the model reads every switch', () => {
  const text = modelText(join(packageRoot(), 'src/linux'));
  const unread = Object.keys(switches).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
  expect(unread).toEqual([]);
});

describe('a change', () => {
  test.each(named)('%s says what it decides, and no versions', (_name, { doc }) => {
    expect(doc).toMatch(/^\S.*\.$/s);
    expect(doc).not.toMatch(/\bv?[456]\.\d+\b/);
  });

  test.each(named)('%s has values that follow each other and differ', (_name, change) => {
    const from = Object.keys(change.values);
    expect(from[0]).toBe('v4.13');
    expect([...from].sort(byAge)).toEqual(from);
    const values = Object.values(change.values);
    values.slice(1).forEach((value, index) => expect(value).not.toEqual(values[index]));
    expect(values.length).toBeGreaterThan(1);
  });

  test.each(named)('%s names commits of its own values only', (_name, { values, commits }) => {
    expect(Object.keys(values)).toEqual(expect.arrayContaining(Object.keys(commits)));
    for (const commit of Object.values(commits)) expect(commit).toMatch(/^[0-9a-f]{12,40}$/);
  });
});

test.each(Object.entries(read))('texts of %s stand on both sides of its value', (name, texts) => {
  const { values } = changes[name] as Change<unknown>;
  for (const [release, [without = '', withIt = ''] = []] of Object.entries(texts)) {
    expect(Object.keys(values)).toContain(release);
    expect(byAge(`v${without.split('-')[0]}`, release)).toBeLessThan(0);
    expect(byAge(`v${withIt.split('-')[0]}`, release)).toBeGreaterThanOrEqual(0);
  }
});

/** What the texts of two releases say, which were told otherwise before they were read. */
test.each([
  ['movable_zone_trusted', 'v5.0', true], ['zone_test_spans', 'v5.0', true],
  ['hwpoison_pcp_disable', 'v5.11', true], ['min_free_kbytes_max', 'v5.7', 262144],
  ['memoryless_local_node_skipped', 'v6.7', true], ['memoryless_node_printed', 'v6.7', false],
  ['clear_node_before_rebuild', 'v6.7', true], ['prepare_online', 'v6.8', true],
  ['hugetlb_node_count', 'v6.7', 'persistent'], ['dax_group_in', 'v6.1.39', 'pages'],
  ['dax_group_in', 'v5.15.135', 'pages'], ['zone_pfn_bits', 'v5.4.188', 52],
  ['altmap_keeps_block', 'v6.7', false], ['cancel_after_undo', 'v5.0', true],
  ['nodestats_checked', 'v6.1.191', true], ['undone_altmap', 'v7.1.5', 'own'],
  ['dax_kmem_skips_missing', 'v6.18.44', true], ['holes_end', 'v5.4.30', 'section'],
  ['memmap_counted', 'v7.1.5', 'populated'],
] as const)('%s in %s: %s', (name, version, value) => {
  expect(differencesTo(version)?.config[name]).toBe(value);
});

describe('a branch', () => {
  test.each(branches)('$id picks what its mainline release does not have', ({ on, picks }) => {
    for (const [name, from] of Object.entries(picks)) {
      const change = changes[name];
      if (change === undefined) throw new Error(`no change ${name}`);
      expect(Object.keys(change.values), name).toContain(from);
      expect(valueIn(change, from), name).not.toEqual(valueIn(change, on));
    }
  });
});

describe('a version', () => {
  test('is listed once, and after those that are newer', () => {
    const ids = versions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const on = versions.map((version) => version.on);
    expect([...on].sort((a, b) => byAge(b, a))).toEqual(on);
  });

  test.each(versions)('$id composes', ({ id }) => {
    const k = kernelByHand({ version: id, nodes: 1 });
    expect(k.version).toBe(id);
    expect(k.config).toEqual(differencesTo(id)?.config);
    expect(Object.keys(k.config).sort()).toEqual(Object.keys(switches).sort());
  });
});
