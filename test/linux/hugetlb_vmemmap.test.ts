/** mm/hugetlb_vmemmap.c: struct pages of huge pages that nobody needs. */
import { describe, expect, it } from 'vitest';
import { ENOENT } from '../../src/linux/include/errno.js';
import { A, addDimm, bootKernel, drive, q35, store } from './hotplug_machine.js';

describe('struct pages of huge pages that are freed (hugetlb_free_vmemmap=on)', () => {
  /** Pages more that are managed on node 0, after each write to its nr_hugepages. */
  function managed(version: string, ...counts: readonly number[]): readonly number[] {
    const k = bootKernel(version, [], q35({ cmdline: 'hugetlb_free_vmemmap=on' }));
    const zones = k.state.nodes[0]?.node_zones ?? [];
    const sum = (): number => zones.reduce((pages, zone) => pages + zone.managed_pages, 0);
    const before = sum();
    return counts.map((count) => {
      drive(k.nr_hugepages_store(String(count), 0, 0));
      return sum() - before;
    });
  }

  // Expect: managed from then on, once for each place; memmap of boot has 8 pages of each, up to
  // v6.1 the first one stays (7.3.4: 3 at boot, then 10: 56 more).
  it('make memory of boot managed', () => {
    expect(managed('v7.3', 10, 0, 12)).toEqual([80, 80, 96]);
    expect(managed('v6.1', 10)).toEqual([70]);
    expect(managed('v5.13', 10)).toEqual([0]);
  });

  // [ DIMM, online_movable ] is where pages of the node come from first: its memmap is not boot's.
  // Expect: nothing more is managed for pages of the DIMM (7.3.4, hvo-nodes: 40 of node 2), nor
  // after vm.hugetlb_optimize_vmemmap=0; a file that v5.18 does not have.
  it('are of boot, and of pages that come while it is on', () => {
    const k = bootKernel('v7.3', [], q35({ cmdline: 'hugetlb_free_vmemmap=on' }));
    const of = (zone: number): number => k.state.nodes[0]?.node_zones[zone]?.managed_pages ?? 0;
    const before = [1, 2].map(of);
    addDimm(k, A, 0);
    expect(store(k, A.block, 'online_movable')).toBe(0);
    drive(k.nr_hugepages_store('10', 0, 0));
    expect([1, 2].map(of)).toEqual(before);
    const write = (value: string): number =>
      k.write_parameter('/proc/sys/vm/hugetlb_optimize_vmemmap', value);
    expect(write('0')).toBe(0);
    drive(k.nr_hugepages_store('100', 0, 0));
    expect([1, 2].map(of)).toEqual(before);
    expect(write('1')).toBe(0);
    drive(k.nr_hugepages_store('120', 0, 0));
    expect([1, 2].map(of)).not.toEqual(before);
    expect(bootKernel('v5.18', [], q35()).write_parameter(
      '/proc/sys/vm/hugetlb_optimize_vmemmap', '1')).toBe(-ENOENT);
  });
});
