/** virtio-mem: what a device plugs and unplugs, in which order, and what the kernel has of it. */
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import {
  ZONE_MOVABLE, ZONE_NORMAL, type OnlineType, type Zone,
} from '../../src/linux/include/mmzone.js';
import type { VirtioMem } from '../../src/linux/drivers/virtio/virtio_mem/device.js';
import { BusyRanges } from '../../src/replay/busy_ranges.js';
import { SECTION, blockAt, bootKernel, drive, q35, store } from './hotplug_machine.js';

const MiB = 2 ** 20;
const GiB = 2 ** 30;
const both = ['v6.1', 'v6.12'] as const;

/** The first block of a device that begins at 6 GiB. */
const FIRST = 48;

function boot(version: string, type: OnlineType, busy?: BusyRanges, more = ''): Kernel {
  const machine = q35({ cmdline: `memhp_default_state=${type} ${more}` });
  return bootKernel(version, [], machine, undefined, busy?.standIns);
}

function probe(
  k: Kernel, name = 'virtio0', addr = 6 * GiB, device_block_size = 2 * MiB,
): VirtioMem {
  const vm = k.virtio_mem_probe({ name, addr, region_size: GiB, device_block_size, nid: 1 });
  if (typeof vm === 'number') throw new Error(`not probed: ${vm}`);
  return vm;
}

/** The hypervisor asks for a size; the driver does what it can. */
function request(k: Kernel, vm: VirtioMem, mib: number): void {
  k.virtio_mem_config_changed(vm, mib * MiB);
  expect(drive(k.process_one_work())).toBe(undefined);
}

function zoneOf(k: Kernel, index: number): Zone {
  return at(at(k.state.nodes, 1).node_zones, index);
}

/** Blocks that were hot-added, with their states. */
function added(k: Kernel): string[] {
  return [...k.state.memory_blocks.values()].filter(({ id }) => id >= FIRST)
    .map(({ id, state }) => `${id} ${state}`);
}

/** How many subblocks of each memory block are plugged. */
function pluggedSubblocks(vm: VirtioMem): Record<number, number> {
  return Object.fromEntries([...vm.sb_states]
    .map(([id, states]) => [id, states.filter((one) => one).length] as const)
    .filter(([, count]) => count > 0));
}

describe('a device is probed', () => {
  it('in sub block mode while a memory block holds two of its blocks at least', () => {
    const k = boot('v6.12', 'offline');
    const small = probe(k);
    const half = probe(k, 'virtio1', 8 * GiB, 64 * MiB);
    const whole = probe(k, 'virtio2', 10 * GiB, 128 * MiB);
    expect([small, half, whole].map(({ in_sbm, unit_size }) => [in_sbm, unit_size / MiB]))
      .toEqual([[true, 2], [true, 64], [false, 128]]);
    expect([small.mgid, half.mgid, whole.mgid]).toEqual([0, 1, 2]);
    expect(at(k.state.memory_groups, 0)).toMatchObject({ is_dynamic: true, unit_pages: SECTION });
  });

  it('with subblocks of a pageblock when its own blocks are smaller', () => {
    expect(probe(boot('v6.1', 'offline'), 'virtio0', 6 * GiB, 4096).unit_size).toBe(2 * MiB);
  });

  it('and uses whole memory blocks inside its region only', () => {
    const vm = probe(boot('v6.12', 'offline'), 'virtio0', 6 * GiB + 16 * MiB);
    expect([vm.first_id, vm.last_usable_id]).toEqual([FIRST + 1, FIRST + 7]);
  });
});

describe.each(both)('memory that %s onlines as it comes', (version) => {
  it('is managed where it is plugged, and withheld where it is not', () => {
    const k = boot(version, 'online_movable');
    const vm = probe(k);
    request(k, vm, 200);
    const zone = zoneOf(k, ZONE_MOVABLE);
    expect(added(k)).toEqual(['48 online', '49 online']);
    expect([zone.present_pages, zone.managed_pages]).toEqual([2 * SECTION, 51200]);
    expect(k.state.withheld).toEqual([{ start_pfn: FIRST * SECTION + 51200, nr_pages: 14336 }]);
    expect(vm.mb_states.get(FIRST + 1)).toBe('MOVABLE_PARTIAL');
  });

  it('fills what is missing before a new block is added', () => {
    const k = boot(version, 'online_movable');
    const vm = probe(k);
    request(k, vm, 200);
    request(k, vm, 384);
    expect(added(k)).toEqual(['48 online', '49 online', '50 online']);
    expect(zoneOf(k, ZONE_MOVABLE).managed_pages).toBe(3 * SECTION);
    expect(k.state.withheld).toEqual([]);
    expect([...vm.mb_states.values()]).toEqual(['MOVABLE', 'MOVABLE', 'MOVABLE']);
  });

  it('goes from the top: whole blocks at once, the rest by subblocks', () => {
    const k = boot(version, 'online_movable');
    const vm = probe(k);
    request(k, vm, 384);
    request(k, vm, 100);
    const zone = zoneOf(k, ZONE_MOVABLE);
    expect(added(k)).toEqual(['48 online']);
    expect([zone.present_pages, zone.managed_pages, zone.nr_free_pages])
      .toEqual([SECTION, 25600, 25600]);
    expect(pluggedSubblocks(vm)).toEqual({ [FIRST]: 50 });
    request(k, vm, 0);
    expect(added(k)).toEqual([]);
    expect([zone.present_pages, zone.managed_pages, zone.nr_free_pages]).toEqual([0, 0, 0]);
    expect(k.state.withheld).toEqual([]);
    expect(k.state.withheld_unreferenced).toEqual([]);
    expect(k.state.node_states.online.has(1)).toBe(false);
    expect(vm.offline_size).toBe(0);
  });

  it('empties a partly plugged block of the kernel zone before whole movable ones', () => {
    const k = boot(version, 'online_movable');
    const vm = probe(k);
    request(k, vm, 256);
    k.mhp_parameters().default_online_type = 'online_kernel';
    request(k, vm, 300);
    expect(vm.mb_states.get(FIRST + 2)).toBe('KERNEL_PARTIAL');
    request(k, vm, 270);
    expect(pluggedSubblocks(vm)).toEqual({ 48: 64, 49: 64, 50: 7 });
    request(k, vm, 100);
    expect(pluggedSubblocks(vm)).toEqual({ 48: 50 });
    expect(zoneOf(k, ZONE_NORMAL).present_pages).toBe(0);
  });

  it('a range in use stays plugged, and the next subblock is taken instead', () => {
    const busy = new BusyRanges();
    const k = boot(version, 'online_kernel', busy);
    const vm = probe(k);
    request(k, vm, 100);
    const pfn = FIRST * SECTION + 49 * 512;
    busy.add(
      { start_pfn: pfn, nr_pages: 512, stage: 'test', pfn: pfn + 5, error: -16 });
    request(k, vm, 98);
    expect(vm.sb_states.get(FIRST)?.slice(47, 51)).toEqual([true, false, true, false]);
    expect(vm.plugged_size).toBe(98 * MiB);
    expect(zoneOf(k, ZONE_NORMAL)).toMatchObject({ managed_pages: 98 * 256, nr_isolated_pages: 0 });
  });
});

describe.each(both)('memory that a user of %s onlines', (version) => {
  it('may wait offline up to 1 GiB, and onlining it makes room for more', () => {
    const k = boot(version, 'offline');
    const vm = k.virtio_mem_probe(
      { name: 'virtio0', addr: 6 * GiB, region_size: 2 * GiB, device_block_size: 2 * MiB, nid: 1 });
    if (typeof vm === 'number') throw new Error(`not probed: ${vm}`);
    request(k, vm, 1280);
    expect(added(k)).toHaveLength(8);
    expect(vm.plugged_size).toBe(GiB);
    for (let id = FIRST; id < FIRST + 4; id += 1) expect(store(k, id, 'online_movable')).toBe(0);
    // Half of the limit is free again: the work of the device is queued.
    expect(drive(k.process_one_work())).toBe(undefined);
    expect(added(k)).toHaveLength(10);
    expect(vm.plugged_size).toBe(1280 * MiB);
  });

  it('is unplugged offline first', () => {
    const k = boot(version, 'offline');
    const vm = probe(k);
    request(k, vm, 256);
    expect(store(k, FIRST + 1, 'online_movable')).toBe(0);
    request(k, vm, 128);
    expect(added(k)).toEqual(['49 online']);
  });

  it('is unplugged as it goes offline, if the driver may take none offline', () => {
    const k = boot(version, 'online_movable', undefined, 'virtio_mem.unplug_online=0');
    const vm = probe(k);
    request(k, vm, 256);
    request(k, vm, 128);
    expect(added(k)).toEqual(['48 online', '49 online']);
    expect(store(k, FIRST, 'offline')).toBe(0);
    expect(drive(k.process_one_work())).toBe(undefined);
    expect([vm.plugged_size, ...added(k)]).toEqual([128 * MiB, '49 online']);
  });

  it('goes offline with its withheld pages, and online again with what is plugged', () => {
    const k = boot(version, 'online_movable');
    const vm = probe(k);
    request(k, vm, 100);
    expect(store(k, FIRST, 'offline')).toBe(0);
    expect(zoneOf(k, ZONE_MOVABLE)).toMatchObject({ present_pages: 0, managed_pages: 0 });
    expect(vm.mb_states.get(FIRST)).toBe('OFFLINE_PARTIAL');
    expect(store(k, FIRST, 'online_kernel')).toBe(0);
    expect(zoneOf(k, ZONE_NORMAL)).toMatchObject({ present_pages: SECTION, managed_pages: 25600 });
    expect(vm.mb_states.get(FIRST)).toBe('KERNEL_PARTIAL');
  });

  it('keeps its counts when another notifier refuses to let it go offline', () => {
    const k = boot(version, 'online_movable');
    const vm = probe(k);
    request(k, vm, 100);
    k.state.notifiers.push({
      name: 'veto', priority: -1,
      notifier_call: (action) => action === 'MEM_GOING_OFFLINE' ? -16 : 0,
    });
    expect(store(k, FIRST, 'offline')).toBe(-16);
    expect(zoneOf(k, ZONE_MOVABLE)).toMatchObject({ managed_pages: 25600, nr_free_pages: 25600 });
    expect(k.nr_referenced_pages(FIRST * SECTION, SECTION)).toBe(SECTION - 25600);
    expect(vm.hotplug_active).toBe(false);
  });
});

it.each([['v5.10', 1], ['v5.11', 2]])(
  'removing offline memory queues the work again from v5.11 on: %s', (version, runs) => {
    const k = boot(version, 'offline');
    const vm = probe(k);
    request(k, vm, 256);
    k.virtio_mem_config_changed(vm, 0);
    const steps = [...k.process_one_work()];
    expect([vm.plugged_size, ...added(k)]).toEqual([0]);
    expect(steps.filter((step) => step === 'virtio_mem_run_wq')).toHaveLength(runs);
  });

describe('a wholly unplugged block that cannot be removed', () => {
  function refused(version: string): { k: Kernel; vm: VirtioMem; allow(): void } {
    const k = boot(version, 'online_movable');
    const vm = probe(k);
    request(k, vm, 128);
    let veto = true;
    k.state.notifiers.push({
      name: 'veto', priority: -1,
      notifier_call: (action) => veto && action === 'MEM_GOING_OFFLINE' ? -16 : 0,
    });
    request(k, vm, 0);
    expect([vm.plugged_size, ...added(k)]).toEqual([0, '48 online']);
    return { k, vm, allow: () => { veto = false; } };
  }

  it('is removed at the next occasion by v6.12', () => {
    const { k, vm, allow } = refused('v6.12');
    expect(vm.have_unplugged_mb).toBe(true);
    allow();
    request(k, vm, 0);
    expect(added(k)).toEqual([]);
  });

  it('stays with v6.1, which uses it when more is wanted', () => {
    const { k, vm, allow } = refused('v6.1');
    allow();
    request(k, vm, 0);
    expect(added(k)).toEqual(['48 online']);
    request(k, vm, 64);
    expect(added(k)).toEqual(['48 online']);
    expect(blockAt(k, FIRST).state).toBe('online');
    expect(zoneOf(k, ZONE_MOVABLE).managed_pages).toBe(64 * 256);
  });
});

describe.each(both)('big blocks of %s', (version) => {
  it('are added and removed whole, offline ones first', () => {
    const k = boot(version, 'online_movable');
    const vm = probe(k, 'virtio0', 6 * GiB, 256 * MiB);
    request(k, vm, 700);
    expect(vm.plugged_size).toBe(512 * MiB);
    expect(added(k)).toEqual(['48 online', '49 online', '50 online', '51 online']);
    expect([store(k, 48, 'offline'), store(k, 49, 'offline')]).toEqual([0, 0]);
    request(k, vm, 256);
    expect(added(k)).toEqual(['50 online', '51 online']);
    request(k, vm, 0);
    expect(added(k)).toEqual([]);
    expect(k.state.withheld).toEqual([]);
    expect(zoneOf(k, ZONE_MOVABLE).managed_pages).toBe(0);
  });

  it('give back what they had taken when some of it is in use', () => {
    const busy = new BusyRanges();
    const k = boot(version, 'online_kernel', busy);
    const vm = probe(k, 'virtio0', 6 * GiB, 256 * MiB);
    request(k, vm, 256);
    const start_pfn = (FIRST + 1) * SECTION;
    busy.add(
      { start_pfn, nr_pages: SECTION, stage: 'isolate', pfn: start_pfn + 600, error: -16 });
    request(k, vm, 0);
    expect(vm.plugged_size).toBe(256 * MiB);
    expect(zoneOf(k, ZONE_NORMAL))
      .toMatchObject({ managed_pages: 2 * SECTION, nr_free_pages: 2 * SECTION });
    expect(k.state.withheld).toEqual([]);
  });
});
