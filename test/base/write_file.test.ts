import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeFileWhole } from '../../src/base/write_file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mmreplay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is written with its folders, and written over', () => {
  const path = join(folder, 'a/b/report.txt');
  writeFileWhole(path, 'one');
  writeFileWhole(path, 'two');
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(readdirSync(join(folder, 'a/b'))).toEqual(['report.txt']);
});

test('when the name cannot be taken, the error is thrown and nothing is left behind', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => writeFileWhole(join(folder, 'file/below'), 'x')).toThrow();
  chmodSync(folder, 0o755);
  expect(() => writeFileWhole(folder, 'x')).toThrow();
  expect(readdirSync(folder)).toEqual(['file']);
});
