/**
 * Every scenario of traces/ has the report that it must give beside it. `npm run golden` writes
 * them anew; what changed is then read in the diff. Reports name traces that decide what others
 * cannot: where traces/outcomes.json changed, `npm run golden` is run once more.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  outcomesOf, shippedOutcomes, shippedPath, shippedText,
} from '../src/compare/verdict/shipped.js';
import { defaultSeries } from '../src/patch/default_series.js';
import { evaluate } from '../src/pipeline.js';
import { pageRowsOf } from '../src/replay/pages/events.js';
import { loadReports, resultsOf } from '../src/report/report.js';
import { readTrace } from '../src/trace/read.js';
import type { ShippedOutcomes } from '../src/compare/verdict/standing.js';

const update = process.env['MMREPLAY_GOLDEN'] === 'update';

const scenarios = readdirSync('traces', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join('traces', entry.name, 'trace.csv')))
  .map((entry) => entry.name)
  .sort();

/**
 * Policies of each report, written when the report is: one that is added to the catalogue later
 * does not change it, and a report that has lost a run is not the expected one.
 */
const listed = 'test/golden_policies.json';
const policies = existsSync(listed)
  ? JSON.parse(readFileSync(listed, 'utf8')) as Record<string, readonly string[]> : {};

async function catalogueOf(name: string): Promise<readonly string[]> {
  const { trace } = await readTrace(`traces/${name}/trace.csv`);
  return defaultSeries({ ...trace.header, pageLevel: pageRowsOf(trace).has }, name);
}

/** How the policies part on each trace. */
const outcomes: Record<string, ShippedOutcomes> = {};

async function reportOf(name: string): Promise<string> {
  if (update) policies[name] = await catalogueOf(name);
  const among = policies[name];
  const comparison = await evaluate({
    path: `traces/${name}/trace.csv`, series: [], base: undefined, config: {}, tool: 'test',
    ...(among === undefined ? {} : { among }),
  });
  outcomes[name] = outcomesOf(comparison);
  const text = (await loadReports()).find((one) => one.id === 'text');
  const results = resultsOf([comparison]);
  const options = { limit: 12, detail: 'full' as const, quietSame: false };
  return [...text?.render(results, options) ?? []].join('');
}

describe('the report of a shipped scenario is the one beside it', () => {
  test('there are scenarios', () => {
    expect(scenarios.length).toBeGreaterThan(20);
  });

  afterAll(() => {
    if (!update) return;
    const sorted = Object.fromEntries(scenarios.map((name) => [name, policies[name]]));
    writeFileSync(listed, `${JSON.stringify(sorted, undefined, 1)}\n`);
    writeFileSync(shippedPath(), shippedText({ ...shippedOutcomes(), ...outcomes }));
  });

  test.skipIf(update)('each has its list of policies, which the catalogue has', async () => {
    expect(Object.keys(policies).sort()).toEqual(scenarios);
    for (const name of scenarios) {
      const known = new Set(await catalogueOf(name));
      expect(policies[name]?.filter((id) => !known.has(id)), name).toEqual([]);
      expect(policies[name]?.length, name).toBeGreaterThan(2);
    }
  });

  test.each(scenarios)('%s', async (name) => {
    const path = join('traces', name, 'expect.txt');
    const report = await reportOf(name);
    if (update) writeFileSync(path, report);
    else expect(outcomes[name]).toEqual(shippedOutcomes()[name]);
    expect(report).toBe(readFileSync(path, 'utf8'));
  });
});
