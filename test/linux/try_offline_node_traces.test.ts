/** The traces of the question, replayed: how node 1 and its blocks end, as README.md says. */
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/base/package_root.js';
import merged from '../../policies/try_offline_node/merged.js';
import R1 from '../../policies/try_offline_node/span_shrink_at_removal.js';
import section_walk from '../../policies/try_offline_node/section_walk.js';
import v1 from '../../policies/try_offline_node/v1.js';
import v2 from '../../policies/try_offline_node/v2.js';
import type { Patch } from '../../src/patch/define.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';

const P: Readonly<Record<string, readonly Patch[]>> = {
  P0: [section_walk], P1: [v1], P2: [v2], P3: [merged], P0R1: [section_walk, R1],
};

/** Node 1 at the end, memory blocks above 6 GiB that are left, faults. */
type End = readonly [node1: 'online' | 'offline', blocks: number, faults: readonly string[]];

const oops = ['oops', 'hang'];
const ends: readonly (readonly [trace: string, series: string, end: End])[] = [
  ['S1-nothing-onlined', 'P0', ['offline', 8, oops]],
  ['S1-nothing-onlined', 'P1', ['online', 8, []]],
  ['S1-nothing-onlined', 'P3', ['online', 8, []]],
  ['S2-one-left', 'P0', ['offline', 8, []]],
  ['S2-one-left', 'P0R1', ['offline', 8, []]],
  ['S2-one-left', 'P3', ['online', 8, []]],
  ['S2-other-left', 'P0', ['offline', 8, []]],
  ['S2-other-left', 'P0R1', ['online', 8, []]],
  ['S2-other-left', 'P3', ['online', 8, []]],
  ['S3-garbage-in-span', 'P0', ['offline', 2, oops]],
  ['S3-garbage-in-span', 'P3', ['offline', 0, []]],
  ['S4-two-node-block', 'P0', ['online', 0, []]],
  ['S4-two-node-block', 'P3', ['online', 0, []]],
  ['S5-device-memory', 'P0R1', ['offline', 0, []]],
  ['S5-device-memory', 'P0', ['offline', 0, []]],
  ['S5-device-memory', 'P3', ['online', 0, []]],
  ['S6-off-by-one', 'P0', ['offline', 1, []]],
  ['S6-off-by-one', 'P1', ['offline', 1, []]],
  ['S6-off-by-one', 'P2', ['online', 1, []]],
  ['S6-off-by-one', 'P3', ['online', 1, []]],
  ['S7-cpus', 'P0', ['offline', 8, ['oops']]],
  ['S7-cpus', 'P3', ['offline', 0, []]],
  ['S8-veto', 'P0R1', ['offline', 0, []]],
  ['S8-veto', 'P3', ['offline', 0, []]],
  ['S9-cost', 'P2', ['offline', 0, []]],
  ['S9-cost', 'P3', ['offline', 0, []]],
  ['S10-wrong-nid', 'P3', ['online', 0, []]],
];

async function traceOf(name: string): ReturnType<typeof readTrace> {
  return readTrace(`${packageRoot()}traces/try_offline_node-${name}/trace.csv`);
}

describe('scenario traces of try_offline_node', () => {
  it.each(ends)('%s with %s', async (name, series, [node1, blocks, faults]) => {
    const { trace, problems } = await traceOf(name);
    expect(problems).toEqual([]);
    const version = versionOfHeader(trace.header);
    const k = replay(trace, { version, series: P[series] ?? [] });
    expect(k.state.node_states.online.has(1) ? 'online' : 'offline').toBe(node1);
    const left = [...k.state.memory_blocks.keys()].filter((id) => id >= 48);
    expect(left.length).toBe(blocks);
    expect(k.state.faults.map(({ kind }) => kind)).toEqual(faults);
  });

  it('S10 from v5.15 on: the node of the last block is tested, and goes offline', async () => {
    const { trace } = await traceOf('S10-wrong-nid');
    const k = replay(trace, { version: 'v6.1', series: [] });
    expect(k.state.node_states.online.has(1)).toBe(false);
  });

  it('S9: merged touches 33 and 32 list nodes, v2 before the xarray 1521 and 1552', async () => {
    const { trace } = await traceOf('S9-cost');
    const visits = (version: string, series: readonly Patch[]): number =>
      replay(trace, { version, series }).state.costs.block_list_visits;
    expect(visits('v6.1', [merged])).toBe(33 + 32);
    // Adding and removing look blocks up on the list too: what is more is the test's.
    expect(visits('v5.4', [v2]) - visits('v5.4', [merged])).toBe(1521 + 1552 - 33 - 32);
  });
});
