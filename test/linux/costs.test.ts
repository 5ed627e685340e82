/** What a replay counts besides outcomes, on shipped scenarios. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import type { Costs } from '../../src/linux/base/costs.js';
import { loadPolicy } from '../../src/patch/catalogue.js';
import { definePatch, type Patch } from '../../src/patch/define.js';
import { replay } from '../../src/replay/replay.js';
import { readTrace } from '../../src/trace/read.js';

async function costsOf(scenario: string, version: string, series: Patch[]): Promise<Costs> {
  const { trace } = await readTrace(join(packageRoot(), 'traces', scenario, 'trace.csv'));
  return replay(trace, { version, series }).state.costs;
}

describe('taking memory offline', () => {
  const scenario = 'offline_pcp-S2-late-commit';

  it('costs a failed test and the rest of the trace when it hangs', async () => {
    const costs = await costsOf(scenario, 'v5.8', []);
    expect(costs).toMatchObject({ failed_tests: 1, pages_past_pcp: 0, ms_going_offline: 1000 });
  });

  it('costs a page that goes past the lists when they are off', async () => {
    const costs = await costsOf(scenario, 'v5.8', [await loadPolicy('offline_pcp/disable')]);
    expect(costs).toMatchObject({ failed_tests: 0, pages_past_pcp: 1, ms_going_offline: 1000 });
  });
});

describe('the memmap of a block that is added', () => {
  const scenario = 'memmap_on_memory-T1-online-movable';
  // 32768 struct pages of 64 bytes.
  const pages = (32768 * 64) / 4096;

  it('is taken from other memory, or from the block itself', async () => {
    const classic = await costsOf(scenario, 'v6.1', [await loadPolicy('memmap_on_memory/classic')]);
    expect(classic.memmap_pages).toBe(pages);
    const merged = await costsOf(scenario, 'v6.1', [await loadPolicy('memmap_on_memory/merged')]);
    expect(merged).toMatchObject({ memmap_pages: 0, memmap_pages_unused: 0 });
  });

  it('loses what is set aside for it beyond its size', async () => {
    const wide = definePatch({
      id: 'test/wide', subject: '', author: '', link: '', base: 'v6.1', doc: '',
      replaces: { memory_block_memmap_on_memory_pages: () => 2 * pages },
    });
    const costs = await costsOf(scenario, 'v6.12', [wide]);
    expect(costs).toMatchObject({ memmap_pages: 0, memmap_pages_unused: pages });
  });
});
