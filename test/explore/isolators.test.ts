/**
 * Every interleaving where a list is changed before it is counted, and where somebody else isolates
 * beside the offline: the reduced search against the full one.
 */
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { exploreNow, runSchedule, windowFor, type Candidate } from '../../src/explore/explore.js';
import { offlineRow, racePage, raceSetup } from '../../src/explore/race.js';
import { scheduleText } from '../../src/explore/schedule_text.js';
import type { Window } from '../../src/explore/window.js';
import { loadPolicy } from '../../src/patch/catalogue.js';
import { traceOf } from '../../src/trace/build.js';
import { readTrace } from '../../src/trace/read.js';

const OFFLINE = 'goes offline';
const STRANDED = 'hangs: the test stops at a page on a per-cpu list for ever';

async function candidate(design: string, version: string): Promise<Candidate> {
  const id = `offline_pcp/${design}`;
  return { id, version, series: [await loadPolicy(id)] };
}

async function windowOfScenario(name: string): Promise<Window> {
  const path = `${packageRoot()}traces/offline_pcp-${name}/trace.csv`;
  return windowFor((await readTrace(path)).trace);
}

/** All ends; the full search has the same ones, and each schedule found comes to its end again. */
function ends(window: Window, one: Candidate): string[] {
  const reduced = exploreNow(window, one, { reduced: true });
  const full = exploreNow(window, one, { reduced: false });
  const found = reduced.endings.map(({ outcome }) => outcome);
  expect(full.endings.map(({ outcome }) => outcome)).toEqual(found);
  expect(reduced.states).toBeLessThanOrEqual(full.states);
  expect([reduced.incomplete, full.incomplete]).toEqual([false, false]);
  for (const { outcome, shortest } of reduced.endings) {
    expect(runSchedule(window, one, scheduleText(shortest)).outcome).toBe(outcome);
  }
  return found;
}

const canHang = ['iso', 'drain_once', 'read_in_lock_mask'];
/** They drain all CPUs, and read the count of each before they have its lock. */
const passOver = ['remote', 'freetype'];

describe.each(['S4-refill-not-counted', 'S4-free-not-counted'])('%s', (name) => {
  test.each([
    'loop', 'iso', 'iso_redrain', 'outer', 'drain_once', 'redrain', 'drain_each_pass', 'flag',
    'static', 'read_in_lock', 'read_in_lock_mask', 'rfc', 'count', 'disable', 'remote', 'freetype',
    'nolock',
  ])('%s hangs only if its drains go by counts and come once', async (design) => {
    const found = ends(await windowOfScenario(name), await candidate(design, 'v5.8'));
    // With lists that are off, a page that is freed does not stay; those of a refill do.
    const hangs = canHang.includes(design) ||
      (passOver.includes(design) && name === 'S4-refill-not-counted');
    expect(found).toEqual(hangs ? [OFFLINE, STRANDED] : [OFFLINE]);
  });
});

describe('S12: alloc_contig_range() of another block beside the offline', () => {
  const done = `${OFFLINE}; alloc_contig_range returns 0`;

  test.each([
    ['count', 'v5.8', [done]], ['disable', 'v5.8', [done]], ['disable', 'v6.12', [done]],
    ['flag', 'v5.8', [done]], ['iso', 'v5.8', [done]],
  ] as const)('%s on %s', async (design, version, expected) => {
    const window = await windowOfScenario('S12-two-isolators');
    const found = ends(window, await candidate(design, version));
    expect(found).toEqual(expected);
  });
});

/**
 * Up to v5.8 free_pcppages_bulk() looks for more pages than the lists have, without end, when high
 * and batch change between two reads (88e8ac11d2ea): which rfc does beside every free.
 */
const endless = /BUG in free_pcppages_bulk: \d+ pages are to be freed/;

describe('alloc_contig_range() of a block of which a page is freed meanwhile', () => {
  const page = 0x250010;

  function window(): Window {
    const rows = raceSetup(2, (cpu) => (cpu === 1 ? page : undefined));
    rows.push(offlineRow(3e9), {
      time_ns: 3e9, cpu: 0, task: 'contig', event: 'alloc_contig_pages', pfn: 0x250000,
      nr_pages: 512,
    }, { time_ns: 3e9, cpu: 1, task: 'freeing', event: 'mm_page_free', pfn: page, order: 0 });
    return windowFor(traceOf(rows, { kernel: '5.8.0', cpus: 2 }));
  }

  test.each(['disable', 'flag', 'rfc'])(
    'under %s the one test can come too early', async (design) => {
      const found = ends(window(), await candidate(design, 'v5.8'));
      expect(found.filter((end) => !endless.test(end))).toEqual([
        `${OFFLINE}; alloc_contig_range returns -16`, `${OFFLINE}; alloc_contig_range returns 0`,
      ]);
      expect(found.some((end) => endless.test(end))).toBe(design === 'rfc');
    });
});

test('what is held where a list is not counted yet begins in the window', async () => {
  const [task] = (await windowOfScenario('S4-free-not-counted')).tasks;
  expect(task).toMatchObject({ name: 'freeing', steps: [{ what: 'free', pfns: [racePage(1)] }] });
});
