import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../src/base/package_root.js';

const root = packageRoot();
const tsc = join(root, 'node_modules/typescript/bin/tsc');

test('wrong policies do not compile, and the tests themselves do', () => {
  const { stdout } = spawnSync(
    process.execPath, [tsc, '-p', join(root, 'test/tsconfig.json')], { encoding: 'utf8' });
  expect(stdout).toBe('');
});

test('a file that should not compile and does is an error', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
  const text = '// @ts-expect-error Nothing is wrong.\nexport const a = 1;\n';
  writeFileSync(join(folder, 'a.ts'), text);
  expect(() => execFileSync(process.execPath, [tsc, '--noEmit', join(folder, 'a.ts')])).toThrow();
  rmSync(folder, { recursive: true });
});

test('every kind of mistake has its place among the wrong policies', () => {
  const text = readFileSync(join(root, 'test/types/wrong_policies.ts'), 'utf8');
  expect(text.match(/@ts-expect-error/g)?.length).toBe(7);
});
