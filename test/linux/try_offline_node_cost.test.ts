/** S9: what the memory test of try_offline_node() costs, counted in blocks. */
import { describe, expect, it } from 'vitest';
import merged from '../../policies/try_offline_node/merged.js';
import v2 from '../../policies/try_offline_node/v2.js';
import type { Patch } from '../../src/patch/define.js';
import { kernelByHand } from './by_hand.js';

interface Case {
  readonly what: string;
  /** Ids of the blocks in order of registration; those of node 1 after `|`. */
  readonly node0: readonly number[];
  readonly node1: readonly number[];
  readonly highest: number;
  readonly lookups: number;
  readonly v2Visits: number;
  readonly mergedVisits: number;
}

const ids = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);
const q35 = [...ids(0, 15), ...ids(32, 47)];

const cases: readonly Case[] = [
  { what: 'remove A, B is left', node0: q35, node1: ids(56, 63), highest: 63,
    lookups: 57, v2Visits: 1521, mergedVisits: 33 },
  { what: 'remove B, A is left', node0: q35, node1: ids(48, 55), highest: 63,
    lookups: 49, v2Visits: 1201, mergedVisits: 33 },
  { what: 'both removed', node0: q35, node1: [], highest: 63,
    lookups: 64, v2Visits: 1552, mergedVisits: 32 },
  { what: '64 GiB in one piece', node0: ids(0, 511), node1: [], highest: 511,
    lookups: 512, v2Visits: 131_328, mergedVisits: 512 },
  { what: '64 GiB with a PCI hole', node0: [...ids(0, 15), ...ids(32, 527)], node1: [],
    highest: 527, lookups: 528, v2Visits: 139_520, mergedVisits: 512 },
  { what: '511 blocks and one far away', node0: [...ids(0, 510), 8191], node1: [],
    highest: 8191, lookups: 8192, v2Visits: 4_063_488, mergedVisits: 512 },
  { what: '1 TiB', node0: ids(0, 8191), node1: [], highest: 8191,
    lookups: 8192, v2Visits: 33_558_528, mergedVisits: 8192 },
];

function costs(version: string, patch: Patch, one: Case): { lookups: number; visits: number } {
  const k = kernelByHand({ version, series: [patch], nodes: 2, online: [0, 1], cpus: [0] });
  for (const [nid, blocks] of [[0, one.node0], [1, one.node1]] as const) {
    for (const id of blocks) {
      k.state.memory_blocks.set(id, {
        id, start_pfn: id * 32768, nr_pages: 32768, state: 'offline', nid, zone: undefined,
        online_type: 'offline',
        links: new Set([nid]), nr_vmemmap_pages: 0, group: undefined, early: false,
        references: 0,
      });
    }
  }
  k.state.sections.highest_present = one.highest;
  k.try_offline_node(1);
  expect(k.state.node_states.online.has(1)).toBe(one.node1.length > 0);
  const { block_lookups, block_list_visits } = k.state.costs;
  return { lookups: block_lookups, visits: block_list_visits };
}

describe('cost of the memory test before blocks were in an xarray (v5.4)', () => {
  it.each(cases)('v2, $what: $lookups look-ups touch $v2Visits list nodes', (one) => {
    expect(costs('v5.4', v2, one)).toEqual({ lookups: one.lookups, visits: one.v2Visits });
  });

  it.each(cases)('merged, $what: one pass over $mergedVisits list nodes', (one) => {
    expect(costs('v5.4', merged, one)).toEqual({ lookups: 0, visits: one.mergedVisits });
  });
});

describe('cost of the memory test with the xarray (v5.8)', () => {
  it.each(cases)('v2, $what: $lookups look-ups and no list', (one) => {
    expect(costs('v5.8', v2, one)).toEqual({ lookups: one.lookups, visits: 0 });
  });
});
