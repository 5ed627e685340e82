import {
  chmodSync, lstatSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
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

test('a link stays one, a device stays one, and a folder is refused by name', () => {
  writeFileWhole(join(folder, 'real.txt'), 'one');
  symlinkSync('real.txt', join(folder, 'link.txt'));
  writeFileWhole(join(folder, 'link.txt'), ['two', Buffer.from(' parts')]);
  expect(lstatSync(join(folder, 'link.txt')).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(folder, 'real.txt'), 'utf8')).toBe('two parts');
  symlinkSync('/dev/null', join(folder, 'null'));
  writeFileWhole(join(folder, 'null'), 'x');
  expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
  expect(() => writeFileWhole(folder, 'x')).toThrow(`${folder} is a folder, expected a file`);
});

test('a link in a circle is trouble, one that leads to nothing yet is followed', () => {
  symlinkSync('two', join(folder, 'one'));
  symlinkSync('one', join(folder, 'two'));
  symlinkSync('made/later', join(folder, 'link'));
  expect(() => writeFileWhole(join(folder, 'one'), 'x')).toThrow(/too many symbolic links/);
  writeFileWhole(join(folder, 'link'), 'x');
  expect(readFileSync(join(folder, 'made/later'), 'utf8')).toBe('x');
  expect(['one', 'link'].map((name) => lstatSync(join(folder, name)).isSymbolicLink()))
    .toEqual([true, true]);
});
