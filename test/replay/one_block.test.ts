/**
 * Page-level recordings under designs that their kernels did not have: there the model has pages
 * in other blocks than the trace says. A page is in one block for all that.
 */
import { expect, describe, test } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import { NOTHING, type PageArena } from '../../src/linux/mm/pages/arena.js';
import { loadPolicy, variantsOf } from '../../src/patch/catalogue.js';
import { PageLevel } from '../../src/replay/pages/page_level.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';

/** Frames at which a block begins inside another one. */
function overlaps({ state, order }: PageArena): string[] {
  const found: string[] = [];
  let [first, end] = [0, 0];
  state.forEach((one, frame) => {
    if (one === NOTHING) return;
    if (frame < end) found.push(`${frame} in ${first}`);
    else [first, end] = [frame, frame + 2 ** (order[frame] ?? 0)];
  });
  return found;
}

const designs = variantsOf('offline_pcp');

describe.each(['processes-6.1', 'remote-lists-6.12', 'pcp-race-redrain'])('%s', (name) => {
  test.each(designs)('under %s', async (policy) => {
    const { trace } = await readTrace(`${packageRoot()}traces/recordings/${name}`);
    const series = [await loadPolicy(policy)];
    const level = PageLevel.always(trace, series);
    const k = replay(trace, {
      version: versionOfHeader(trace.header), series, pageLevel: level, observers: [],
    });
    const arena = k.state.pages?.arena;
    expect(arena).toBeDefined();
    if (arena === undefined) return;
    expect(arena.state.some((one) => one !== NOTHING)).toBe(true);
    expect(overlaps(arena)).toEqual([]);
    expect(level.worstImbalance.pages).toBe(0);
  });
});
