/** Parameters that are written while the kernel runs. */
import { describe, expect, it, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { ENOENT } from '../../src/linux/include/errno.js';
import { ZONE_DMA32, ZONE_NORMAL, type Zone } from '../../src/linux/include/mmzone.js';
import { A, addDimm, blockAt, bootKernel, drive, q35, store } from './hotplug_machine.js';

const vm = (name: string): string => `/proc/sys/vm/${name}`;
const mhp = (name: string): string => `/sys/module/memory_hotplug/parameters/${name}`;

function normal(k: Kernel): Zone {
  return at(at(k.state.nodes, 0).node_zones, ZONE_NORMAL);
}

describe('files of /proc/sys/vm', () => {
  it('min_free_kbytes is divided among the zones, and kept at the next online', () => {
    const k = bootKernel('v6.1', []);
    expect(k.write_parameter(vm('min_free_kbytes'), '40000')).toBe(0);
    const lowmem = k.for_each_zone().reduce((sum, zone) => sum + zone.managed_pages, 0);
    expect(normal(k).watermark.min)
      .toBe(Math.floor(10_000 * normal(k).managed_pages / lowmem));
    addDimm(k, A);
    store(k, 48, 'online');
    expect(k.state.min_free_kbytes).toBe(40_000);
  });

  it('watermark_scale_factor moves low and high', () => {
    const k = bootKernel('v6.1', []);
    expect(k.write_parameter(vm('watermark_scale_factor'), '1000')).toBe(0);
    const { watermark, managed_pages } = normal(k);
    expect(watermark.low - watermark.min).toBe(Math.floor(managed_pages / 10));
    expect(k.write_parameter(vm('watermark_scale_factor'), '3001')).toBe(-22);
  });

  it('lowmem_reserve_ratio: 0 keeps nothing back', () => {
    const k = bootKernel('v6.1', []);
    const dma32 = at(at(k.state.nodes, 0).node_zones, ZONE_DMA32);
    expect(dma32.lowmem_reserve[ZONE_NORMAL])
      .toBe(Math.floor(normal(k).managed_pages / 256));
    expect(k.write_parameter(vm('lowmem_reserve_ratio'), '256/128/32/0/0')).toBe(0);
    expect(dma32.lowmem_reserve[ZONE_NORMAL])
      .toBe(Math.floor(normal(k).managed_pages / 128));
    expect(k.write_parameter(vm('lowmem_reserve_ratio'), '256/0/32/0/0')).toBe(0);
    expect(dma32.lowmem_reserve[ZONE_NORMAL]).toBe(0);
  });

  // Expect: v7.3 leaves all ratios as they were; before, what is no ratio is 0.
  it.each([['v7.2', 0, 0], ['v7.3', -22, 256]] as const)(
    'lowmem_reserve_ratio with a word that is no ratio: %s', (version, ret, ratio) => {
      const k = bootKernel(version, []);
      expect(k.write_parameter(vm('lowmem_reserve_ratio'), '128/-1/32')).toBe(ret);
      expect(k.state.lowmem_reserve_ratio[1]).toBe(ratio);
      const dma32 = at(at(k.state.nodes, 0).node_zones, ZONE_DMA32);
      dma32.lowmem_reserve[ZONE_NORMAL] = 7;
      k.read_parameter(vm('lowmem_reserve_ratio'));
      expect(dma32.lowmem_reserve[ZONE_NORMAL] === 7).toBe(version === 'v7.3');
    });

  it('refuses what is no number, and does nothing to what it does not know', () => {
    const k = bootKernel('v6.1', []);
    expect(k.write_parameter(vm('min_free_kbytes'), 'much')).toBe(-22);
    expect(k.write_parameter(vm('swappiness'), '10')).toBe(0);
  });
});

describe('memory_hotplug.memmap_on_memory=force', () => {
  it('asks for the size of blocks and says what it costs before zonelists are built', () => {
    const log = (version: string, mode: string): string[] =>
      bootKernel(version, [], { ...q35(), cmdline: `memory_hotplug.memmap_on_memory=${mode}` })
        .state.log.map(({ text }) => text)
        .filter((text) => /^x86.mm: Memory block|^Memory hotplug will|^Built /.test(text))
        .map((text) => text.split(' ').slice(0, 2).join(' '));
    const late = ['Built 1', 'x86/mm: Memory'];
    expect(log('v6.12', 'force')).toEqual(['x86/mm: Memory', 'Memory hotplug', 'Built 1']);
    expect(log('v6.12', '1')).toEqual(late);
    expect(log('v6.1', 'force')).toEqual(late);
  });
});

describe('files of /sys', () => {
  it('the online policy and its ratio decide the next blocks', () => {
    const k = bootKernel('v6.1', []);
    addDimm(k, A);
    expect(k.valid_zones_show(blockAt(k, 48))).toBe('Normal Movable');
    expect(k.write_parameter(mhp('online_policy'), 'auto-movable')).toBe(0);
    expect(k.write_parameter(mhp('auto_movable_numa_aware'), 'N')).toBe(0);
    expect(k.valid_zones_show(blockAt(k, 48))).toBe('Movable Normal');
    expect(k.write_parameter(mhp('auto_movable_ratio'), '10')).toBe(0);
    expect(k.valid_zones_show(blockAt(k, 48))).toBe('Normal Movable');
    expect(k.write_parameter(mhp('online_policy'), 'no-such')).toBe(-22);
  });

  it('transparent huge pages raise min_free_kbytes only while they are enabled', () => {
    const k = bootKernel('v6.1', [], q35({ kconfig: { TRANSPARENT_HUGEPAGE: 'y' } }));
    const raised = k.state.min_free_kbytes;
    expect(k.write_parameter('/sys/kernel/mm/transparent_hugepage/enabled', 'never')).toBe(0);
    expect(k.state.min_free_kbytes).toBeLessThan(raised);
    expect(k.write_parameter('/sys/kernel/mm/transparent_hugepage/enabled', 'always')).toBe(0);
    expect(k.state.min_free_kbytes).toBe(raised);
  });
});

// Expect: as if user space had written them (7.3.4: DMA keeps 7552 pages back, not 1888).
describe('parameters of procfs on the command line', () => {
  const cmdline = 'sysctl.vm.lowmem_reserve_ratio=64 sysctl/vm/min_free_kbytes=12345 '
    + 'sysctl.vm.percpu_pagelist_high_fraction=8 sysctl.kernel.panic=1';
  it.each([['v5.7', 256], ['v5.8', 64], ['v7.3', 64]])('%s', (version, ratio) => {
    const { state } = bootKernel(version, [], q35({ cmdline }));
    expect(state.lowmem_reserve_ratio[0]).toBe(ratio);
    expect(state.min_free_kbytes === 12345).toBe(ratio === 64);
    const quoted = bootKernel(version, [], q35({
      cmdline: 'sysctl.vm.lowmem_reserve_ratio="128 16"' }));
    expect(quoted.state.lowmem_reserve_ratio.slice(0, 2))
      .toEqual(ratio === 64 ? [128, 16] : [256, 256]);
  });
});

//     node 0    node 1: a DIMM, which is offline in the last rows    node 3: nobody has it
test.each([
  ['v6.12', 'node/node3/hugepages/hugepages-2048kB/nr_hugepages', -ENOENT, 'online'],
  ['v6.12', 'node/node1/hugepages/hugepages-2048kB/nr_overcommit_hugepages', -ENOENT, 'online'],
  ['v6.12', 'kernel/mm/hugepages/hugepages-2048kB/nr_overcommit_hugepages', 0, 'online'],
  ['v6.0', 'node/node1/hugepages/hugepages-2048kB/nr_hugepages', 0, 'online'],
  ['v6.0', 'node/node1/hugepages/hugepages-2048kB/nr_hugepages', -ENOENT, 'offline'],
  ['v6.1', 'node/node1/hugepages/hugepages-2048kB/nr_hugepages', 0, 'offline'],
] as const)('%s: a write to %s is answered by %i (%s)', (version, file, expected, word) => {
  // Expect: no file, no pages; up to v6.0 a node without memory has no such files.
  const k = bootKernel(version, [], q35());
  addDimm(k, A);
  if (word === 'online') expect(store(k, A.block, 'online_movable')).toBe(0);
  expect(drive(k.write_hugepages(`/sys/devices/system/${file}`, '2', 0))).toBe(expected);
});
