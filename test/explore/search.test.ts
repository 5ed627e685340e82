import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/base/errors.js';
import {
  exploreNow, partingOf, runSchedule, windowFor, type Candidate,
} from '../../src/explore/explore.js';
import { raceTrace } from '../../src/explore/race.js';
import { parseSchedule, scheduleText, switchesOf } from '../../src/explore/schedule_text.js';
import type { SearchResult } from '../../src/explore/search.js';
import { loadPolicy, variantsOf } from '../../src/patch/catalogue.js';
import { countByGraph } from './count_by_graph.js';

const HANG = 'hangs: the test stops at a page on a per-cpu list for ever';
const OFFLINE = 'goes offline';

/** How the race can end under each design, with any number of freeing tasks. */
const table = {
  drain_once: [OFFLINE, HANG], redrain: [OFFLINE], drain_each_pass: [OFFLINE], disable: [OFFLINE],
  loop: [OFFLINE], iso: [OFFLINE, HANG], iso_redrain: [OFFLINE], outer: [OFFLINE],
  flag: [OFFLINE], static: [OFFLINE], read_in_lock: [OFFLINE], read_in_lock_mask: [OFFLINE],
  rfc: [OFFLINE], count: [OFFLINE], remote: [OFFLINE], freetype: [OFFLINE],
  nolock: [OFFLINE],
} as const;
const designs = Object.keys(table) as (keyof typeof table)[];

async function candidate(design: string, version = 'v5.8'): Promise<Candidate> {
  const id = `offline_pcp/${design}`;
  return { id, version, series: [await loadPolicy(id)] };
}

function race(tasks: number): ReturnType<typeof windowFor> {
  return windowFor(raceTrace({ tasks, kernel: '5.8.0' }));
}

/**
 * The full search of three tasks takes seconds, of rfc and count half a minute: one design of each
 * kind (a drain more, a test after each pageblock, lists turned off, a flag, no lock) has it.
 */
const searchedOfThree: ReadonlySet<string> = new Set(
  ['redrain', 'iso', 'disable', 'flag', 'nolock']);

function outcomes(result: SearchResult): string[] {
  return result.endings.map((end) => end.outcome);
}

describe.each(designs)('the race under %s', (design) => {
  test.each([1, 4])('ends as the table says with %i freeing tasks', async (tasks) => {
    const result = exploreNow(race(tasks), await candidate(design), { reduced: true });
    expect(outcomes(result)).toEqual(table[design]);
    expect(result.incomplete).toBe(false);
  });

  const most = [1, 2, ...(searchedOfThree.has(design) ? [3] : [])];
  test.each(most)('the full search of %i tasks finds the same outcomes', async (tasks) => {
    const one = await candidate(design);
    const full = exploreNow(race(tasks), one, { reduced: false });
    const reduced = exploreNow(race(tasks), one, { reduced: true });
    expect(outcomes(reduced)).toEqual(outcomes(full));
    expect(reduced.states).toBeLessThan(full.states);
    const factor = tasks < 3 ? 1n : 20n;
    expect(full.schedules).toBeGreaterThan(factor * reduced.schedules);
  });

  test('every schedule found comes to its outcome again, step by step the same', async () => {
    const one = await candidate(design);
    const window = race(2);
    for (const end of exploreNow(window, one, { reduced: true }).endings) {
      const run = runSchedule(window, one, scheduleText(end.shortest));
      expect(run.outcome).toBe(end.outcome);
      expect(runSchedule(window, one, scheduleText(end.shortest))).toEqual(run);
    }
  });
});

test.each(['drain_once', 'iso_redrain', 'static', 'rfc'])(
  'under %s the number of schedules is that of the graph of all states', async (design) => {
    const one = await candidate(design);
    const { endings } = exploreNow(race(1), one, { reduced: false });
    const counted = [...countByGraph(race(1), one)].map(([outcome, schedules]) => (
      { outcome: outcome === 'hangs' ? HANG : outcome, schedules }));
    expect(endings.map(({ outcome, schedules }) => ({ outcome, schedules })))
      .toEqual(counted.sort((a, b) => (a.outcome < b.outcome ? -1 : 1)));
  });

test('the table is of all designs', () => {
  expect(variantsOf('offline_pcp').map((id) => id.replace('offline_pcp/', '')))
    .toEqual([...designs].sort());
});

test('two preemptions strand a page, none do not', async () => {
  const one = await candidate('drain_once', 'v6.1');
  const search = (preemptions: number): string[] =>
    outcomes(exploreNow(race(1), one, { reduced: true, preemptions }));
  expect(search(0)).toEqual([OFFLINE]);
  expect(search(2)).toEqual([OFFLINE, HANG]);
});

test('a design that strands pages parts from one that does not, on one schedule', async () => {
  const window = race(1);
  const [iso, redrain] = [await candidate('iso'), await candidate('iso_redrain')];
  const found = [iso, redrain].map((one) => (
    { id: one.id, result: exploreNow(window, one, { reduced: true }) }));
  const parting = partingOf(window, iso, redrain, found);
  expect(parting?.outcomes).toEqual([HANG, OFFLINE]);
  const text = parting?.schedule ?? '';
  expect(runSchedule(window, iso, text).outcome).toBe(HANG);
  expect(runSchedule(window, redrain, text)).toMatchObject({ outcome: OFFLINE, failedTests: 1 });
  expect(partingOf(window, redrain, redrain, found)).toBeUndefined();
});

test('a limit ends the search and says so', async () => {
  const result = exploreNow(race(3), await candidate('redrain'), { reduced: true, limit: 20 });
  expect(result.incomplete).toBe(true);
});

test('a schedule is the same as text and as steps', () => {
  const steps = [0, 0, 0, 1, 0, 2, 2];
  expect(scheduleText(steps)).toBe('s1:a3b1a1c2');
  expect(parseSchedule('s1:a3b1a1c2')).toEqual(steps);
  expect(switchesOf(steps)).toBe(3);
  expect(() => parseSchedule('a3b1')).toThrow(UsageError);
  expect(() => parseSchedule('s1:a1b99999999999')).toThrow(/expected up to 1000000/);
});
