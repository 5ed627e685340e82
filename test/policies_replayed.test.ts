import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../src/base/package_root.js';
import type { Comparison } from '../src/compare/comparison.js';
import { loadPolicy, questions, variantsOf } from '../src/patch/catalogue.js';
import { touchedFunctions } from '../src/patch/conflicts.js';
import { evaluate } from '../src/pipeline.js';

const traces = join(packageRoot(), 'traces');

/** Scenarios of a question, `traces/<question>-*`; the long ones are left to the golden test. */
function scenariosOf(question: string): readonly string[] {
  return readdirSync(traces)
    .filter((name) => name.startsWith(`${question}-`))
    .map((name) => join(traces, name, 'trace.csv'))
    .filter((path) => existsSync(path) && statSync(path).size < 20_000);
}

async function compared(path: string): Promise<Comparison> {
  return evaluate({ path, series: [], base: undefined, config: {}, tool: 'mmreplay' });
}

/** Changed functions that no short scenario calls: S11 does, which is long. */
const notCalled: readonly string[] = ['offline_pcp/nolock free_pages_nolock'];

const asked = questions().filter((question) => scenariosOf(question).length > 0);

test('the questions of the first recordings have scenarios', () => {
  expect(asked).toEqual(expect.arrayContaining(['memmap_holes', 'try_offline_node', 'zonelists']));
});

describe.each(asked)('%s', (question) => {
  test('every function that a policy changes runs in some scenario', async () => {
    const ran = new Map<string, number>();
    for (const path of scenariosOf(question)) {
      for (const { reached } of (await compared(path)).runs) {
        for (const { patch, fn, calls } of reached) {
          ran.set(`${patch} ${fn}`, (ran.get(`${patch} ${fn}`) ?? 0) + calls);
        }
      }
    }
    expect([...ran].filter(([, calls]) => calls === 0).map(([name]) => name))
      .toEqual(notCalled.filter((name) => name.startsWith(`${question}/`)));
    const seen = new Set([...ran.keys()].map((key) => key.split(' ')[0]));
    const silent = variantsOf(question).filter((id) => !seen.has(id));
    // Policies that only set a switch change no function.
    const touched = await Promise.all(
      silent.map(async (id) => touchedFunctions(await loadPolicy(id))));
    expect(touched.flat()).toEqual([]);
  });

  test('the same trace gives the same comparison twice', async () => {
    const path = scenariosOf(question)[0] ?? '';
    expect(await compared(path)).toEqual(await compared(path));
  });
});
