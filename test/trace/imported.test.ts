/** traces/imported: the recordings as traces, for a spreadsheet, and to hold the importer still. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { readTrace } from '../../src/trace/read.js';
import { writeTraceCsv } from '../../src/trace/write_csv.js';

const traces = join(packageRoot(), 'traces');
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-imported-'));
afterAll(() => rmSync(folder, { recursive: true }));

const names = readdirSync(join(traces, 'imported')).filter((name) => name.endsWith('.csv.gz'));

describe('a recording imports to the trace that is shipped', () => {
  test('of each recording but the largest there is one', () => {
    const recordings = readdirSync(join(traces, 'recordings'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'offline-under-load');
    expect(names.map((name) => basename(name, '.csv.gz')).sort())
      .toEqual(recordings.map(({ name }) => name).sort());
  });

  test.each(names)('%s', async (name) => {
    const recording = join(traces, 'recordings', basename(name, '.csv.gz'));
    const path = join(folder, name.replace(/\.gz$/, ''));
    writeTraceCsv((await readTrace(recording)).trace, path);
    expect(readFileSync(path, 'utf8'))
      .toBe(gunzipSync(readFileSync(join(traces, 'imported', name))).toString());
  });
});
