/**
 * Every scenario of traces/ has the report that it must give beside it. `npm run golden` writes
 * them anew; what changed is then read in the diff.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { evaluate } from '../src/pipeline.js';
import { loadReports, resultsOf } from '../src/report/report.js';

const update = process.env['MMREPLAY_GOLDEN'] === 'update';

const scenarios = readdirSync('traces', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join('traces', entry.name, 'trace.csv')))
  .map((entry) => entry.name)
  .sort();

/** Policies that the expected report is of: one that is added later does not change it. */
function policiesOf(name: string): readonly string[] | undefined {
  const path = join('traces', name, 'expect.txt');
  if (update || !existsSync(path)) return undefined;
  const [, runs = ''] = /^Runs\n-+\n\n.*\n((?:  .*\n)+)/m.exec(readFileSync(path, 'utf8')) ?? [];
  const [question = ''] = name.split('-');
  return runs.split('\n').map((line) => line.trim().split(' ')[0] ?? '')
    .filter((run) => !['', 'base', 'recorded'].includes(run))
    .map((run) => (run.includes('/') ? run : `${question}/${run}`));
}

async function reportOf(name: string): Promise<string> {
  const among = policiesOf(name);
  const comparison = await evaluate({
    path: `traces/${name}/trace.csv`, series: [], base: undefined, config: {}, tool: 'test',
    ...(among === undefined ? {} : { among }),
  });
  const text = (await loadReports()).find((one) => one.id === 'text');
  const results = resultsOf([comparison]);
  const options = { limit: 12, detail: 'full' as const, quietSame: false };
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
