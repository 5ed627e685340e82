/**
 * Two scenarios for each of the five questions that v7.3 answers otherwise than v6.12, whatever
 * the policy. The drawings and the sentences are in the README of each question.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/assert.js';
import { packageRoot } from '../../src/base/package_root.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { evaluateBetween } from '../../src/pipeline.js';
import { replay } from '../../src/replay/replay.js';
import { readTrace } from '../../src/trace/read.js';
import { zoneOf } from '../linux/by_hand.js';

const pathOf = (file: string): string =>
  join(packageRoot(), 'traces/scenarios/since-6.12', file);

/** What a version comes to in the end, and what its inputs gave on the way. */
async function end(file: string, version: string): Promise<{ k: Kernel; rets: string }> {
  const { trace } = await readTrace(pathOf(file));
  const rets: (number | string)[] = [];
  const k = replay(trace, { version, series: [], observers: [
    { result: ({ ret, fault }) => rets.push(fault?.kind ?? ret ?? '-') },
  ] });
  return { k, rets: rets.join(' ') };
}

const online = (k: Kernel): string => [...k.state.node_states.online].join('/');
const reserve = (k: Kernel, zone: 'DMA32' | 'Normal'): string =>
  zoneOf(k, 0, zone).lowmem_reserve.join('/');
const block = (k: Kernel, id: number) => at([...k.state.memory_blocks.values()]
  .filter((one) => one.id === id), 0);

type Look = (k: Kernel, rets: string) => string;

const links: Look = (k) =>
  `${[...block(k, 7).links].join('/')} ${k.valid_zones_show(block(k, 7)).trim()}`;
const listed: Look = (k) => {
  const zone = k.page_zone(0x100000);
  return zone === undefined ? 'no zone' : `${k.state.pages?.zonePages(zone).pcp[0]?.count}`;
};
const types: Look = (k) =>
  [0x100000, 0x100200, 0x100400].map((pfn) => k.get_pageblock_migratetype(pfn)).join('/');

describe('what v7.3 answers otherwise than v6.12', () => {
  it.each<[string, Look, string, string]>([
    ['zonelists-balloon-reserve.yaml', (k) => reserve(k, 'Normal'),
      '0/0/0/0/0', '0/0/0/1024/1024'],
    ['zonelists-reserve-ratio.yaml', (k, rets) => `${rets}: ${reserve(k, 'DMA32')}`,
      '0: 0/0/8192/0/0', '-22: 0/0/2048/2048/2048'],
    ['try_offline_node-no-device.yaml', (_k, rets) => rets, '- BUG hang', '- -22 0'],
    ['try_offline_node-refused.yaml',
      (k, rets) => `${rets}: ${[...k.state.node_states.memory].join('/')}`,
      '0 0 - 0: 0', '0 0 - -16: 0/1'],
    ['memmap_holes-link-of-hole.yaml', links, '0/1 none', '0 DMA32'],
    ['memmap_holes-hole-keeps-node.yaml', online, '0/1', '0'],
    ['memmap_on_memory-failed-block.yaml', (k) => `${k.state.memmap_misfreed.size}`, '1', '0'],
    ['memmap_on_memory-prepare.yaml', (k, rets) => `${rets}: ${block(k, 32).state}`,
      '0 - -12: offline', '0 - 0: online'],
    ['offline_pcp-batches.yaml', listed, '4', '0'],
    ['offline_pcp-keeps-type.csv', types, '1/1/1', '1/0/0'],
  ])('%s', async (file, look, before, now) => {
    const [old, newest] = [await end(file, 'v6.12'), await end(file, 'v7.3')];
    expect([look(old.k, old.rets), look(newest.k, newest.rets)]).toEqual([before, now]);
  });
});

describe('run --between', () => {
  /** The values of a subject by base, as far as they part. */
  async function parted(file: string, subject: string): Promise<readonly string[]> {
    const { differences } = await evaluateBetween(['v6.12', 'v7.3'].map((base) =>
      ({ path: pathOf(file), series: [], base, config: {}, tool: 'test' })));
    const values = differences.filter((one) => one.subject === subject)
      .flatMap((one) => one.values);
    return [...values].sort((a, b) => at(a.sides, 0) - at(b.sides, 0)).map(({ value }) => value);
  }

  // Expect: an invariant that one version breaks is told, and that the other one does not.
  it('tells which invariants one of them breaks', async () => {
    const [before, now] = await parted('memmap_on_memory-failed-block.yaml', 'invariant M15');
    expect(before).toMatch(/^the memmap of section 32 /);
    expect(now).toBe('holds');
  });

  // Expect: so is a fault of one version alone.
  it('tells the faults of one of them', async () => {
    const file = 'try_offline_node-no-device.yaml';
    expect(await parted(file, 'BUG in add_memory_resource'))
      .toEqual(['happens', 'does not happen']);
    expect(await parted(file, 'warning in add_memory_resource'))
      .toEqual(['does not happen', 'happens']);
  });
});
