/**
 * Checks that a policy brings along.
 *
 *     boot --> add_memory --> online: the zone grows --> checked in the base and in the policy
 *
 * Expect: what it finds is a finding of both runs, and the claim of it is held against that.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { mmreplay, type Ran } from './command.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
afterAll(() => rmSync(folder, { recursive: true }));
const trace = join(packageRoot(), 'traces/zonelists-S1-xen-grows/trace.csv');

function run(name: string, broken: string): Ran {
  writeFileSync(join(folder, 'fix.ts'), `import { definePatch, expectation } from 'mmreplay';
export default definePatch({
  id: 'mine/fix', subject: '', author: '', link: '', base: 'v5.17', doc: '',
  substitutes: { build_zonerefs_node: { managed_zone: 'populated_zone' } },
  expects: [expectation({ name: '${name}', text: 'A node does not grow.',
    remember: (k) => k.state.nodes[0]?.node_present_pages ?? 0,
    broken: (k, before) => ${broken} })],
  claims: [{ text: 'It stays as it is.', holds: '${name}' }],
});
`);
  return mmreplay(['run', trace, '-p', './fix.ts', '--no-cache'], folder);
}

test('a check over two states', () => {
  const { status, stdout } = run('grows', 'before !== undefined && ' +
    '(k.state.nodes[0]?.node_present_pages ?? 0) > before ? `it grew` : undefined');
  expect(status).toBe(1);
  expect(stdout).toMatch(/grows/);
  expect(stdout).toContain('A node does not grow.');
  expect(stdout).toMatch(/broken/);
});

test('a check that throws is named with its line; one with a taken name is refused', () => {
  const threw = run('grows', '{ throw new Error(`oh ${before} ${k.version}`); }');
  expect(threw.status).toBe(2);
  expect(threw.stderr).toMatch(/\.\/fix\.ts:5: the expectation grows throws Error: oh undefined/);
  const taken = run('Z1', 'undefined');
  expect([taken.status, taken.stdout]).toEqual([2, '']);
  expect(taken.stderr).toMatch(/fix\.ts:5: there is an invariant that is called Z1/);
});
