import { describe, expect, it } from 'vitest';
import allZones from '../../policies/zonelists/all_zones.js';
import allZonesButDevice from '../../policies/zonelists/all_zones_but_device.js';
import allZonesPossibleNodes from '../../policies/zonelists/all_zones_possible_nodes.js';
import managedZone from '../../policies/zonelists/managed_zone.js';
import populatedZone from '../../policies/zonelists/populated_zone.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ZONE_DEVICE, ZONE_DMA32, ZONE_NORMAL } from '../../src/linux/include/mmzone.js';
import { versions } from '../../src/linux/history/versions.js';
import type { Patch } from '../../src/patch/define.js';
import { kernelByHand, listOf, populate, rebuildLines, type ByHand } from './by_hand.js';

/** CPUs on nodes 0 and 1; all have memory; all distances 20. */
function threeNodes(what: Partial<ByHand> = {}): Kernel {
  const k = kernelByHand({ nodes: 3, online: [0, 1, 2], cpus: [0, 1], ...what });
  populate(k, 0, 'DMA', 3998);
  populate(k, 0, 'DMA32', 258048);
  populate(k, 1, 'DMA32', 262112);
  populate(k, 2, 'Normal', 262144);
  k.build_all_zonelists(undefined);
  return k;
}

function orders(k: Kernel): string[] {
  return k.state.nodes.map((node) => node.node_order.join(' '));
}

/** Orders of four nodes that all have memory. */
function fourNodes(version: string, distance: number[][], cpus: number[]): string {
  const k = kernelByHand({ version, nodes: 4, online: [0, 1, 2, 3], cpus, distance });
  for (const nid of [0, 1, 2, 3]) populate(k, nid, 'Normal', 32768);
  k.build_all_zonelists(undefined);
  return k.state.nodes.map((node) => node.node_order.join('')).join(' ');
}

describe('fallback order', () => {
  it.each(versions.map(({ id }) => id))('is 0 2 1, 1 2 0, 2 0 1 on %s', (version) => {
    expect(orders(threeNodes({ version }))).toEqual(['0 2 1', '1 2 0', '2 0 1']);
  });

  it('does not know at boot which nodes have CPUs', () => {
    const k = threeNodes();
    k.state.system_state = 'booting';
    k.build_all_zonelists(undefined);
    expect(orders(k)).toEqual(['0 1 2', '1 2 0', '2 0 1']);
  });

  it('takes the nearest node first, whatever CPUs it has', () => {
    const distance = [[10, 11, 21], [11, 10, 21], [21, 21, 10]];
    expect(orders(threeNodes({ distance }))).toEqual(['0 1 2', '1 0 2', '2 0 1']);
  });

  it('spreads the first fallback over nodes that are equally far', () => {
    // Node 2 was first for node 0, so node 1 starts with 3; likewise 0 for node 2, then 1.
    const distance = [[10, 21, 20, 20], [21, 10, 20, 20], [20, 20, 10, 21], [20, 20, 21, 10]];
    expect(fourNodes('v6.1', distance, [0, 1, 2, 3])).toBe('0231 1320 2013 3102');
  });

  it.each([
    // Node 2 was first of its group for node 0, and 3 later: both weigh 1, or 3 and 1.
    ['v6.1', '0213 1230 2013 3120'], ['v5.17', '0213 1320 2013 3120'],
  ])('on %s weighs a first choice as one, or by how early it came', (version, orders) => {
    const distance = [[10, 20, 20, 30], [20, 10, 20, 20], [20, 20, 10, 30], [30, 20, 30, 10]];
    expect(fourNodes(version, distance, [0, 1])).toBe(orders);
  });

  it.each([
    // For node 2, node 0 comes as third: its load of 3 becomes 5, or 2.
    ['v5.17', '0123 1032 2301 3210'], ['v5.14', '0123 1032 2301 3201'],
  ])('on %s adds to the load, or sets it', (version, orders) => {
    const distance = [[10, 20, 30, 30], [20, 10, 30, 30], [30, 30, 10, 20], [30, 30, 20, 10]];
    expect(fourNodes(version, distance, [0, 1])).toBe(orders);
  });

  it('starts with a memoryless node itself up to v6.7, and not from v6.8', () => {
    const order = (version: string): string[] => {
      const k = kernelByHand({ version, nodes: 2, cpus: [0] });
      populate(k, 0, 'DMA32', 65536);
      k.build_all_zonelists(undefined);
      return rebuildLines(k);
    };
    expect(order('v6.1').slice(0, 2)).toEqual(
      ['Fallback order for Node 0: 0', 'Fallback order for Node 1: 1 0']);
    expect(order('v6.12').slice(0, 2)).toEqual(
      ['Fallback order for Node 0: 0', 'Fallback order for Node 1: 0']);
  });

  it('is printed with a blank after each node, from v5.16', () => {
    const lines = (version: string): string[] =>
      threeNodes({ version }).state.log.map((line) => line.text);
    expect(lines('v6.1')).toEqual([
      'Fallback order for Node 0: 0 2 1 ', 'Fallback order for Node 1: 1 2 0 ',
      'Fallback order for Node 2: 2 0 1 ',
      'Built 3 zonelists, mobility grouping on.  Total pages: 786302', 'Policy zone: Normal',
    ]);
    expect(lines('v5.14')[0]).toMatch(/^Built 3 zonelists, mobility/);
    expect(lines('v4.13')[0]).toMatch(/^Built 3 zonelists in Node order, mobility/);
  });
});

describe('build_all_zonelists', () => {
  it('writes only the lists of a node that is not online yet', () => {
    const k = threeNodes({ online: [0, 1] });
    populate(k, 2, 'Normal', 0);
    k.build_all_zonelists(undefined);
    const before = listOf(k, 0);
    const from = k.state.log.length;
    k.build_all_zonelists(k.state.nodes[2]);
    expect(listOf(k, 0)).toBe(before);
    expect(listOf(k, 2)).toBe('0:DMA32 0:DMA 1:DMA32');
    expect(rebuildLines(k, from)[0]).toBe('Fallback order for Node 2: 2 0 1');
  });

  it('writes the lists of all possible nodes from v5.18, of online nodes before', () => {
    const lists = (version: string): string => {
      const k = threeNodes({ version, online: [0, 1] });
      return listOf(k, 2);
    };
    expect(lists('v6.1')).toBe('2:Normal 0:DMA32 0:DMA 1:DMA32');
    expect(lists('v5.17')).toBe('');
  });

  it('stops the machine up to v4.13, never while it boots', () => {
    const k = threeNodes({ version: 'v4.13' });
    expect(k.state.costs.stop_machine).toBe(1);
    k.state.system_state = 'booting';
    k.build_all_zonelists(undefined);
    expect(k.state.costs.stop_machine).toBe(1);
    expect(threeNodes().state.costs.stop_machine).toBe(0);
  });

  it('counts the entries of both lists of each node', () => {
    expect(threeNodes().state.costs).toMatchObject({
      zonelist_rebuilds: 1, zonerefs_written: 3 * 4 + 2 + 1 + 1,
    });
  });

  it('sums up total pages over the list of the node that runs', () => {
    const k = threeNodes({ series: [allZones] });
    populate(k, 2, 'Movable', 32768);
    k.state.running_cpu = 1;
    k.build_all_zonelists(undefined);
    expect(k.state.vm_total_pages).toBe(786302 + 32768);
  });

  it('prints neither order nor policy zone without CONFIG_NUMA, and has no second list', () => {
    const k = kernelByHand({ nodes: 1, kconfig: { NUMA: 'n' } });
    populate(k, 0, 'DMA', 3998);
    k.build_all_zonelists(undefined);
    expect(rebuildLines(k)).toEqual(
      ['Built 1 zonelists, mobility grouping on.  Total pages: 3998']);
    expect([listOf(k, 0), listOf(k, 0, 1)]).toEqual(['0:DMA', '']);
    expect(k.state.policy_zone).toBe(0);
  });

  it('turns grouping by mobility off on tiny machines', () => {
    const k = kernelByHand({ nodes: 1 });
    populate(k, 0, 'DMA', 2559);
    k.build_all_zonelists(undefined);
    populate(k, 0, 'DMA', 2560);
    k.build_all_zonelists(undefined);
    const built = rebuildLines(k).filter((line) => line.startsWith('Built'));
    expect(built).toEqual([
      'Built 1 zonelists, mobility grouping off.  Total pages: 2559',
      'Built 1 zonelists, mobility grouping on.  Total pages: 2560',
    ]);
  });
});

describe('criterion', () => {
  /** Node 0 with a Normal zone whose pages are all withheld. */
  function withheld(version: string, series: readonly Patch[]): Kernel {
    const k = kernelByHand({ version, series, nodes: 1 });
    populate(k, 0, 'DMA', 3998);
    populate(k, 0, 'DMA32', 200704);
    populate(k, 0, 'Normal', 327680, 0);
    k.build_all_zonelists(undefined);
    return k;
  }

  it.each([
    ['v6.12', [], '0:Normal 0:DMA32 0:DMA', ZONE_NORMAL],
    ['v6.1', [], '0:Normal 0:DMA32 0:DMA', ZONE_NORMAL],
    ['v5.17', [], '0:DMA32 0:DMA', ZONE_DMA32],
    ['v4.13', [], '0:DMA32 0:DMA', ZONE_DMA32],
    ['v6.1', [managedZone], '0:DMA32 0:DMA', ZONE_DMA32],
    ['v5.17', [managedZone], '0:DMA32 0:DMA', ZONE_DMA32],
    ['v6.1', [populatedZone], '0:Normal 0:DMA32 0:DMA', ZONE_NORMAL],
    ['v5.17', [populatedZone], '0:Normal 0:DMA32 0:DMA', ZONE_NORMAL],
    ['v5.17', [allZones], '0:Device 0:Movable 0:Normal 0:DMA32 0:DMA', ZONE_DEVICE],
    ['v6.1', [allZonesButDevice], '0:Movable 0:Normal 0:DMA32 0:DMA', ZONE_NORMAL],
  ])('of %s with %j gives %s', (version, series, list, policyZone) => {
    const k = withheld(version, series);
    expect(listOf(k, 0)).toBe(list);
    expect(listOf(k, 0, 1)).toBe(list);
    expect(k.state.policy_zone).toBe(policyZone);
  });

  it('never lowers policy_zone, and never sets it to Movable', () => {
    const k = kernelByHand({ nodes: 1 });
    populate(k, 0, 'Normal', 32768);
    populate(k, 0, 'Movable', 32768);
    k.build_all_zonelists(undefined);
    populate(k, 0, 'Normal', 0);
    k.build_all_zonelists(undefined);
    expect(listOf(k, 0)).toBe('0:Movable');
    expect(k.state.policy_zone).toBe(ZONE_NORMAL);
  });

  it('makes MPOL_BIND spare ordinary requests when every zone is listed', () => {
    const nodes = new Set([0]);
    expect(withheld('v5.17', [populatedZone]).apply_policy_zone(nodes, ZONE_NORMAL)).toBe(true);
    expect(withheld('v5.17', [allZones]).apply_policy_zone(nodes, ZONE_NORMAL)).toBe(false);
  });

  it('names nodes that have no memory yet when all possible nodes are listed', () => {
    const k = kernelByHand({ series: [allZones, allZonesPossibleNodes], nodes: 2, cpus: [0] });
    populate(k, 0, 'DMA32', 65536);
    k.build_all_zonelists(undefined);
    expect(orders(k)).toEqual(['0 1', '1 0']);
  });
});
