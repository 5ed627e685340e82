/** `affected`: which releases have what a trace shows, and who mends them. */
import { describe, expect, test } from 'vitest';
import type { Affected } from '../../src/compare/verdict/affected.js';
import { mmreplay } from './command.js';

const trace = 'traces/zonelists-S1-xen-grows';

describe('affected', () => {
  test('two releases of one branch on both sides of a backport', () => {
    const { stdout, status } = mmreplay(['affected', trace, '-q', '--no-cache',
      '--base', 'v5.10', '--base', 'v5.10.112', '--base', 'v5.18', '-p', 'zonelists/populated_zone',
      '-p', 'zonelists/managed_zone', '--format', 'json']);
    const { versions } = JSON.parse(stdout) as Affected;
    const told = versions.map(({ version, faults }) =>
      [version, ...faults.map(({ fixed_by: fixed }) => fixed)]);
    expect(told).toEqual([
      ['v5.18'], ['v5.10.112'], ['v5.10', ['zonelists/populated_zone']],
    ]);
    expect(status).toBe(1);
  });

  /**
   *   v5.0   zone counts are wrong, and the node stays: `merged` is about the node
   *   v5.3   the node stays
   * Expect: both have what `merged` mends; that v5.0 has a graver fault hides it from nobody.
   */
  test('a graver fault that no policy is about stands behind what they mend', () => {
    const words = ['affected', 'traces/try_offline_node-S2-one-left', '-q', '--base', 'v5.0',
      '--base', 'v5.3', '--base', 'v5.4', '-p', 'try_offline_node/merged'];
    const { versions } = JSON.parse(mmreplay([...words, '--format', 'json']).stdout) as Affected;
    expect(versions.map(({ version, findings, faults }) => [version, findings[0]?.id === 'N1',
      faults.map(({ finding, fixed_by: fixed }) => [finding.id, fixed])])).toEqual([
      ['v5.4', false, []],
      ['v5.3', true, [['N1', ['try_offline_node/merged']]]],
      ['v5.0', false, [['N1', ['try_offline_node/merged']]]],
    ]);
    const text = mmreplay(words).stdout.replaceAll(/\n +/g, ' ');
    expect(text).toMatch(/affected {2}v5\.0, v5\.3: node 1 is offline, left: 8 memory blocks/);
    expect(text).toMatch(/also {6}v5\.0: 1:Normal: .* graver, and no policy takes it away/);
  });

  test('what is wrong with the trace is said once', () => {
    const { stdout, stderr, status } = mmreplay(['affected', 'nowhere.csv', '-q']);
    expect([stdout, stderr]).toEqual(
      ['', 'nowhere.csv: cannot be read: no such file or directory\n']);
    expect(status).toBe(2);
  });

  test('one trace at a time', () => {
    const { stderr, status } = mmreplay(['affected', 'traces', '-q']);
    expect(stderr).toContain('affected is for one trace');
    expect(status).toBe(2);
  });
});
