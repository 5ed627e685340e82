/**
 * The scenarios traces/zonelists-S*: what each policy's README table says, on the versions it
 * says it of. The drawings are there.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import {
  ZONE_DEVICE, ZONE_DMA32, ZONE_NAMES, ZONE_NORMAL,
} from '../../src/linux/include/mmzone.js';
import type { Patch } from '../../src/patch/define.js';
import { replay } from '../../src/replay/replay.js';
import { readTrace } from '../../src/trace/read.js';
import allZones from '../../policies/zonelists/all_zones.js';
import allZonesButDevice from '../../policies/zonelists/all_zones_but_device.js';
import allZonesPossibleNodes from '../../policies/zonelists/all_zones_possible_nodes.js';
import allZonesRebuildNMemory from '../../policies/zonelists/all_zones_rebuild_n_memory.js';
import managedZone from '../../policies/zonelists/managed_zone.js';
import populatedZone from '../../policies/zonelists/populated_zone.js';
import populatedZoneV2 from '../../policies/zonelists/populated_zone_v2.js';
import rebuildOnFirstManaged from '../../policies/zonelists/rebuild_on_first_managed.js';
import rebuildWhenUnmanaged from '../../policies/zonelists/rebuild_when_unmanaged.js';
import xenPopulateFirst from '../../policies/zonelists/xen_populate_first.js';
import { listOf, zoneOf } from './by_hand.js';

/** What a scenario looks at after a row. */
interface Seen {
  readonly event: string;
  readonly ret: number | undefined;
  readonly detail: string | undefined;
  readonly rebuilds: number;
  readonly list0: string;
  readonly lost: number;
}
interface Run {
  readonly k: Kernel;
  /** After each input, in order. */
  readonly rows: readonly Seen[];
  /** Calls of setup_zone_pageset() and zone_pcp_reset() after boot. */
  readonly setups: number;
  readonly resets: number;
  readonly bootList: (nid: number) => string;
}

/** Free pages of zones that the fallback list of `nid` does not have. */
function outOfReach(k: Kernel, nid: number): number {
  const listed = new Set(at(k.state.nodes, nid).node_zonelists[0].map(({ zone }) => zone));
  return k.for_each_populated_zone().filter((zone) => !listed.has(zone))
    .reduce((sum, zone) => sum + zone.nr_free_pages, 0);
}

/** Free pages of zones that not even their own node lists. */
function lost(k: Kernel): number {
  return k.for_each_zone().reduce((sum, zone) => {
    const own = at(k.state.nodes, zone.nid).node_zonelists[0];
    return own.some((ref) => ref.zone === zone) ? sum : sum + zone.nr_free_pages;
  }, 0);
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`../../traces/zonelists-${name}/trace.csv`, import.meta.url));
}

async function run(
  name: string, version: string, series: readonly Patch[], bootNodes = 1,
): Promise<Run> {
  const { trace, problems } = await readTrace(pathOf(name));
  expect(problems).toEqual([]);
  const rows: Seen[] = [];
  const bootLists: string[] = [];
  let setups = 0;
  let resets = 0;
  let running = false;
  const k = replay(trace, { version, series, observers: [{
    functions: new Set(['setup_zone_pageset', 'zone_pcp_reset']),
    booted(kernel) {
      running = true;
      for (let nid = 0; nid < bootNodes; nid += 1) bootLists.push(listOf(kernel, nid));
    },
    enter(fn) {
      if (!running) return;
      if (fn === 'setup_zone_pageset') setups += 1;
      else resets += 1;
    },
    result({ row, ret, detail }, kernel) {
      rows.push({
        event: trace.event(row), ret, detail, rebuilds: kernel.state.costs.zonelist_rebuilds,
        list0: listOf(kernel, 0), lost: lost(kernel),
      });
    },
  }] });
  return { k, rows, setups, resets, bootList: (nid) => at(bootLists, nid) };
}

const cost = ({ k }: Run): [number, number] =>
  [k.state.costs.zonelist_rebuilds, k.state.costs.zonerefs_written];
const names = (list: string): string => list.replaceAll('0:', '');

describe('S1: a Xen guest grows from 800 to 2000 MiB', () => {
  const scenario = (series: readonly Patch[], version = 'v5.17'): Promise<Run> =>
    run('S1-xen-grows', version, series);

  it.each([
    ['populated_zone', [populatedZone], 2, 10, 'Normal DMA32 DMA', 0, ZONE_NORMAL],
    ['populated_zone_v2', [populatedZoneV2], 2, 10, 'Normal DMA32 DMA', 0, ZONE_NORMAL],
    ['managed_zone', [managedZone], 2, 8, 'DMA32 DMA', 307200, ZONE_DMA32],
    ['rebuild_when_unmanaged', [rebuildWhenUnmanaged], 11, 44, 'DMA32 DMA', 307200, ZONE_DMA32],
    ['xen_populate_first', [xenPopulateFirst], 2, 10, 'Normal DMA32 DMA', 0, ZONE_NORMAL],
    ['all_zones', [allZones], 1, 10, 'Device Movable Normal DMA32 DMA', 0, ZONE_DEVICE],
    ['all_zones_but_device', [allZonesButDevice], 1, 8, 'Movable Normal DMA32 DMA', 0, ZONE_NORMAL],
    ['rebuild_on_first_managed', [rebuildOnFirstManaged], 3, 14, 'Normal DMA32 DMA', 0,
      ZONE_NORMAL],
  ])('%s', async (_, series, rebuilds, refs, list, unreachable, policyZone) => {
    const scene = await scenario(series);
    expect(cost(scene)).toEqual([rebuilds, refs]);
    expect(names(listOf(scene.k, 0))).toBe(list);
    expect(listOf(scene.k, 0, 1)).toBe(listOf(scene.k, 0));
    const released = scene.rows.filter(({ event }) => event === 'free_reserved_page').at(-1);
    expect(released?.lost).toBe(unreachable);
    expect(scene.k.state.policy_zone).toBe(policyZone);
    const allocated = at(scene.rows, scene.rows.length - 1);
    if (unreachable === 0) {
      expect(allocated).toMatchObject({ event: 'alloc_pages', ret: 200000 });
      expect(scene.k.state.oom).toEqual([]);
    } else {
      const { watermark: dma32 } = zoneOf(scene.k, 0, 'DMA32');
      const { watermark: dma, lowmem_reserve } = zoneOf(scene.k, 0, 'DMA');
      const kept = dma32.min + dma.min + at(lowmem_reserve, 3);
      expect(allocated.ret).toBe(123000 - kept);
      expect(scene.k.state.oom).toMatchObject([{ count: 1 }]);
    }
  });

  it('the new zone is Normal, below 4 GiB, with all its pages managed but 20480', async () => {
    const { k, rows } = await scenario([populatedZone]);
    expect(zoneOf(k, 0, 'Normal')).toMatchObject({
      zone_start_pfn: 0x38000, spanned_pages: 327680, present_pages: 327680, managed_pages: 307200,
    });
    expect(k.state.withheld).toEqual([{ start_pfn: 0x38000, nr_pages: 20480 }]);
    expect(rows.filter(({ ret }) => ret === 512)).toHaveLength(600);
  });

  it('rebuild_when_unmanaged sets a pageset up ten times, nine times on a live zone', async () => {
    const scene = await scenario([rebuildWhenUnmanaged]);
    expect(scene.setups).toBe(10);
    expect(zoneOf(scene.k, 0, 'Normal').pageset_leaked).toBe(9);
    expect((await scenario([managedZone])).setups).toBe(1);
  });

  it('says the same on v6.1, where managed_zone is the policy and populated_zone the base',
    async () => {
      expect(cost(await scenario([], 'v6.1'))).toEqual([2, 10]);
      expect(cost(await scenario([managedZone], 'v6.1'))).toEqual([2, 8]);
      expect(cost(await scenario([rebuildWhenUnmanaged], 'v6.1'))).toEqual([11, 44]);
    });
});

describe('S2: an ordinary DIMM', () => {
  it.each([
    ['populated_zone', [populatedZone], 'v6.1', 2, 0],
    ['managed_zone', [managedZone], 'v6.1', 2, 0],
    ['rebuild_when_unmanaged', [rebuildWhenUnmanaged], 'v6.1', 2, 0],
    ['xen_populate_first', [xenPopulateFirst], 'v6.1', 2, 0],
    ['all_zones', [allZones], 'v6.1', 1, 0],
    ['the base', [], 'v4.13', 3, 2],
  ])('%s', async (_, series, version, rebuilds, stopMachine) => {
    const scene = await run('S2-dimm', version, series);
    expect(scene.k.state.costs).toMatchObject({
      zonelist_rebuilds: rebuilds, stop_machine: stopMachine,
    });
    expect(scene.setups).toBe(1);
    expect(scene.rows.map((row) => row.lost)).toEqual(scene.rows.map(() => 0));
    expect(zoneOf(scene.k, 0, 'Normal').nr_free_pages).toBe(262144);
  });
});

describe('S3: a new node', () => {
  const orders = (k: Kernel): string[] => k.state.nodes.map((node) => node.node_order.join(' '));

  it.each([
    ['populated_zone', [populatedZone], 3, 4, ['0 2 1', '1 2 0', '2 0 1'], 0],
    ['managed_zone', [managedZone], 3, 4, ['0 2 1', '1 2 0', '2 0 1'], 0],
    ['all_zones', [allZones], 2, 2, ['0 1', '1 0', '2 0 1'], 262144],
    ['all_zones_rebuild_n_memory', [allZones, allZonesRebuildNMemory], 3, 4,
      ['0 1', '1 0', '2 0 1'], 0],
    // Its lists are those of boot, when no node is known to have CPUs.
    ['all_zones_possible_nodes', [allZones, allZonesPossibleNodes], 2, 2,
      ['0 1 2', '1 2 0', '2 0 1'], 0],
  ])('%s', async (_, series, online, all, order, unreachable) => {
    const scene = await run('S3-new-node', 'v6.1', series);
    const onlined = scene.rows.filter(({ event }) => event === 'online').at(-1);
    expect(onlined?.rebuilds).toBe(online);
    expect(scene.k.state.costs.zonelist_rebuilds).toBe(all);
    const [from0, from1, from2] = scene.rows.filter(({ event }) => event === 'alloc_pages');
    expect(from0?.detail).toBe('0/DMA32=100');
    expect(from1?.detail).toBe('1/DMA32=100');
    expect(from2?.detail).toBe('2/Normal=100');
    expect(onlined?.list0.includes('2:Normal')).toBe(unreachable === 0);
    // After the offline: up to v6.7 the last rebuild runs while node 2 still has N_MEMORY.
    expect(orders(scene.k)).toEqual(order);
  });

  it('has 262144 pages out of reach of nodes 0 and 1 with all_zones', async () => {
    const { trace } = await readTrace(pathOf('S3-new-node'));
    let far: number[] = [];
    replay(trace, { version: 'v6.1', series: [allZones], observers: [{
      result({ row }, k) {
        if (trace.event(row) === 'online') far = [0, 1, 2].map((nid) => outOfReach(k, nid));
      },
    }] });
    expect(far).toEqual([262144, 262144, 0]);
  });

  it('prints the emptied node up to v6.7 only', async () => {
    const last = async (version: string): Promise<string | undefined> => {
      const { k } = await run('S3-new-node', version, []);
      return k.state.log.findLast(({ text }) => text.startsWith('Fallback order for Node 0'))?.text;
    };
    expect(await last('v6.1')).toBe('Fallback order for Node 0: 0 2 1 ');
    expect(await last('v6.12')).toBe('Fallback order for Node 0: 0 1 ');
  });
});

describe('S4: the last block of a zone goes offline, one comes back', () => {
  it.each([
    ['populated_zone', [populatedZone], [2, 2, 3, 4]],
    ['managed_zone', [managedZone], [2, 2, 3, 4]],
    ['rebuild_when_unmanaged', [rebuildWhenUnmanaged], [2, 2, 3, 4]],
    ['all_zones', [allZones], [1, 1, 1, 1]],
  ])('%s', async (_, series, rebuilds) => {
    const scene = await run('S4-last-block-offline', 'v6.1', series);
    const offline = scene.rows.flatMap(({ event }, index) => (event === 'offline' ? [index] : []));
    const after = [at(offline, 0) - 1, at(offline, 6), at(offline, 7), scene.rows.length - 1];
    expect(after.map((index) => at(scene.rows, index).rebuilds)).toEqual(rebuilds);
    expect(scene.rows.every(({ ret }) => ret === 0)).toBe(true);
    expect([scene.setups, scene.resets]).toEqual([2, 1]);
    expect(zoneOf(scene.k, 0, 'Normal').pageset_leaked).toBe(0);
    expect(zoneOf(scene.k, 0, 'Normal').nr_free_pages).toBe(32768);
  });
});

describe('S5: a balloon empties a zone, lists are rebuilt, the balloon deflates', () => {
  it.each([
    ['populated_zone', [populatedZone], 0],
    ['all_zones', [allZones], 0],
    ['managed_zone', [managedZone], 200000],
    ['rebuild_when_unmanaged', [rebuildWhenUnmanaged], 200000],
    ['xen_populate_first', [xenPopulateFirst], 200000],
    ['rebuild_on_first_managed', [rebuildOnFirstManaged], 0],
  ])('%s', async (_, series, unreachable) => {
    const { rows } = await run('S5-balloon-empties-zone', 'v6.1', series, 2);
    const online = rows.findIndex(({ event }) => event === 'online_movable');
    expect(at(rows, online).list0.includes('1:Normal')).toBe(
      unreachable === 0 && !series.includes(rebuildOnFirstManaged));
    expect(rows.slice(online).map((row) => row.lost)).toEqual(
      [0, unreachable, unreachable, 0]);
  });
});

describe('S6: a zone that is all reserved', () => {
  it.each([
    ['populated_zone', [populatedZone], true],
    ['managed_zone', [managedZone], false],
    ['all_zones', [allZones], true],
  ])('%s', async (_, series, listed) => {
    const scene = await run('S6-all-reserved', 'v6.1', series, 2);
    expect(scene.bootList(0)).toContain('1:Normal');
    expect(zoneOf(scene.k, 1, 'Normal')).toMatchObject({ present_pages: 65536, managed_pages: 0 });
    expect(listOf(scene.k, 0).includes('1:Normal')).toBe(listed);
    expect(scene.rows.at(-1)).toMatchObject({ ret: 100 });
    expect(scene.k.state.kswapd_wakeups.size).toBe(0);
  });
});

describe('S7: kswapd of a node whose first zone is all withheld', () => {
  it.each([
    ['v5.17', 'managed_zone', [managedZone], 1], ['v5.17', 'populated_zone', [populatedZone], 0],
    ['v5.17', 'all_zones', [allZones], 0], ['v6.1', 'managed_zone', [managedZone], 1],
    ['v6.1', 'populated_zone', [populatedZone], 1], ['v6.1', 'all_zones', [allZones], 1],
  ])('%s with %s', async (version, _, series, wakeups) => {
    const { k, rows } = await run('S7-kswapd-not-woken', version, series);
    expect(zoneOf(k, 0, 'Movable')).toMatchObject({ present_pages: 32768, managed_pages: 0 });
    expect(rows.at(-1)).toMatchObject({ event: 'alloc_pages', ret: 0 });
    expect(k.state.kswapd_wakeups.get(0) ?? 0).toBe(wakeups);
  });
});

describe('S8: a notifier refuses the first online of a zone', () => {
  it.each([
    ['populated_zone', [populatedZone], [1, 2]], ['managed_zone', [managedZone], [1, 2]],
    ['rebuild_when_unmanaged', [rebuildWhenUnmanaged], [1, 2]], ['all_zones', [allZones], [1, 1]],
  ])('%s', async (_, series, rebuilds) => {
    const { rows, setups } = await run('S8-veto', 'v6.1', series);
    const online = rows.filter(({ event }) => event === 'online');
    expect(online.map(({ ret }) => ret)).toEqual([-12, 0]);
    expect(online.map((row) => row.rebuilds)).toEqual(rebuilds);
    expect(setups).toBe(1);
  });
});

describe('S9: device memory', () => {
  it.each([
    ['populated_zone', [populatedZone], 'Normal DMA32 DMA'],
    ['managed_zone', [managedZone], 'Normal DMA32 DMA'],
    ['all_zones', [allZones], 'Device Movable Normal DMA32 DMA'],
    ['all_zones_but_device', [allZonesButDevice], 'Movable Normal DMA32 DMA'],
  ])('%s', async (_, series, list) => {
    const { rows, k } = await run('S9-device-memory', 'v6.1', series);
    expect(rows.map((row) => names(row.list0)).at(-2)).toBe(list);
    expect(zoneOf(k, 0, 'Device')).toMatchObject({ present_pages: 0, managed_pages: 0 });
  });
});

describe('S10: a driver hands over a part of the first block, or nothing', () => {
  it.each([
    ['S10-partly-backed', 'populated_zone', [populatedZone], 0],
    ['S10-partly-backed', 'managed_zone', [managedZone], 0],
    ['S10-not-backed', 'populated_zone', [populatedZone], 0],
    ['S10-not-backed', 'managed_zone', [managedZone], 8192],
  ])('%s with %s', async (name, _, series, unreachable) => {
    const { k, rows } = await run(name, 'v6.1', series);
    const online = at(rows, rows.findIndex(({ event }) => event === 'online'));
    expect(online.list0.includes('0:Normal')).toBe(unreachable === 0);
    expect(lost(k)).toBe(unreachable);
    const managed = name === 'S10-not-backed' ? 8192 : 32768;
    expect(zoneOf(k, 0, 'Normal').managed_pages).toBe(managed);
  });
});

describe('S11: an unrelated rebuild brings the zone back', () => {
  it.each([
    ['populated_zone', [populatedZone], false], ['managed_zone', [managedZone], true],
    ['rebuild_when_unmanaged', [rebuildWhenUnmanaged], true], ['all_zones', [allZones], false],
  ])('%s', async (_, series, wasLost) => {
    const { rows, k } = await run('S11-healed-by-accident', 'v5.17', series);
    expect(rows.some((row) => row.lost === 307200)).toBe(wasLost);
    expect(at(rows, rows.length - 1).lost).toBe(0);
    expect(listOf(k, 0)).toContain(`0:${at(ZONE_NAMES, ZONE_NORMAL)}`);
  });
});
