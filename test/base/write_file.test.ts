import {
  chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync,
  rmSync, symlinkSync, writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { partialName, temporaryFolder } from '../../src/base/partial.js';
import { writeFileInTurns, writeFileWhole } from '../../src/base/write_file.js';

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

/** Names as a program of that PID makes them. */
const ofPid = (name: string, pid: number): string => name.replace(`-${process.pid}-`, `-${pid}-`);
/** No system gives so many. */
const GONE = 2 ** 22 + 1;

test('what a killed program left goes when the next one writes there, what lives stays', () => {
  const left = partialName('trace.csv');
  const names = [ofPid(left, GONE), ofPid(left, 1), left, 'a.part', `b.00000000-${GONE}-${
    'a'.repeat(12)}.part`];
  const target = join(folder, 'fresh');
  mkdirSync(target);
  for (const name of names) writeFileSync(join(target, name), '');
  writeFileWhole(join(target, 'one'), '1');
  expect(readdirSync(target).sort()).toEqual([...names.slice(1), 'one'].sort());
});

test('folders of killed runs go, those of others stay', () => {
  const made = temporaryFolder('results');
  const dead = ofPid(made, GONE);
  renameSync(made, dead);
  const next = temporaryFolder('results');
  expect([existsSync(dead), existsSync(next)]).toEqual([false, true]);
  const third = temporaryFolder('view');
  expect(existsSync(next)).toBe(true);
  for (const path of [next, third]) rmSync(path, { recursive: true });
});

test('a name of 255 bytes is written as any other', async () => {
  const path = join(folder, 'ä'.repeat(127));
  writeFileWhole(path, 'one');
  await writeFileInTurns(path, ['two', ' parts']);
  expect([readFileSync(path, 'utf8'), readdirSync(folder).length]).toEqual(['two parts', 1]);
  await expect(writeFileInTurns(folder, ['x'])).rejects.toThrow(/is a folder/);
});

test('a signal in the middle of a long file leaves nothing of it', async () => {
  const heard: string[] = [];
  // Without a listener of its own this process would end, as the program does.
  const listen = (signal: string): unknown => heard.push(signal);
  process.on('SIGHUP', listen);
  function* pieces(): Generator<string> {
    yield 'one';
    process.kill(process.pid, 'SIGHUP');
    for (let piece = 0; heard.length < 2 && piece < 1e6; piece += 1) yield '';
    throw new Error('the program goes on');
  }
  await expect(writeFileInTurns(join(folder, 'long'), pieces())).rejects.toThrow();
  process.off('SIGHUP', listen);
  // Once ours, once as it would have come without us.
  expect([heard, readdirSync(folder)]).toEqual([['SIGHUP', 'SIGHUP'], []]);
});
