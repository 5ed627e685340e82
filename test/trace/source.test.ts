/**
 * Files of an archive are found by their last names:
 *
 *     one/trace.txt   two/trace.txt      whose is it?
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tarOf } from '../../src/fuzz/tar_writer.js';
import { openSource, readText } from '../../src/trace/source.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-source-'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = async (second: string): Promise<string> => {
  const path = join(folder, 'a.tar');
  writeFileSync(path, tarOf([['one/trace.txt', Buffer.from('first\n')],
    ['one/dmesg.txt', Buffer.from('log\n')], ['two/trace.txt', Buffer.from(second)]]));
  return readText(await openSource(path), 'trace.txt');
};

/** Expect: no file of another recording is taken in silence; a copy is no other one. */
test('a name that two files of an archive have is refused', async () => {
  await expect(text('second\n')).rejects.toThrow(/a\.tar\/trace\.txt: is there twice, and not the/);
  expect(await text('first\n')).toBe('first\n');
});
