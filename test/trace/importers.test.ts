import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { importers } from '../../src/trace/importers.js';
import { readTrace, type ReadResult } from '../../src/trace/read.js';
import { csvLines, writeTraceCsv } from '../../src/trace/write_csv.js';

const root = fileURLToPath(new URL('../../traces/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'mmreplay-import-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Inputs of all importers: those under samples, the recordings as folders, the scenarios. */
function samples(): (readonly [importer: string, path: string])[] {
  const listed = readdirSync(join(root, 'samples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => readdirSync(join(root, 'samples', name))
      .map((file) => [name, join('samples', name, file)] as const));
  const recordings = readdirSync(join(root, 'recordings'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ['recording', join('recordings', name)] as const);
  const scenarios = readdirSync(join(root, 'scenarios')).filter((name) => name.endsWith('.json'))
    .map((name) => ['scenario', join('scenarios', name)] as const);
  return [...listed, ...recordings, ...scenarios];
}

const text = ({ trace }: ReadResult): string => [...csvLines(trace), ''].join('\n');

describe('every importer', async () => {
  it('has a sample', async () => {
    const ids = (await importers()).map(({ id }) => id);
    expect([...new Set(samples().map(([importer]) => importer))].sort()).toEqual(ids);
  });

  describe.each(samples())('%s reads %s', (importer, path) => {
    it('by name, sniffed, and again from its own CSV, byte by byte the same', async () => {
      const sniffed = await readTrace(join(root, path));
      expect(sniffed.importer).toBe(importer);
      expect(sniffed.problems).toEqual([]);
      const whole = text(sniffed);
      // Of recordings there are many, and what differs between them is not how a file is opened.
      const isOne = importer === 'recording';
      if (!isOne) {
        expect(text(await readTrace(join(root, path), { importer })) === whole).toBe(true);
      }
      for (const end of isOne ? ['.csv.gz'] : ['.csv', '.csv.gz']) {
        const file = join(folder, `trace${end}`);
        writeTraceCsv(sniffed.trace, file);
        const again = await readTrace(file);
        expect(again.importer).toBe('trace_csv');
        expect(again.problems).toEqual([]);
        expect(again.trace.header).toEqual(sniffed.trace.header);
        expect(text(again) === whole).toBe(true);
        const bytes = readFileSync(file);
        expect((end === '.csv' ? bytes : gunzipSync(bytes)).toString() === whole).toBe(true);
      }
    });
  });
});

it('a compressed file whose name does not say so is read all the same', async () => {
  const plain = await readTrace(join(root, 'samples/trace_csv/by-hand.csv'));
  const path = join(folder, 'download');
  writeFileSync(path, gzipSync(readFileSync(join(root, 'samples/trace_csv/by-hand.csv'))));
  const { importer, trace } = await readTrace(path);
  expect(importer).toBe('trace_csv');
  expect(trace.length).toBe(plain.trace.length);
});

it('a folder with one trace is that trace; of several, or of other files, it is said', async () => {
  const made = mkdtempSync(join(folder, 'one-'));
  const csv = readFileSync(join(root, 'samples/trace_csv/by-hand.csv'));
  writeFileSync(join(made, 'trace.csv.gz'), gzipSync(csv));
  writeFileSync(join(made, 'README.txt'), 'how it was made\n');
  const { importer, trace } = await readTrace(made);
  expect([importer, trace.where(0).file]).toEqual(['trace_csv', join(made, 'trace.csv')]);
  writeFileSync(join(made, 'other.csv'), csv);
  await expect(readTrace(made)).rejects.toThrow('holds 2 traces (other.csv, trace.csv), expected ');
  const log = mkdtempSync(join(folder, 'log-'));
  writeFileSync(join(log, 'dmesg.txt'), '[    0.000000] Linux version 6.1.0\n');
  await expect(readTrace(log)).rejects.toThrow('can be imported by itself: dmesg.txt');
});

describe('what no importer knows', () => {
  it.each([
    ['bpftrace', 'Attaching 3 probes...\nmm_page_alloc pfn=970744 order=0\n'],
    ['bcc', 'COMM           PID    NODE ZONE         ORDER\nzsh  23685  0  ZONE_DMA  -1\n'],
  ])('a script of %s has a form of its own', async (tool, printed) => {
    const file = join(folder, `${tool}.txt`);
    writeFileSync(file, printed);
    await expect(readTrace(file)).rejects.toThrow(`is what a script of ${tool} printed`);
  });

  it('is said, with what can be done', async () => {
    const file = join(folder, 'letter.txt');
    writeFileSync(file, `Dear list,\n${'-'.repeat(40)}\nplease find attached\n`);
    await expect(readTrace(file)).rejects.toThrow(
      `${file}: is no recording, trace, scenario, tracer text or kernel log that is known; `
        + '`mmreplay list importers` says what can be read');
    await expect(readTrace(file, { importer: 'strace' })).rejects.toThrow(
      'no importer is called strace; there are dmesg, ftrace, perf_script, recording, scenario, '
        + 'trace_csv');
    await expect(readTrace(join(folder, 'nothing'))).rejects.toThrow(
      `${join(folder, 'nothing')}: cannot be read: no such file or directory`);
  });
});
