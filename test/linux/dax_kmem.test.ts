/** dax/kmem: what a device of several ranges adds, and what stays when it is unbound; devdax. */
import { describe, expect, it } from 'vitest';
import { PAGE_SIZE } from '../../src/base/pfn.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { SECTION, bootKernel, drive, q35, store } from './hotplug_machine.js';

/** First block of the device: at 6 GiB. */
const FIRST = 48;
const versions = ['v5.13', 'v6.1', 'v6.12'] as const;
/** What a device without a whole block is refused with: from v5.10 to v5.14 it is bound. */
const refusals = { 'v5.13': 0, 'v6.1': -22, 'v6.12': -22 } as const;

function boot(version: string, cmdline = 'memhp_default_state=offline'): Kernel {
  return bootKernel(version, [], q35({ cmdline }));
}

/** Ranges in blocks, from the first one of the device. */
function probe(
  k: Kernel, ranges: readonly (readonly [first: number, end: number])[],
): ReturnType<typeof drive<number>> {
  return drive(k.dev_dax_kmem_probe({
    name: 'dax0.0', target_node: 1, memmap_on_memory: false,
    ranges: ranges.map(([first, end]) =>
      ({ start_pfn: (FIRST + first) * SECTION, nr_pages: (end - first) * SECTION })),
  }));
}

const blocks = (k: Kernel): number[] =>
  [...k.state.memory_blocks.keys()].filter((id) => id >= FIRST).map((id) => id - FIRST);

describe.each(versions)('%s', (version) => {
  /*
   *   blocks   0   1   2   3   4   5   6
   *            [   ====]       [ == ]  .      ranges of the device: 0.5 - 2, 4.25 - 4.75
   * Expect: block 1 alone is added: the rest of the ranges fills no block.
   */
  it('adds whole blocks only', () => {
    const k = boot(version);
    expect(probe(k, [[0.5, 2], [4.25, 4.75]])).toBe(0);
    expect(blocks(k)).toEqual([1]);
  });

  it('adds nothing of a device without a whole block', () => {
    const k = boot(version);
    expect(probe(k, [[0.5, 1.25]])).toBe(refusals[version]);
    expect(blocks(k)).toEqual([]);
    expect(k.state.memory_groups).toEqual([]);
  });

  /*
   *   blocks   0   1   2   3
   *            [=======] .  [==]               two ranges, one device
   * Expect: one group for both, told its bytes up to v6.4; unbinding keeps the range that has a
   * block online.
   */
  it('removes what is offline, and keeps the rest with its group', () => {
    const k = boot(version);
    expect(probe(k, [[0, 2], [3, 4]])).toBe(0);
    expect(blocks(k)).toEqual([0, 1, 3]);
    const unit = version === 'v6.1' ? PAGE_SIZE : 1;
    const grouped = version === 'v5.13' ? [] : [3 * SECTION * unit];
    expect(k.state.memory_groups.map(({ max_pages }) => max_pages)).toEqual(grouped);
    expect(store(k, FIRST + 1, 'online_movable')).toBe(0);
    expect(drive(k.dev_dax_kmem_remove('dax0.0'))).toBe(-16);
    expect(blocks(k)).toEqual([0, 1]);
    expect(k.state.memory_groups).toHaveLength(grouped.length);
  });

  it('is gone whole when all blocks are offline', () => {
    const k = boot(version);
    expect(probe(k, [[0, 2], [3, 4]])).toBe(0);
    expect(drive(k.dev_dax_kmem_remove('dax0.0'))).toBe(0);
    expect(blocks(k)).toEqual([]);
    expect(k.state.memory_groups).toEqual([]);
    expect(drive(k.dev_dax_kmem_remove('dax0.0'))).toBe(-22);
  });
});

it('is busy to v5.9 when its range has no whole block', () => {
  const k = boot('v5.9', '');
  expect(probe(k, [[0.5, 1.25]])).toBe(-16);
  expect(blocks(k)).toEqual([]);
});

it('goes on when a later range cannot be added, and not when the first one cannot', () => {
  const k = boot('v6.12');
  expect(probe(k, [[0, 1], [0, 2]])).toBe(0);
  expect(blocks(k)).toEqual([0]);
  expect(probe(boot('v6.12'), [[-FIRST, -FIRST + 1], [0, 1]])).toBe(-17);
});

it.each([['v6.7', 0], ['v6.8', 1]])(
  'asks for memory that holds its own memmap from v6.8 on: %s', (version, blocksWithAltmap) => {
    const k = boot(version, 'memhp_default_state=offline memory_hotplug.memmap_on_memory=1');
    expect(drive(k.dev_dax_kmem_probe({
      name: 'dax0.0', target_node: 1, memmap_on_memory: true,
      ranges: [{ start_pfn: FIRST * SECTION, nr_pages: SECTION }],
    }))).toBe(0);
    const own = [...k.state.memory_blocks.values()].filter((one) => one.nr_vmemmap_pages > 0);
    expect(own).toHaveLength(blocksWithAltmap);
  });

describe('device memory that ends inside a section', () => {
  // 8 GiB                     8318 MiB   8320 MiB
  // |-- ZONE_DEVICE, node 0 --|-- hole --|
  // Expect: before v5.3 struct pages for the whole section, from then on for the range; they go
  // with it.
  it.each([
    ['v4.19', SECTION], ['v5.2', SECTION], ['v5.3', SECTION - 512], ['v7.3', SECTION - 512],
  ])(
    'is mapped and unmapped: %s', (version, pages) => {
      const k = boot(version);
      const start = 64 * SECTION;
      const mapped = (): number => k.state.memmap.runs(start, start + SECTION)
        .reduce((sum, { start: first, end }) => sum + end - first, 0);
      expect(drive(k.memremap_pages(0, start, SECTION - 512))).toBe(0);
      expect(mapped()).toBe(pages);
      drive(k.memunmap_pages(0, start, SECTION - 512));
      expect(mapped()).toBe(0);
      expect(k.state.faults).toEqual([]);
    });
});
