/** What a user's policy keeps in local variables of its generators is part of a state. */
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import {
  exploreNow, runSchedule, windowFor, type Candidate,
} from '../../src/explore/explore.js';
import { raceTrace } from '../../src/explore/race.js';
import { scheduleText } from '../../src/explore/schedule_text.js';
import type { SearchResult } from '../../src/explore/search.js';
import { parseAllSeries } from '../../src/patch/series.js';

const version = 'v6.1';
const window = windowFor(raceTrace({ tasks: 1, kernel: '6.1.0' }));

async function sample(name: string): Promise<Candidate> {
  const path = `${packageRoot()}test/explore/samples/${name}.ts`;
  const [series] = await parseAllSeries([path], version);
  return { id: name, version, series: series?.patches ?? [] };
}

function outcomes({ endings }: SearchResult): string[] {
  return endings.map(({ outcome }) => outcome);
}

/** How many tests failed on the schedule found for an outcome. */
function failed(one: Candidate, { endings }: SearchResult, outcome: string): number | undefined {
  const found = endings.find((end) => end.outcome === outcome);
  if (found === undefined) return undefined;
  const run = runSchedule(window, one, scheduleText(found.shortest));
  expect(run.outcome).toBe(outcome);
  return run.failedTests;
}

test.each([true, false])(
  'a local count of failed tests: all of them are gone through (reduced: %s)', async (reduced) => {
    const one = await sample('give_up');
    const result = exploreNow(window, one, { reduced });
    expect(outcomes(result)).toEqual(['goes offline', 'returns -16']);
    expect(failed(one, result, 'returns -16')).toBe(5);
    expect(result.bounded).toBe(false);
  });

test('a count beyond the rounds that are told apart ends too, and the result says so', async () => {
  const one = await sample('give_up_late');
  const result = exploreNow(window, one, { reduced: true });
  expect(outcomes(result)).toEqual(['goes offline', 'returns -16']);
  expect(failed(one, result, 'returns -16')).toBe(40);
  expect(result.bounded).toBe(true);
});

test('a loop of the policy without an end hangs', async () => {
  const one = await sample('no_end');
  const result = exploreNow(window, one, { reduced: true });
  const hang = 'hangs: the test stops at a page on a per-cpu list for ever';
  expect(outcomes(result)).toEqual(['goes offline', hang]);
  expect(failed(one, result, hang)).toBeGreaterThan(0);
});

test('what a policy looked at long before it acts on it is not forgotten', async () => {
  const one = await sample('sampled');
  const full = exploreNow(window, one, { reduced: false });
  expect(outcomes(full)).toEqual(['goes offline', 'returns -11']);
  expect(outcomes(exploreNow(window, one, { reduced: true }))).toEqual(outcomes(full));
});

test('a policy that keeps something where nobody finds it is refused', async () => {
  const one = await sample('forgetful');
  expect(() => exploreNow(window, one, { reduced: true })).toThrow(/keeps something outside/);
});
