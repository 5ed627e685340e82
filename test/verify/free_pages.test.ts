/** Free pages of the zones at the snapshots of a page-level recording: what is explained how. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { factText } from '../../src/observe/facts/fact_text.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import type { Verification } from '../../src/verify/facts.js';
import { verify } from '../../src/verify/verify.js';

const folder = mkdtempSync(join(tmpdir(), 'mmreplay-free-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An imported recording with its lines changed. */
async function verified(
  name: string, change: (lines: string[]) => string[],
): Promise<Verification> {
  const packed = join(packageRoot(), 'traces/imported', `${name}.csv.gz`);
  const lines = gunzipSync(readFileSync(packed)).toString().split('\n');
  const path = join(folder, 'trace.csv');
  writeFileSync(path, change(lines).join('\n'));
  const { trace, problems } = await readTrace(path);
  expect(problems).toEqual([]);
  return verify(trace, { version: versionOfHeader(trace.header), series: [], name });
}

describe('where the replay of pages begins', () => {
  it.each(['processes-6.1', 'full-buffer-6.12'])(
    'does not depend on how far the log\'s clock is ahead: %s', async (name) => {
      const whole = await verified(name, (lines) => lines);
      const ahead = await verified(name, (lines) => {
        const traced = lines.findIndex((line) => /,(mm_page_|tracing_mark)/.test(line));
        return lines.map((line, index) =>
          (index < traced ? line.replace(/^(\d+)(?=\d{9},)/, (s) => `${Number(s) + 1000}`) : line));
      });
      expect(ahead).toEqual(whole);
      expect(ahead.disagree).toEqual([]);
    });
});

describe('a count that differs', () => {
  // Two CPUs may keep back 16 pages each, at the first snapshot and at this one.
  const off = (pages: number, moved = 0) => verified('full-buffer-6.12', (lines) => {
    const at = lines.findIndex((line, row) => line.includes(',nr_free_pages,,0,DMA32,') &&
      lines.slice(0, row).some((before) => before.includes('step 1: ')));
    expect(lines[at]).toContain('pcp=2814/406 stat_threshold=16 ');
    const changed = lines.map((line, row) => (row !== at ? line
      : line.replace(/,DMA32,,(\d+),/, (_, free) => `,DMA32,,${Number(free) + pages},`)));
    const snapshot = lines.slice(0, at).findLastIndex((line) => line.includes(',snapshot,'));
    const [time = ''] = lines[snapshot]?.split(',') ?? [];
    const told = `${time},0,kcompactd0-40,mm_migrate_pages,,,,,,,,,`
      + `nr_succeeded=${moved} nr_failed=0 mode=MIGRATE_ASYNC reason=compaction`;
    return moved === 0 ? changed
      : [...changed.slice(0, snapshot), told, ...changed.slice(snapshot)];
  });
  const parts = ({ free_pages = [] }: Verification) =>
    free_pages.find(({ zone }) => zone === '0/DMA32')?.parts;

  it('is kept back from the counter, as far as CPUs can', async () => {
    const result = await off(-30);
    const [part] = parts(result) ?? [];
    expect(part?.cause).toContain('kept back from the counter by CPUs');
    expect(part?.cause).toContain('64 at most');
    expect(result.disagree).toEqual([]);
  });

  // Of pages that compaction moves others to there is no event (7.3.4 and 6.19, huge tmpfs).
  it('is where compaction moved pages to, as many as it says', async () => {
    const result = await off(-200, 150);
    expect(parts(result)?.map(({ cause }) => cause)).toEqual([
      'compaction moved others there, of which there is no event: 214 at most']);
    expect(result.disagree).toEqual([]);
    expect((await off(-200, 100)).disagree).toHaveLength(1);
  });

  it('is a disagreement when it is larger', async () => {
    const result = await off(-200);
    expect(parts(result)?.map(({ cause }) => cause)).toEqual(['unexplained']);
    expect(result.disagree.map(factText))
      .toEqual(['free pages of zone 0/DMA32, unexplained']);
  });
});

describe('lists of CPUs from which the kernel allocates in bulk, which no event tells', () => {
  /** At snapshot 3 the reader has 16 pages for what it reads, of 292 that were on its list. */
  const counted = (lists: string) => verified('kernel-zone-6.12', (lines) =>
    lines.map((line) => line.replace('pcp=276/79 stat', `pcp=${lists} stat`)));

  it('have what is left of them, as far as the pages are freed later', async () => {
    const result = await counted('276/79');
    expect(result.disagree).toEqual([]);
    expect(result.corrections.unseen_allocation).toBeGreaterThan(50);
    expect(result.corrections.unseen_by_count).toBeGreaterThan(5);
  });

  it.each([
    ['293/79', '292/79', 'a page more than there was'],
    ['150/79', '292/79', 'less than what is allocated or drained later, by its row'],
    ['276/80', '276/79', 'a page more on the other CPU'],
    ['276/9', '276/79', 'less there'],
  ])('cannot have %s, but %s: %s', async (recorded, modelled) => {
    const { disagree } = await counted(recorded);
    const subject = { kind: 'free_pages', nid: 0, zone: 'Normal' };
    expect(disagree).toContainEqual(
      expect.objectContaining({ step: 3, subject, field: 'lists', recorded, modelled }));
  });
});
