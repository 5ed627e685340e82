import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { findTraces, shipped } from '../../src/cli/program/find_traces.js';

const traces = join(packageRoot(), 'traces');
const place = mkdtempSync(join(tmpdir(), 'mmreplay-traces-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

test('a recording that comes with the program is found by its name', () => {
  expect(shipped('hole-merged-q35-4000M')).toBe(join(traces, 'recordings/hole-merged-q35-4000M'));
  expect(shipped('no-such-recording')).toBe('no-such-recording');
});

test('of a recording and its table one is taken: the table where it is alone', () => {
  const names = ['hole-merged-q35-4000M', 'memmap-on-memory'];
  for (const folder of ['imported', 'recordings']) mkdirSync(join(place, folder));
  for (const name of names) {
    cpSync(join(traces, 'imported', `${name}.csv.gz`), join(place, 'imported', `${name}.csv.gz`));
  }
  cpSync(join(traces, 'recordings', names[0] ?? ''), join(place, 'recordings', names[0] ?? ''),
    { recursive: true });
  expect(findTraces([place]).map((path) => relative(place, path))).toEqual([
    'imported/memmap-on-memory.csv.gz', 'recordings/hole-merged-q35-4000M']);
  // A folder that is named is taken whole.
  expect(findTraces([join(place, 'imported')])).toHaveLength(2);
});
