/** The table of versions: each change stands once, and everything that it says is so. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { bodies } from '../../src/linux/history/bodies.js';
import { branches } from '../../src/linux/history/branches.js';
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
