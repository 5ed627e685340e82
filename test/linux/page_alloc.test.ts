import { describe, expect, it } from 'vitest';
import allZones from '../../policies/zonelists/all_zones.js';
import managedZone from '../../policies/zonelists/managed_zone.js';
import populatedZone from '../../policies/zonelists/populated_zone.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ZONE_DMA, ZONE_DMA32, ZONE_MOVABLE, ZONE_NORMAL } from '../../src/linux/include/mmzone.js';
import { gfpWords, highestZoneOf } from '../../src/linux/include/gfp.js';
import type { Patch } from '../../src/patch/define.js';
import { kernelByHand, listOf, populate, zoneOf } from './by_hand.js';

describe('gfp words', () => {
  it.each([
    ['GFP_KERNEL', ZONE_NORMAL], ['GFP_HIGHUSER', ZONE_NORMAL],
    ['GFP_HIGHUSER_MOVABLE', ZONE_MOVABLE], ['GFP_HIGHUSER_MOVABLE|__GFP_ZERO', ZONE_MOVABLE],
    ['GFP_KERNEL+__GFP_THISNODE', ZONE_NORMAL], ['GFP_DMA32', ZONE_DMA32],
    ['GFP_KERNEL|GFP_DMA', ZONE_DMA], ['GFP_ATOMIC', ZONE_NORMAL],
  ])('%s may use zones up to %i', (text, zone) => {
    expect(highestZoneOf(gfpWords(text))).toBe(zone);
  });
});

/** Who served `count` allocations, as the lab kernel prints it. */
function served(k: Kernel, gfp: string, nid: number, count: number): string {
  const zones = new Map<string, number>();
  for (let i = 0; i < count; i += 1) {
    const zone = k.alloc_pages(gfp, 0, nid);
    if (zone === undefined) continue;
    const name = `node ${zone.nid} zone ${zone.index}`;
    zones.set(name, (zones.get(name) ?? 0) + 1);
  }
  return [...zones].map(([name, pages]) => `${name}: ${pages}`).join(', ');
}

describe('the lab kernels with 20000 of 32768 withheld pages released', () => {
  /** Node 1 got its first block with all pages withheld, then 20000 of them were released. */
  function released(series: readonly Patch[]): Kernel {
    const k = kernelByHand({ nodes: 2, cpus: [0, 0], series });
    populate(k, 0, 'DMA', 3998, 3840);
    populate(k, 0, 'DMA32', 258016, 234377, 199400);
    k.build_all_zonelists(undefined);
    k.init_per_zone_wmark_min();
    k.build_all_zonelists(k.state.nodes[1]);
    k.state.node_states.online.add(1);
    populate(k, 1, 'Normal', 32768, 0);
    if (!series.includes(allZones)) k.build_all_zonelists(undefined);
    k.init_per_zone_wmark_min();
    populate(k, 1, 'Normal', 32768, 20000);
    return k;
  }
  const kernelThisNode = 'GFP_KERNEL+__GFP_THISNODE';

  it.each([
    ['managed', [managedZone], '0:DMA32 0:DMA', '', 'node 0 zone 1: 100'],
    ['populated', [], '1:Normal 0:DMA32 0:DMA', 'node 1 zone 2: 100', 'node 1 zone 2: 100'],
    ['all', [allZones],
      '1:Device 1:Movable 1:Normal 1:DMA32 1:DMA 0:Device 0:Movable 0:Normal 0:DMA32 0:DMA',
      'node 1 zone 2: 100', 'node 1 zone 2: 100'],
  ])('%s: lists and allocations are those recorded', (_, series, list, only, preferred) => {
    const k = released(series);
    expect(listOf(k, 1)).toBe(list);
    expect(served(k, kernelThisNode, 1, 100)).toBe(only);
    expect(served(k, 'GFP_HIGHUSER_MOVABLE', 1, 100)).toBe(preferred);
    expect(k.state.oom).toEqual([]);
  });

  it('node 0 sees node 1 only when a rebuild told it', () => {
    expect(listOf(released([managedZone]), 0)).toBe('0:DMA32 0:DMA');
    expect(listOf(released([]), 0)).toBe('0:DMA32 0:DMA 1:Normal');
    expect(listOf(released([allZones]), 0)).toBe('0:Device 0:Movable 0:Normal 0:DMA32 0:DMA');
  });
});

describe('alloc_pages', () => {
  /** One node, Normal above DMA32, watermarks of round numbers. */
  function twoZones(): Kernel {
    const k = kernelByHand({ nodes: 1 });
    populate(k, 0, 'DMA32', 100000, 100000, 1000);
    populate(k, 0, 'Normal', 100000, 100000, 1000);
    k.build_all_zonelists(undefined);
    for (const name of ['DMA32', 'Normal'] as const) {
      Object.assign(zoneOf(k, 0, name).watermark, { min: 100, low: 200, high: 300 });
      zoneOf(k, 0, name).lowmem_reserve.fill(50);
    }
    return k;
  }
  const free = (k: Kernel): number[] =>
    [zoneOf(k, 0, 'Normal').nr_free_pages, zoneOf(k, 0, 'DMA32').nr_free_pages];

  it('falls back at the low watermark, uses all zones down to min, then fails', () => {
    const k = twoZones();
    expect(served(k, 'GFP_KERNEL', 0, 1500)).toBe('node 0 zone 2: 750, node 0 zone 1: 750');
    expect(free(k)).toEqual([250, 250]);
    expect(served(k, 'GFP_KERNEL', 0, 300)).toBe('node 0 zone 2: 100, node 0 zone 1: 100');
    expect(free(k)).toEqual([150, 150]);
    expect(k.state.oom).toEqual([
      { nid: 0, gfp: 'GFP_KERNEL', order: 0, highest_zoneidx: ZONE_NORMAL, count: 100 }]);
    expect(k.state.reclaim_retry.map((zone) => zone.name)).toEqual(['Normal', 'DMA32']);
  });

  it('lets atomic requests use three eighths of min below it, and never kills for them', () => {
    const k = twoZones();
    served(k, 'GFP_ATOMIC', 0, 5000);
    // 100 - 50, less a quarter of that: 38 and the reserve of 50 stay.
    expect(free(k)).toEqual([88, 88]);
    expect(k.state.oom).toEqual([]);
  });

  it('does not kill for a request that must stay on one node', () => {
    const k = twoZones();
    served(k, 'GFP_KERNEL+__GFP_THISNODE', 0, 3000);
    expect(free(k)).toEqual([150, 150]);
    expect(k.state.oom).toEqual([]);
  });

  it('takes 2^order pages and counts the order against the watermark', () => {
    const k = twoZones();
    expect(k.alloc_pages('GFP_KERNEL', 9, 0)?.index).toBe(ZONE_NORMAL);
    expect(free(k)).toEqual([488, 1000]);
    expect(k.alloc_pages('GFP_KERNEL', 9, 0)?.index).toBe(ZONE_DMA32);
    expect(k.alloc_pages('GFP_KERNEL', 9, 0)).toBeUndefined();
    k.free_zone_pages(zoneOf(k, 0, 'Normal'), 512);
    expect(free(k)).toEqual([1000, 488]);
  });

  it('uses ZONE_MOVABLE for movable requests only', () => {
    const k = twoZones();
    populate(k, 0, 'Movable', 32768);
    k.build_all_zonelists(undefined);
    expect(k.alloc_pages('GFP_KERNEL', 0, 0)?.index).toBe(ZONE_NORMAL);
    expect(k.alloc_pages('GFP_HIGHUSER_MOVABLE', 0, 0)?.index).toBe(ZONE_MOVABLE);
  });

  it('prefers to mix no migratetypes only when DMA32 is below Normal', () => {
    const k = twoZones();
    expect(k.alloc_flags_nofragment(zoneOf(k, 0, 'Normal'))).toBe(true);
    expect(k.alloc_flags_nofragment(zoneOf(k, 0, 'Movable'))).toBe(false);
    k.state.node_states.online.add(1);
    populate(k, 0, 'DMA32', 0);
    expect(k.alloc_flags_nofragment(zoneOf(k, 0, 'Normal'))).toBe(false);
  });
});

/**
 *   node 0:  Movable 32768, all withheld | Normal 400000, free below low
 *
 * Expect: kswapd is woken through Normal, unless the kernel remembers the node at Movable.
 */
describe('S7: kswapd of a node whose first zone is all withheld', () => {
  function wakeups(version: string, series: readonly Patch[]): number {
    const k = kernelByHand({ version, nodes: 1, series });
    populate(k, 0, 'Movable', 32768, 0);
    populate(k, 0, 'Normal', 400000, 400000, 0);
    k.build_all_zonelists(undefined);
    k.init_per_zone_wmark_min();
    k.kswapd_init();
    expect(k.alloc_pages('GFP_HIGHUSER_MOVABLE', 0, 0)).toBeUndefined();
    return k.state.kswapd_wakeups.get(0) ?? 0;
  }

  it('is woken with bc53008eea55', () => {
    expect(wakeups('v6.1', [])).toBe(1);
    expect(wakeups('v6.1', [managedZone])).toBe(1);
    expect(wakeups('v6.1', [allZones])).toBe(1);
  });

  it('is woken without it only when the withheld zone is not listed', () => {
    expect(wakeups('v5.17', [])).toBe(1);
    expect(wakeups('v5.17', [populatedZone])).toBe(0);
    expect(wakeups('v5.17', [allZones])).toBe(0);
  });
});
