import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../src/base/package_root.js';
import { mmreplay } from './cli/command.js';

/** The fenced block that follows the marker in the README. */
function block(marker: string): string {
  const readme = readFileSync(join(packageRoot(), 'README.md'), 'utf8');
  const found = new RegExp(`<!-- walk-through: ${marker} -->\n\`\`\`\\w+\n([\\s\\S]*?)\`\`\``);
  const text = found.exec(readme)?.[1];
  if (text === undefined) throw new Error(`the README has no walk-through block ${marker}`);
  return text;
}

describe('a policy outside the tree, with the README\'s words alone', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
    writeFileSync(join(folder, 'my_fix.ts'), block('my_fix.ts'));
    symlinkSync(join(packageRoot(), 'traces'), join(folder, 'traces'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('has at most 20 lines', () => {
    expect(block('my_fix.ts').trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });

  test('is run, differs from the kernel of that time and agrees with what was merged', () => {
    const [name, ...words] = block('command').trim().split(/\s+/);
    expect(name).toBe('mmreplay');
    const { status, stdout, stderr } = mmreplay([...words, '--format', 'json'], folder);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const digests = new Map<string, string>();
    JSON.stringify(JSON.parse(stdout), (_key, value: unknown) => {
      if (typeof value === 'object' && value !== null && 'results' in value && 'name' in value) {
        digests.set(String(value.name), String(value.results));
      }
      return value;
    });
    expect([...digests.keys()]).toEqual(expect.arrayContaining(
      ['base', 'zonelists/populated_zone', 'mine/spanned_zone']));
    expect(digests.get('mine/spanned_zone')).toBe(digests.get('zonelists/populated_zone'));
    expect(digests.get('mine/spanned_zone')).not.toBe(digests.get('base'));
  });

  test('has the report that the README shows', () => {
    const [, ...words] = block('command').trim().split(/\s+/);
    expect(mmreplay(words, folder).stdout).toContain(block('report'));
  });

  test('leaves the policies of the tree as they are', () => {
    expect(mmreplay(['list', 'policies'], folder).stdout).not.toContain('mine/');
  });
});
