/** Who falls over the struct pages of holes: boot, compaction, hotplug, /proc and sysfs. */
import { beforeAll, describe, expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import type { Machine } from '../../src/linux/base/machine.js';
import { KernelBug } from '../../src/linux/base/fault.js';
import { EINVAL } from '../../src/linux/include/errno.js';
import { ZONE_DMA32, ZONE_NORMAL } from '../../src/linux/include/mmzone.js';
import { compose } from '../../src/patch/compose.js';
import {
  columns, E1, E2, E3, E4, E6, linksOf, machineWith, seriesOf, type Column, type Ram, type Variant,
} from './hole_layouts.js';
import { blockAt, drive, store } from './hotplug_machine.js';

const DEBUG = { kconfig: { DEBUG_VM: 'y', DEBUG_VM_PGFLAGS: 'y' } };

async function composed(
  variant: Variant, ram: Ram, extra: Partial<Machine> = {},
): Promise<Kernel> {
  return compose(variant.version, await seriesOf(variant), machineWith(ram, extra));
}

async function booted(variant: Variant, ram: Ram, extra: Partial<Machine> = {}): Promise<Kernel> {
  const k = await composed(variant, ram, extra);
  k.start_kernel();
  return k;
}

/** Kind and function of the fault that the call runs into; `none`. */
function faultOf(call: () => void): string {
  try {
    call();
    return 'none';
  } catch (error) {
    if (error instanceof KernelBug) return `${error.fault.kind} in ${error.fault.fn}`;
    throw error;
  }
}

const v5_10 = (...policies: string[]): Variant => ({
  name: ['v5.10', ...policies].join('+'), version: 'v5.10',
  policies: policies.map((policy) => `memmap_holes/${policy}`),
});

describe('a page that memblock reserved and nobody initialised', () => {
  const panics = 'BUG in reserve_bootmem_region';
  const expected: Partial<Record<Column, string>> = {
    H0a: 'none', H0b: 'none', H1: 'none', M1: panics, M3: panics, M4: 'none', M5: 'none',
    M6: 'none', M8: 'none', F: 'none',
  };
  const rows = [['E1', E1], ['E6', E6]].flatMap(([layout, ram]) =>
    Object.entries(expected).map(([column, fault]) => ({
      layout, ram: ram as Ram, column, variant: at(columns[column as Column], 0) as Variant, fault,
    })));

  test.each(rows)('$layout, $variant.name with DEBUG_VM: $fault', async (row) => {
    const { ram, variant, fault } = row;
    const k = await composed(variant, ram, DEBUG);
    expect(faultOf(() => k.start_kernel())).toBe(fault);
  });

  test('without DEBUG_VM the first merge boots, and page 0 stays as it was', async () => {
    const k = await booted(columns.M3[0], E1);
    expect(linksOf(k, 0, 0)).toBe('UNINIT');
  });
});

describe('reserved ranges in a hole, with deferred initialisation', () => {
  // ACPI tables: three pages at the start of the hole behind low memory.
  const machine = {
    kconfig: { DEFERRED_STRUCT_PAGE_INIT: 'y' },
    reserved: [{ start: 0x7ffe0000, end: 0x7ffe2f50 }],
  };

  test.each(columns.F)('$name gives them node 0 and no zone when node 0 ends below', async (v) => {
    const k = await booted(v, E3, machine);
    expect(linksOf(k, 0x7ffe0, 0x7ffe2)).toBe('0/5 R out');
    expect(linksOf(k, 0x7ffe3, 0x7ffff)).toBe('1/Normal R out');
  });

  test('with one node, what is deferred lies above them, and they keep their links', async () => {
    const k = await booted(columns.F[2], E1, machine);
    expect(linksOf(k, 0x7ffe0, 0x7ffff)).toBe('0/Normal R out');
  });

  /**
   *     Normal: 4G ===== 8G   10G ===== 14G
   *
   * Expect: pages behind the first section of the zone are late, to v5.10 of its last range.
   */
  test.each([
    ['v5.7', 0x100000], ['v5.8', 0x280000], ['v5.10', 0x280000], ['v5.10.24', 0x100000],
    ['v5.11', 0x100000], ['v7.3', 0x100000],
  ] as const)('%s defers behind the first section from page %i', async (version, first) => {
    const k = await booted({ name: version, version, policies: [] },
      [[0x100, 0x80000, 0], [0x100000, 0x200000, 0], [0x280000, 0x380000, 0]], machine);
    expect([...k.state.boot.first_deferred_pfn]).toEqual([[0, first + 32768]]);
  });

  test('the same with a border that leaves node 0 memory above 4 GiB', async () => {
    const ram: Ram = [
      [0, 0x9f, 0], [0x100, 0x7ffe0, 0], [0x100000, 0x11c400, 0], [0x11c400, 0x17a000, 1]];
    const k = await booted(columns.F[2], ram, machine);
    expect(linksOf(k, 0x7ffe0, 0x7ffff)).toBe('0/Normal R out');
  });
});

describe('compaction of ZONE_DMA32 on E4 that sees a free page at 0x7a300 last', () => {
  const compact = async (variant: Variant, extra: Partial<Machine>): Promise<[string, Kernel]> => {
    const k = await booted(variant, E4, extra);
    const zone = at(k.NODE_DATA(0).node_zones, ZONE_DMA32);
    return [faultOf(() => k.compact_zone(zone, 9, 0x7a300)), k];
  };

  test('v5.10 with DEBUG_VM: the page at 0x7a200 is ZONE_DMA, which does not span it', async () => {
    const [fault, k] = await compact(v5_10(), DEBUG);
    expect(fault).toBe('BUG in set_pfnblock_flags_mask');
    expect(k.state.faults.at(-1)?.text).toContain('pfn:0x7a200');
  });

  test.each([['v5.0', []], ['v5.1', [0x7a200]]])(
    '%s without DEBUG_VM: free lists are walked from v5.1 on', async (version, marked) => {
      const [fault, k] = await compact({ name: version, version, policies: [] }, {});
      expect(fault).toBe('none');
      expect([...k.state.pageblock_skip]).toEqual(marked);
    });

  test('v5.10 without DEBUG_VM: the bit is written into the bitmap of the section', async () => {
    const [fault, k] = await compact(v5_10(), {});
    expect(fault).toBe('none');
    expect([...k.state.pageblock_skip]).toEqual([0x7a200]);
  });

  test.each(['clamp_compaction', 'reserved_only'])('with %s nothing happens', async (policy) => {
    const [fault, k] = await compact(v5_10(policy), DEBUG);
    expect(fault).toBe('none');
    expect(k.state.pageblock_skip.size).toBe(0);
    expect(linksOf(k, 0x7a17b, 0x7a216)).toBe('0/DMA R out');
  });

  test('without the check the bit is set, and nothing happens', async () => {
    const [fault, k] = await compact(v5_10('drop_vm_bug_on'), DEBUG);
    expect(fault).toBe('none');
    expect([...k.state.pageblock_skip]).toEqual([0x7a200]);
  });

  test.each([...columns.M8, ...columns.F])('$name: zone DMA32 spans 0x7a200', async (variant) => {
    const [fault, k] = await compact(variant, DEBUG);
    expect(fault).toBe('none');
    expect(k.page_zone(0x7a200)?.name).toBe('DMA32');
    expect([...k.state.pageblock_skip]).toEqual([0x7a200]);
  });

  test('v6.1 with links of node 0, zone 0: compaction stays inside its zone', async () => {
    const [fault, k] = await compact(columns.H1[2], DEBUG);
    expect(fault).toBe('none');
    expect(k.state.pageblock_skip.size).toBe(0);
  });

  test('the hole of E1 lies at the end of its pageblock: no kernel falls over it', async () => {
    const k = await booted(v5_10(), E1, DEBUG);
    const zone = at(k.NODE_DATA(0).node_zones, ZONE_DMA32);
    expect(faultOf(() => k.compact_zone(zone, 9, 0x7ff00))).toBe('none');
  });
});

/** A DIMM of 512 MiB right behind the section that memory ends in, four blocks onlined. */
async function withDimm(variant: Variant, ram: Ram, block: number, extra: Partial<Machine> = {}):
Promise<Kernel> {
  const k = await booted(variant, ram, extra);
  expect(drive(k.acpi_memory_enable_device(0, block * 32768, 4 * 32768))).toBe(0);
  for (let id = block; id < block + 4; id += 1) expect(store(k, id, 'online_kernel')).toBe(0);
  return k;
}

describe('memory is hot-added behind the hole at the end', () => {
  const variants: readonly (readonly [Column, Variant, boolean])[] = [
    ['H0a', v5_10('zeroed_links'), false], ['H1', v5_10(), false],
    ['M3', v5_10('v3_first_merge'), false], ['M4', v5_10('v4'), false],
    ['M5', v5_10('refactoring_v5'), false], ['M6', v5_10('v6'), false],
    ['M8', v5_10('v8'), true], ['F', v5_10('merged'), true],
  ];

  // A section goes online after its pages came to the zone, so that no hot-add ever finds its own
  // pages online: it is the next look at the zone that can take it for contiguous.
  test('v5.10+v8, E1: the zone is not contiguous until it is looked at again', async () => {
    const k = await withDimm(v5_10('v8'), E1, 48);
    const zone = at(k.NODE_DATA(0).node_zones, ZONE_NORMAL);
    expect(zone.contiguous).toBe(false);
    k.set_zone_contiguous(zone);
    expect(zone.contiguous).toBe(true);
  });

  test.each(variants)('%s, E1: the zone spans the hole', async (_column, variant, contiguous) => {
    const k = await withDimm(variant, E1, 48);
    const zone = at(k.NODE_DATA(0).node_zones, ZONE_NORMAL);
    expect([zone.zone_start_pfn, zone.spanned_pages, zone.present_pages])
      .toEqual([0x100000, 655360, 630784]);
    k.set_zone_contiguous(zone);
    expect(zone.contiguous).toBe(contiguous);
  });

  test.each(variants)('%s, E2: the same behind 0x140000', async (_column, variant, contiguous) => {
    const k = await withDimm(variant, E2, 40);
    const zone = at(k.NODE_DATA(0).node_zones, ZONE_NORMAL);
    expect([zone.zone_start_pfn, zone.spanned_pages, zone.present_pages])
      .toEqual([0x100000, 393216, 368640]);
    k.set_zone_contiguous(zone);
    expect(zone.contiguous).toBe(contiguous);
  });

  test('48 pageblocks of the span name ZONE_DMA under v5.10', async () => {
    const k = await withDimm(v5_10(), E1, 48);
    expect(linksOf(k, 0x17a000, 0x17ffff)).toBe('0/DMA R out');
    expect((0x180000 - 0x17a000) / 512).toBe(48);
  });

  test('the links of v8 are spanned from now on', async () => {
    const k = await withDimm(v5_10('v8'), E1, 48);
    expect(linksOf(k, 0x17a000, 0x17ffff)).toBe('0/Normal R in');
  });

  test.each([v5_10('v4'), v5_10('v6')])('$name with DEBUG_VM reads the poison', async (variant) => {
    const k = await booted(variant, E1, DEBUG);
    expect(drive(k.acpi_memory_enable_device(0, 48 * 32768, 4 * 32768))).toBe(0);
    expect(store(k, 48, 'online_kernel')).toBe('BUG');
    expect(k.state.faults.at(-1)?.fn).toBe('page_to_nid');
  });

  // Since v5.12 such pages are not online, as their subsections hold no memory.
  test.each([columns.F[0], columns.F[2], columns.F[3]])(
    '$name does not take the zone for contiguous', async (variant) => {
      const k = await withDimm(variant, E1, 48);
      const zone = at(k.NODE_DATA(0).node_zones, ZONE_NORMAL);
      k.set_zone_contiguous(zone);
      expect(zone.contiguous).toBe(false);
    });
});

describe('/proc/kpageflags is read to the end of the last section of E1', () => {
  const read = (k: Kernel): string => faultOf(() => { k.kpageflags_read(0, 0x180000); });
  const oops = 'oops in stable_page_flags';

  test.each([
    [v5_10('v4'), oops], [v5_10('refactoring_v5'), oops], [v5_10('v6'), oops],
    [v5_10('zeroed_links'), oops], [v5_10('spans_over_node0'), 'none'], [v5_10(), 'none'],
    [v5_10('v8'), 'none'], [v5_10('merged'), 'none'],
  ])('$name with DEBUG_VM: %s', async (variant, fault) => {
    const k = await booted(variant, E1, DEBUG);
    expect(read(k)).toBe(fault);
    if (fault !== 'none') expect(k.state.faults.at(-1)?.text).toContain('0x17a000');
  });

  test('the first merge boots without DEBUG_VM only, and shows garbage', async () => {
    const k = await booted(columns.M3[0], E1);
    expect(read(k)).toBe('none');
    expect(k.state.costs.garbage_pages_read).toBeGreaterThanOrEqual(24576);
  });

  test('v5.4 itself ends with memory', async () => {
    const k = await booted(columns.H0a[1], E1, DEBUG);
    expect(read(k)).toBe('none');
    expect(k.kpageflags_read(0x17a000, 0x6000)).toBe(0);
  });

  test('v6.1 shows no pages there: they are not online', async () => {
    const k = await booted(columns.F[2], E1, DEBUG);
    expect(k.kpageflags_read(0x17a000, 0x6000)).toBe(0);
    expect(k.pfn_to_online_page(0x17a000)).toBe(false);
    expect(k.pfn_valid(0x17a000)).toBe(true);
  });
});

describe('memory blocks with holes', () => {
  const zones = (k: Kernel, id: number): string => k.valid_zones_show(blockAt(k, id)).trim();
  const old = [
    v5_10(), v5_10('v4'), v5_10('refactoring_v5'), v5_10('v6'), v5_10('v8'), v5_10('merged')];

  test.each(old)('$name, E1: valid_zones asks the struct pages', async (variant) => {
    const k = await booted(variant, E1);
    expect([zones(k, 0), zones(k, 15), zones(k, 47)]).toEqual(['none', 'DMA32', 'none']);
  });

  test.each([columns.F[1]])('$name, E1: so does the last kernel that asked them', async (v) => {
    const k = await booted(v, E1);
    expect([zones(k, 0), zones(k, 15), zones(k, 47)]).toEqual(['none', 'DMA32', 'none']);
  });

  test.each([...columns.H1.slice(2), columns.F[2], columns.F[3]])(
    '$name, E1: valid_zones is stored', async (variant) => {
      const k = await booted(variant, E1);
      expect([zones(k, 0), zones(k, 15), zones(k, 47)]).toEqual(['none', 'DMA32', 'Normal']);
    });

  test.each([
    ['H1', v5_10(), 'none'], ['M8', v5_10('v8'), 'Normal'], ['F', v5_10('merged'), 'Normal'],
  ] as const)('%s: block 47 of E1 once the zone spans its hole', async (_column, variant, text) => {
    expect(zones(await withDimm(variant, E1, 48), 47)).toBe(text);
  });

  test('F keeps the stored zone of block 47', async () => {
    expect(zones(await withDimm(columns.F[2], E1, 48), 47)).toBe('Normal');
  });

  test.each([v5_10('v4'), v5_10('refactoring_v5'), v5_10('v6')])(
    '$name with DEBUG_VM: block 47 reads poison once the zone spans it', async (variant) => {
      const k = await booted(variant, E1, DEBUG);
      expect(drive(k.acpi_memory_enable_device(0, 48 * 32768, 4 * 32768))).toBe(0);
      // Onlining ends at the same page; by then the zone spans it.
      store(k, 48, 'online_kernel');
      expect(faultOf(() => { zones(k, 47); })).toBe('BUG in page_to_nid');
    });

  test.each([
    [v5_10(), 'none'], [v5_10('v3_first_merge'), 'DMA32'], [v5_10('v4'), 'DMA32'],
    [v5_10('refactoring_v5'), 'DMA32'], [v5_10('v8'), 'DMA32'], [v5_10('merged'), 'none'],
    [columns.F[0], 'none'], [columns.F[1], 'none'], [columns.F[2], 'DMA32'],
  ])('$name, E4: block 15, whose hole is sampled: %s', async (variant, text) => {
    expect(zones(await booted(variant, E4), 15)).toBe(text);
  });

  describe.each([v5_10(), v5_10('v8'), columns.F[1], columns.F[2], columns.F[3]])(
    'offline under $name', (variant) => {
      let k: Kernel;
      beforeAll(async () => {
        k = await booted(variant, E1);
      });

      test.each([0, 15, 47])('block %d is refused', (id) => {
        expect(store(k, id, 'offline')).toBe(-EINVAL);
        expect(blockAt(k, id).state).toBe('online');
      });
    });
});
