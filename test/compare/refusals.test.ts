/** Why calls fail: the function that refused, the page in the way, who would do otherwise. */
import { describe, expect, test } from 'vitest';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package_root.js';
import type { Comparison } from '../../src/compare/comparison.js';
import { evaluate } from '../../src/pipeline.js';
import textReport from '../../src/report/formats/text.js';
import { resultsOf } from '../../src/report/report.js';

function compared(trace: string, series: readonly string[]): Promise<Comparison> {
  return evaluate({ path: join(packageRoot(), 'traces', trace), series, base: undefined,
    config: {}, tool: 'test' });
}

function textOf(comparison: Comparison): string {
  return [...textReport.render(resultsOf([comparison]),
    { limit: 12, detail: 'short', quietSame: false })].join('').replaceAll(/\s+/g, ' ');
}

describe('why a call failed', () => {
  test('a page that the kernel allocated: who got it, and when', async () => {
    const comparison = await compared('imported/kernel-zone-6.12.csv.gz', ['base']);
    const refused = comparison.refusals.find(({ page }) => page !== undefined);
    expect(refused).toMatchObject({ result: '-16 EBUSY', fn: 'set_migratetype_isolate',
      page: { pfn: 0x100001 } });
    expect(refused?.page?.what).toContain('a page of the slab allocator');
    expect(refused?.page?.what).toContain('init-1 got it at');
  });

  test('a page of which only the recording tells', async () => {
    const comparison = await compared('recordings/remove-refused-online-again-6.12', ['base']);
    expect(textOf(comparison)).toContain('the recorded kernel dumped 0x100000: unmovable page');
  });

  test('a notifier, and the action that it refused', async () => {
    const comparison = await compared('zonelists-S8-veto/trace.csv', ['base']);
    expect(comparison.refusals.map(({ fn }) => fn)).toContain('memory_notify');
    expect(textOf(comparison)).toContain('a memory notifier refuses MEM_');
  });

  test('policies under which the call comes back without an error', async () => {
    const comparison = await compared('memmap_on_memory-T3-offline-fails/trace.csv', []);
    const names = (runs: readonly number[]): readonly (string | undefined)[] =>
      runs.map((run) => comparison.runs[run]?.name);
    for (const { runs, otherwise } of comparison.refusals) {
      expect(names(otherwise).filter((name) => names(runs).includes(name))).toEqual([]);
    }
    expect(comparison.refusals.some(({ otherwise }) => otherwise.length > 0)).toBe(true);
  });
});
