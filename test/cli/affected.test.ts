/** `affected`: which releases have what a trace shows, and who mends them. */
import { describe, expect, test } from 'vitest';
import { mmreplay } from './command.js';

const trace = 'traces/zonelists-S1-xen-grows';

describe('affected', () => {
  test('two releases of one branch on both sides of a backport', () => {
    const { stdout, status } = mmreplay(['affected', trace, '-q', '--no-cache',
      '--base', 'v5.10', '--base', 'v5.10.112', '--base', 'v5.18', '-p', 'zonelists/populated_zone',
      '-p', 'zonelists/managed_zone', '--format', 'json']);
    const { versions } = JSON.parse(stdout) as { versions: {
      version: string; findings: unknown[]; fixed_by: string[] }[] };
    const told = versions.map(({ version, findings, fixed_by: fixed }) =>
      [version, findings.length > 0, fixed]);
    expect(told).toEqual([
      ['v5.18', false, []], ['v5.10.112', false, []],
      ['v5.10', true, ['zonelists/populated_zone']],
    ]);
    expect(status).toBe(1);
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
