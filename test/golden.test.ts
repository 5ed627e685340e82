/**
 * Every scenario of traces/ has the report that it must give beside it. `npm run golden` writes
 * them anew; what changed is then read in the diff.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../src/pipeline.js';
import { loadReports } from '../src/report/report.js';

const update = process.env['MMREPLAY_GOLDEN'] === 'update';

const scenarios = readdirSync('traces', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join('traces', entry.name, 'trace.csv')))
  .map((entry) => entry.name)
  .sort();

async function reportOf(name: string): Promise<string> {
  const comparison = await evaluate({
    path: `traces/${name}/trace.csv`, series: [], base: undefined, config: {}, tool: 'test',
  });
  const text = (await loadReports()).find((one) => one.id === 'text');
  const results = { comparisons: [comparison], troubles: [] };
  const options = { limit: 12, brief: false, quietSame: false };
  return [...text?.render(results, options) ?? []].join('');
}

describe('the report of a shipped scenario is the one beside it', () => {
  test('there are scenarios', () => {
    expect(scenarios.length).toBeGreaterThan(20);
  });

  test.each(scenarios)('%s', async (name) => {
    const path = join('traces', name, 'expect.txt');
    const report = await reportOf(name);
    if (update) writeFileSync(path, report);
    expect(report).toBe(readFileSync(path, 'utf8'));
  });
});
