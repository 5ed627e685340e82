/** The hand-written traces of the question memmap_holes, replayed: the tables of their READMEs. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ZONE_NORMAL } from '../../src/linux/include/mmzone.js';
import { parseSeries } from '../../src/patch/series.js';
import type { InputResult } from '../../src/replay/observer.js';
import { replay } from '../../src/replay/replay.js';
import { versionOfHeader } from '../../src/replay/version.js';
import { readTrace } from '../../src/trace/read.js';
import { linksOf } from './hole_layouts.js';

const folder = fileURLToPath(new URL('../../traces', import.meta.url));
const names = readdirSync(folder).filter((name) => name.startsWith('memmap_holes-')).sort();

interface Run {
  readonly k: Kernel;
  readonly results: readonly InputResult[];
  /** Kinds and functions of the faults, in order. */
  readonly faults: readonly string[];
}

async function run(scenario: string, ...policies: readonly string[]): Promise<Run> {
  const name = at(names.filter((one) => one.startsWith(`memmap_holes-${scenario}-`)), 0);
  const { trace, problems } = await readTrace(join(folder, name, 'trace.csv'));
  expect(problems).toEqual([]);
  const { patches: series } =
    await parseSeries(policies.map((id) => `memmap_holes/${id}`).join('+') || 'base');
  const results: InputResult[] = [];
  const k = replay(trace, {
    version: versionOfHeader(trace.header), series,
    observers: [{ result: (result: InputResult) => { results.push(result); } }],
  });
  return { k, results, faults: k.state.faults.map(({ kind, fn }) => `${kind} in ${fn}`) };
}

const details = ({ results }: Run): (string | undefined)[] =>
  results.map((result) => result.detail).filter((text) => text !== undefined);

test('there is a trace for each scenario', () => {
  expect(names.map((name) => name.split('-')[1]))
    .toEqual(['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7', 'E8', 'E9']);
});

describe('E1 and E2', () => {
  test.each([
    ['E1', 'merged', 0x17a000, '0/Normal R out'], ['E1', 'node0_zone0', 0x17a000, '0/DMA R out'],
    ['E1', 'v8', 0x7ffe0, '0/DMA32 R in'], ['E1', 'v6', 0x17a000, 'UNINIT'],
    ['E2', 'merged', 0xbffe0, '0/Normal R out'], ['E2', 'v4', 0x13a000, 'UNINIT'],
  ] as const)('%s, %s', async (scenario, policy, pfn, links) => {
    const { k, faults } = await run(scenario, policy);
    expect(linksOf(k, pfn, pfn + 31)).toBe(links);
    expect(faults).toEqual([]);
  });
});

describe('E3', () => {
  test('node 1 takes memory of node 0 under v5', async () => {
    const { k } = await run('E3', 'refactoring_v5');
    expect(linksOf(k, 0x38000, 0x3e7ff)).toBe('1/DMA32 R in');
  });

  test('ACPI tables in the hole end without a zone', async () => {
    const { k } = await run('E3', 'merged');
    expect(linksOf(k, 0x7ffe0, 0x7ffe2)).toBe('0/5 R out');
    expect(linksOf(k, 0x7ffe3, 0x7ffff)).toBe('1/Normal R out');
  });
});

describe('E4', () => {
  const bug = 'BUG in set_pfnblock_flags_mask';
  test.each([
    [[], [bug]], [['node0_zone0'], [bug]], [['clamp_compaction'], []], [['reserved_only'], []],
    [['drop_vm_bug_on'], []], [['v4'], []], [['refactoring_v5'], []], [['v6'], []], [['v8'], []],
    [['merged'], []], [['v3_first_merge'], ['BUG in reserve_bootmem_region']],
  ])('%s ends with %s', async (policies, faults) => {
    expect((await run('E4', ...policies)).faults).toEqual(faults);
  });

  test.each([['v8', 'DMA32'], ['merged', 'none']])(
    '%s: valid_zones is %s', async (policy, text) => {
      expect(details(await run('E4', policy))).toEqual([text]);
    });
});

test.each([
  [[], '0/Normal r0 in'], [['v8'], '1/Normal R out'], [['merged'], '0/Normal r0 in'],
])('E5 under %s: memory of node 0 at the border is %s', async (policies, links) => {
  expect(linksOf((await run('E5', ...policies)).k, 0x1424000, 0x1427fff)).toBe(links);
});

test.each([
  [[], []], [['v3_first_merge'], ['BUG in reserve_bootmem_region']],
  [['v1'], ['BUG in reserve_bootmem_region']], [['v4'], []], [['merged'], []],
])('E6 under %s: %s', async (policies, faults) => {
  expect((await run('E6', ...policies)).faults).toEqual(faults);
});

describe('E7', () => {
  test.each([[[], 'none'], [['v8'], 'Normal'], [['merged'], 'Normal']])(
    '%s onlines the DIMM; block 47 is %s', async (policies, text) => {
      const done = await run('E7', ...policies);
      const zone = at(done.k.NODE_DATA(0).node_zones, ZONE_NORMAL);
      expect([zone.spanned_pages, zone.present_pages]).toEqual([655360, 630784]);
      expect(details(done)).toContain(text);
      expect(done.faults).toEqual([]);
    });

  test.each(['v4', 'refactoring_v5', 'v6'])('%s meets poison', async (policy) => {
    expect((await run('E7', policy)).faults[0]).toBe('BUG in page_to_nid');
  });
});

test.each([
  [[], []], [['v4'], ['oops in stable_page_flags']], [['v6'], ['oops in stable_page_flags']],
  [['v8'], []], [['merged'], []], [['spans_over_node0'], []],
])('E8 under %s: %s', async (policies, faults) => {
  expect((await run('E8', ...policies)).faults).toEqual(faults);
});

const onE9 = [[], ['v4'], ['refactoring_v5'], ['v8'], ['merged']].map((policies) => ({ policies }));

test.each(onE9)('E9 under $policies', async ({ policies }) => {
  const done = await run('E9', ...policies);
  expect(details(done).slice(0, 3)).toEqual(['none', 'DMA32', 'none']);
  expect(done.results.slice(-3).map((result) => result.ret)).toEqual([-22, -22, -22]);
});
