/** Adding, onlining, offlining and removing memory: results, zones, counters, files of sysfs. */
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/assert.js';
import { versions } from '../../src/linux/history/versions.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import {
  ZONE_MOVABLE, ZONE_NORMAL, type MemAction, type Zone,
} from '../../src/linux/include/mmzone.js';
import {
  A, B, SECTION, addDimm, blockAt, bootKernel, drive, nodeOnline, q35, removeDimm, spanOf, store,
} from './hotplug_machine.js';

function zoneOf(k: Kernel, nid: number, index: number): Zone {
  return at(at(k.state.nodes, nid).node_zones, index);
}

function zonesOf(k: Kernel, id: number): string {
  return k.valid_zones_show(blockAt(k, id));
}

/** Actions of the notifier chain from here on. */
function actionsOf(k: Kernel): MemAction[] {
  const seen: MemAction[] = [];
  k.state.notifiers.push({
    name: 'listener', priority: 0,
    notifier_call: (action) => {
      seen.push(action);
      return 0;
    },
  });
  return seen;
}

describe('boot blocks', () => {
  const k = bootKernel('v6.1', []);

  it('cover every section with memory, are online and linked with their node', () => {
    expect([...k.state.memory_blocks.keys()]).toEqual([
      ...Array.from({ length: 16 }, (_, i) => i), ...Array.from({ length: 16 }, (_, i) => 32 + i),
    ]);
    expect([...k.state.memory_blocks.values()].every((block) => block.state === 'online'
      && block.nid === 0 && block.links.has(0) && block.early)).toBe(true);
  });

  it('say none for two zones, else their zone', () => {
    expect([0, 1, 15, 32, 47].map((id) => zonesOf(k, id)))
      .toEqual(['none', 'DMA32', 'DMA32', 'Normal', 'Normal']);
    expect(k.removable_show(blockAt(k, 0))).toBe('1');
  });

  it('do not go offline with two zones or with a hole in them', () => {
    expect(store(k, 0, 'offline')).toBe(-22);
    expect(store(k, 48 - 1, 'online')).toBe(-22);
  });
});

describe('adding memory', () => {
  it('makes offline blocks of a new node, which spans nothing', () => {
    const k = bootKernel('v6.1', []);
    expect(nodeOnline(k, 1)).toBe(false);
    expect(addDimm(k, A)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(true);
    expect(k.state.node_devices.has(1)).toBe(true);
    expect(spanOf(k, 1)).toBe(0);
    expect(blockAt(k, 48)).toMatchObject({ state: 'offline', nid: 1, early: false });
    expect(blockAt(k, 55).links.has(1)).toBe(true);
    expect(zonesOf(k, 48)).toBe('Normal Movable');
    expect(k.state.node_states.memory.has(1)).toBe(false);
  });

  it('gives DIMMs the lowest free group number', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    addDimm(k, B);
    expect([blockAt(k, 48).group?.mgid, blockAt(k, 56).group?.mgid]).toEqual([0, 1]);
    removeDimm(k, A);
    addDimm(k, A);
    expect(blockAt(k, 48).group?.mgid).toBe(0);
    expect(bootKernel('v5.14', []).config.memory_groups).toBe(false);
  });

  it('refuses ranges that are not whole blocks, nodes that are impossible, and doubles', () => {
    const k = bootKernel('v6.1', [], q35({ pages_per_block: 2 * SECTION }));
    expect(drive(k.__add_memory(1, 49 * SECTION, 2 * SECTION, 0))).toBe(-22);
    expect(k.state.log.at(-1)?.text).toBe('Block size [0x10000000] unaligned hotplug range: ' +
      'start 0x188000000, size 0x10000000');
    expect(drive(k.__add_memory(7, 48 * SECTION, 2 * SECTION, 0))).toBe(-22);
    expect(drive(k.__add_memory(1, 48 * SECTION, 2 * SECTION, 0))).toBe(0);
    expect(drive(k.__add_memory(1, 48 * SECTION, 2 * SECTION, 0))).toBe(-17);
  });

  it('onlines new blocks when asked to', () => {
    const k = bootKernel('v6.1', [], q35({ cmdline: 'memhp_default_state=online_movable' }));
    addDimm(k, A);
    expect(zonesOf(k, 55)).toBe('Movable');
    expect(zoneOf(k, 1, ZONE_MOVABLE).present_pages).toBe(8 * SECTION);
    expect(k.auto_online_blocks_store('offline')).toBe(0);
    addDimm(k, B);
    expect(blockAt(k, 56).state).toBe('offline');
    expect(k.auto_online_blocks_store('sometimes')).toBe(-22);
  });
});

describe('onlining and offlining', () => {
  it('a block goes where it is told to; the next one follows the zone it lies in', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    expect(store(k, 48, 'online_movable')).toBe(0);
    expect(store(k, 50, 'online_movable')).toBe(0);
    expect(zonesOf(k, 49)).toBe('Movable Normal');
    expect(store(k, 49, 'online')).toBe(0);
    expect(zonesOf(k, 49)).toBe('Movable');
    expect(zonesOf(k, 51)).toBe('Normal Movable');
    const movable = zoneOf(k, 1, ZONE_MOVABLE);
    expect(movable).toMatchObject({
      zone_start_pfn: 48 * SECTION, spanned_pages: 3 * SECTION, present_pages: 3 * SECTION,
      managed_pages: 3 * SECTION, nr_isolate_pageblock: 0, pageset: 'real',
    });
    expect([...k.state.node_states.memory]).toEqual([0, 1]);
    expect(k.state.node_states.normal_memory.has(1)).toBe(false);
  });

  it('a hole in the middle stays in the span, an end does not', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    for (const id of [48, 49, 50]) store(k, id, 'online_movable');
    const movable = zoneOf(k, 1, ZONE_MOVABLE);
    expect(store(k, 49, 'offline')).toBe(0);
    expect([movable.spanned_pages, movable.present_pages]).toEqual([3 * SECTION, 2 * SECTION]);
    expect(store(k, 48, 'offline')).toBe(0);
    expect([movable.zone_start_pfn, movable.spanned_pages]).toEqual([50 * SECTION, SECTION]);
    expect(store(k, 50, 'offline')).toBe(0);
    expect([movable.zone_start_pfn, movable.spanned_pages]).toEqual([0, 0]);
    expect(movable.pageset).toBe('boot');
    expect(spanOf(k, 1)).toBe(0);
    expect(k.state.node_states.memory.has(1)).toBe(false);
    expect(k.state.nodes[1]?.kswapd).toBe(false);
  });

  it('what is online already cannot be onlined, nor what is offline be offlined', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    expect(store(k, 48, 'offline')).toBe(-22);
    expect(store(k, 48, 'online')).toBe(0);
    expect(store(k, 48, 'online_movable')).toBe(-22);
    expect(store(k, 48, 'upside down')).toBe(-22);
  });

  it('a page of the kernel keeps a block online; what was isolated is given back', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    store(k, 48, 'online');
    k.state.unmovable.add(48 * SECTION + 5000);
    expect(store(k, 48, 'offline')).toBe(-16);
    expect(blockAt(k, 48).state).toBe('online');
    expect(zoneOf(k, 1, ZONE_NORMAL)).toMatchObject({
      nr_isolate_pageblock: 0, managed_pages: SECTION, present_pages: SECTION,
    });
    k.state.unmovable.clear();
    expect(store(k, 48, 'offline')).toBe(0);
  });

  it('a signal ends the loop of offline_pages', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    store(k, 48, 'online');
    k.state.signalled.set(k.state.current, 'plain');
    expect(store(k, 48, 'offline')).toBe(-4);
    expect(zoneOf(k, 1, ZONE_NORMAL).nr_isolate_pageblock).toBe(0);
  });

  it('removal of memory that is online is refused with a warning', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    store(k, 49, 'online');
    expect(drive(k.try_remove_memory(48 * SECTION, 8 * SECTION))).toBe(-16);
    expect(k.state.log.at(-1)?.text).toBe(
      'removing memory fails, because memory [0x0000000188000000-0x000000018fffffff] is onlined');
    expect(removeDimm(k, A)).toBe(0);
  });

  it('a DIMM that cannot be emptied comes back online, into the default zone', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    store(k, 48, 'online_movable');
    store(k, 49, 'online_kernel');
    k.state.unmovable.add(49 * SECTION);
    expect(removeDimm(k, A)).toBe(-16);
    expect(blockAt(k, 48).state).toBe('online');
    expect(zonesOf(k, 48)).toBe('Normal');
    expect(k.state.log.at(-1)?.text).toContain('Offline failed.');
  });
});

describe('order of what offline_pages does', () => {
  function listsNode1(version: string): boolean {
    const k = bootKernel(version, []);
    addDimm(k, A);
    store(k, 48, 'online');
    store(k, 48, 'offline');
    return at(k.state.nodes, 0).node_order.includes(1);
  }

  it('v6.1 still lists the emptied node in the order, v6.12 does not', () => {
    expect(listsNode1('v6.1')).toBe(true);
    expect(listsNode1('v6.12')).toBe(false);
  });

  it('v6.12 tells notifiers before it touches a block and after it has let go', () => {
    const k = bootKernel('v6.12', []);
    addDimm(k, A);
    const seen = actionsOf(k);
    store(k, 48, 'online');
    store(k, 48, 'offline');
    expect(seen).toEqual([
      'MEM_PREPARE_ONLINE', 'MEM_GOING_ONLINE', 'MEM_ONLINE',
      'MEM_GOING_OFFLINE', 'MEM_OFFLINE', 'MEM_FINISH_OFFLINE',
    ]);
  });

  it('a veto is undone and told', () => {
    const k = bootKernel('v6.12', []);
    addDimm(k, A);
    const seen = actionsOf(k);
    k.state.notifiers.push({
      name: 'veto', priority: -1,
      notifier_call: (action) => (action === 'MEM_GOING_ONLINE' ? -12 : 0),
    });
    expect(store(k, 48, 'online')).toBe(-12);
    expect(seen).toEqual([
      'MEM_PREPARE_ONLINE', 'MEM_GOING_ONLINE', 'MEM_CANCEL_ONLINE', 'MEM_FINISH_OFFLINE',
    ]);
    expect(spanOf(k, 1)).toBe(0);
    expect(zoneOf(k, 1, ZONE_NORMAL).pageset).toBe('boot');
  });
});

describe('removable, to v5.6', () => {
  const removable = (k: Kernel, id: number): string | undefined =>
    k.removable_show(blockAt(k, id));

  it('looks at the pages of online blocks, and is not known where the kernel has its own', () => {
    const k = bootKernel('v5.3', []);
    addDimm(k, A);
    expect(removable(k, 48)).toBe('1');
    store(k, 48, 'online_kernel');
    store(k, 55, 'online_movable');
    expect([removable(k, 48), removable(k, 55)]).toEqual([undefined, '1']);
    k.state.unmovable.add(48 * SECTION + 7);
    expect(removable(k, 48)).toBe('0');
    store(k, 55, 'offline');
    expect(removable(k, 55)).toBe('1');
  });

  it('sees an end of the zone inside the block before v5.1 only', () => {
    const ends = (version: string): string | undefined => {
      const k = bootKernel(version, []);
      addDimm(k, A);
      store(k, 48, 'online_movable');
      zoneOf(k, 1, ZONE_MOVABLE).spanned_pages -= SECTION / 2;
      return removable(k, 48);
    };
    expect([ends('v4.15'), ends('v5.1')]).toEqual(['0', '1']);
  });
});

describe('memory of a node that went offline', () => {
  it('cannot go online where the work of the node is asked for', () => {
    for (const [version, outcome] of [['v5.3', 'oops'], ['v6.1', 0]] as const) {
      const k = bootKernel(version, []);
      addDimm(k, A);
      k.node_set_offline(1);
      k.unregister_one_node(1);
      expect(store(k, 48, 'online_movable')).toBe(outcome);
    }
  });
});

describe('every version', () => {
  it.each(versions)('$id adds, onlines, offlines and removes a DIMM', ({ id }) => {
    const k = bootKernel(id, []);
    expect(addDimm(k, A)).toBe(0);
    const { valid_zones_by, zone_test_spans } = k.config;
    const asked = valid_zones_by === 'memmap' && zone_test_spans;
    expect(zonesOf(k, 48)).toBe(asked ? 'none' : 'Normal Movable');
    for (const block of [48, 49]) expect(store(k, block, 'online_movable')).toBe(0);
    expect(zonesOf(k, 49)).toBe('Movable');
    expect(zoneOf(k, 1, ZONE_MOVABLE)).toMatchObject({
      spanned_pages: 2 * SECTION, present_pages: 2 * SECTION, managed_pages: 2 * SECTION,
      nr_isolate_pageblock: 0,
    });
    for (const block of [48, 49]) expect(store(k, block, 'offline')).toBe(0);
    expect(k.state.node_states.memory.has(1)).toBe(false);
    expect(removeDimm(k, A)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(false);
    expect(spanOf(k, 1)).toBe(0);
    expect(k.state.faults).toEqual([]);
  });

  it('v5.3 shrinks the zone that the first page of a DIMM names, and no other one', () => {
    const k = bootKernel('v5.3', []);
    addDimm(k, A);
    store(k, 50, 'online_movable');
    store(k, 50, 'offline');
    expect(removeDimm(k, A)).toBe(0);
    expect(spanOf(k, 1)).toBe(SECTION);
    expect(nodeOnline(k, 1)).toBe(false);
  });
});

describe('memory that holds its own memmap', () => {
  const cmdline = 'memory_hotplug.memmap_on_memory=1';
  const one = { block: 48, blocks: 1 };

  it.each(['v6.1', 'v6.12'])('%s: a DIMM of one block keeps 512 pages for itself', (version) => {
    const k = bootKernel(version, [], q35({ cmdline }));
    addDimm(k, one);
    expect(blockAt(k, 48).nr_vmemmap_pages).toBe(512);
    store(k, 48, 'online_movable');
    const movable = zoneOf(k, 1, ZONE_MOVABLE);
    expect(movable).toMatchObject({
      zone_start_pfn: 48 * SECTION, spanned_pages: SECTION, present_pages: SECTION,
      managed_pages: SECTION - 512, nr_isolate_pageblock: 0,
    });
    store(k, 48, 'offline');
    expect(movable).toMatchObject({
      zone_start_pfn: 0, spanned_pages: 0, present_pages: 0, managed_pages: 0, pageset: 'boot',
    });
    expect(removeDimm(k, one)).toBe(0);
    expect(nodeOnline(k, 1)).toBe(false);
  });

  it('v6.1 takes the memmap of a larger DIMM from elsewhere, v6.12 from each block', () => {
    for (const [version, pages] of [['v6.1', 0], ['v6.12', 512]] as const) {
      const k = bootKernel(version, [], q35({ cmdline }));
      addDimm(k, A);
      expect(blockAt(k, 55).nr_vmemmap_pages).toBe(pages);
      expect(removeDimm(k, A)).toBe(0);
      expect(nodeOnline(k, 1)).toBe(false);
    }
  });

  it('v6.1 refuses to remove more than it added', () => {
    const k = bootKernel('v6.1', [], q35({ cmdline }));
    addDimm(k, one);
    addDimm(k, { block: 49, blocks: 1 });
    expect(drive(k.try_remove_memory(48 * SECTION, 2 * SECTION))).toBe(-22);
    expect(k.state.log.at(-1)?.text)
      .toBe('Refuse to remove 0x180000000 - 0x190000000,wrong granularity');
  });

  it('a failed online leaves nothing in the zone', () => {
    const k = bootKernel('v6.1', [], q35({ cmdline }));
    addDimm(k, one);
    k.state.notifiers.push({
      name: 'veto', priority: 0,
      notifier_call: (action) => (action === 'MEM_GOING_ONLINE' ? -12 : 0),
    });
    expect(store(k, 48, 'online_movable')).toBe(-12);
    expect(zoneOf(k, 1, ZONE_MOVABLE)).toMatchObject({
      spanned_pages: 0, present_pages: 0, managed_pages: 0,
    });
  });
});

describe('the auto-movable policy', () => {
  const cmdline = 'memory_hotplug.online_policy=auto-movable ' +
    'memory_hotplug.auto_movable_numa_aware=0 memory_hotplug.auto_movable_ratio=';

  it('goes MOVABLE while the ratio to boot memory allows it', () => {
    // 4 GiB of boot memory: a DIMM of 1 GiB is MOVABLE from a ratio of 26 % on.
    for (const [ratio, zone] of [['25', 'Normal'], ['26', 'Movable']] as const) {
      const k = bootKernel('v6.1', [], q35({ cmdline: cmdline + ratio }));
      addDimm(k, A);
      expect(zonesOf(k, 48).split(' ')[0]).toBe(zone);
      store(k, 48, 'online');
      expect(zonesOf(k, 48)).toBe(zone);
    }
  });

  it('follows what the DIMM has online already', () => {
    const k = bootKernel('v6.1', [], q35({ cmdline: `${cmdline}300` }));
    addDimm(k, A);
    store(k, 48, 'online_kernel');
    store(k, 49, 'online');
    expect(zonesOf(k, 49)).toBe('Normal');
  });

  it('counts the node too when it is told to', () => {
    const k = bootKernel('v6.1', [], q35({ cmdline: 'memory_hotplug.online_policy=auto-movable' }));
    addDimm(k, A);
    store(k, 48, 'online');
    expect(zonesOf(k, 48)).toBe('Normal');
  });
});
