/**
 * The five questions on the newest version: of the scenarios written for them, what comes out
 * otherwise than on v6.12 as released.
 */
import { expect, test } from 'vitest';
import { join } from 'node:path';
import { packageRoot } from '../../src/base/package_root.js';
import { versions } from '../../src/linux/history/versions.js';
import { evaluateBetween } from '../../src/pipeline.js';

const newest = versions[0]?.id;

async function partsSince(trace: string, from: string): Promise<ReadonlySet<string>> {
  const path = join(packageRoot(), 'traces', trace, 'trace.csv');
  const { differences, facts } = await evaluateBetween([from, newest].map((base) =>
    ({ path, series: [], base, config: {}, tool: 'test' })));
  expect(facts).toBeGreaterThan(100);
  return new Set(differences.flatMap(({ values }) =>
    values.map(({ value }) => value.replace(/=.*/, ''))));
}

/*
 *   |- DMA -|- DMA32 -|- Normal -|- Movable: empty -|
 *     keeps pages back from requests for the zones above it: protection=a/b/c/d/e
 *
 * Expect: isolation as a bit of its own, batches of free_frozen_page_commit(), nodes that come
 * online before their memory, links by region of memblock: nothing that is seen of memory here
 * comes out otherwise. What does: from v6.14 on a zone keeps pages back from an empty zone above.
 */
test.each([
  'zonelists-S5-balloon-empties-zone', 'zonelists-S3-new-node',
  'try_offline_node-S2-one-left', 'try_offline_node-S4-two-node-block',
  'memmap_holes-E3-two-nodes', 'memmap_holes-E7-hot-add',
  'memmap_on_memory-T3-offline-fails', 'memmap_on_memory-T9-other-zone',
  'offline_pcp-S5-list-in-chunks', 'offline_pcp-S15-batch-grows',
])('%s: what parts v6.12 from the newest version', async (trace) => {
  expect(await partsSince(trace, 'v6.12')).toEqual(new Set(['protection']));
  expect(await partsSince(trace, 'v6.14')).toEqual(new Set());
});
