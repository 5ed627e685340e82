/** mm/hugetlb_vmemmap.c: struct pages of huge pages that nobody needs. */
import { describe, expect, it } from 'vitest';
import { bootKernel, drive, q35 } from './hotplug_machine.js';

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
});
