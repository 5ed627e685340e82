import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { loadPolicy, policyFiles, questions, variantsOf } from '../../src/patch/catalogue.js';

test('policies are found by their place, in order', () => {
  const ids = policyFiles().map(({ id }) => id);
  expect(ids).toEqual([...ids].sort());
  expect(ids).toContain('zonelists/populated_zone');
  const files = readdirSync(`${packageRoot()}policies`, { recursive: true, encoding: 'utf8' });
  expect(ids.length).toBe(files.filter((name) => name.endsWith('.ts')).length);
});

test('a question is a folder, its files are the variants', () => {
  expect(questions()).toContain('try_offline_node');
  expect(variantsOf('zonelists')).toContain('zonelists/all_zones');
  expect(() => variantsOf('zonelist')).toThrow(
    /^there is no question zonelist; did you mean zonelists\?/);
});

test('one policy is loaded by its id', async () => {
  expect((await loadPolicy('zonelists/managed_zone')).author).toBe('Mel Gorman, 2016-08-31');
});
