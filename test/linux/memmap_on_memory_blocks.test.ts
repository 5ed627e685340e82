/**
 * As memmap_on_memory.test.ts, for the scenarios T7 to T13 of traces/memmap_on_memory-T*: pages,
 * zones and sizes of blocks, what is refused, locks; and the summary of all.
 */
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/assert.js';
import { EBUSY, EINVAL } from '../../src/linux/include/errno.js';
import { MHP_MEMMAP_ON_MEMORY, ZONE_MOVABLE, ZONE_NORMAL } from '../../src/linux/include/mmzone.js';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { loadInvariants } from '../../src/observe/invariant.js';
import { compose } from '../../src/patch/compose.js';
import { definePatch, type Patch } from '../../src/patch/define.js';
import { q35, blockAt, bootKernel, drive, store } from './hotplug_machine.js';
import {
  designs, hockos, released, run, zoneOf, type Design,
} from './memmap_rig.js';

const all = Object.keys(designs) as Design[];
const selfHosting = all.filter((name) => name !== 'CLASSIC');
const cmdline = 'memory_hotplug.memmap_on_memory=1';
const zoneIndex = (k: Kernel, pfn: number): number | undefined => {
  const content = k.state.memmap.get(pfn);
  return content?.kind === 'init' ? content.zone : undefined;
};

describe('T7: which pages of an offline block count as online', () => {
  const pfns = [0x240000, 0x2401ff, 0x240200, 0x247fff];
  const table: readonly (readonly [Design, readonly boolean[], readonly boolean[]])[] = [
    ...(['CLASSIC', 'V5', 'HOCKO', 'POC', ...released] as const).map((name) =>
      [name, [false, false, false, false], [false, false, false, false]] as const),
    ['HOCKO-SEC', [true, true, true, false], [true, true, true, true]],
    ['HOCKO-BLK', [true, true, true, false], [true, true, true, false]],
    ['HOCKO-ON', [true, true, true, true], [true, true, true, false]],
  ];

  it.each(table)('%s', async (design, small, large) => {
    const { k, violated } = await run('T7-offline-pfns', designs[design]);
    expect(pfns.map((pfn) => k.pfn_to_online_page(pfn))).toEqual(small);
    expect(violated.includes('M5')).toBe(hockos.includes(design));
    const two = await run('T7-large-block', designs[design]);
    const places = [0x280000, 0x281fff, 0x282000, 0x288000];
    expect(places.map((pfn) => two.k.pfn_to_online_page(pfn))).toEqual(large);
    const shown = { 'HOCKO-SEC': 16 * 8193, 'HOCKO-BLK': 8193, 'HOCKO-ON': 32768 };
    const pages = new Map(Object.entries(shown)).get(design) ?? 0;
    expect(two.k.kpageflags_read(0x280000, 0x80000)).toBe(pages);
    expect(store(two.k, 5, 'online_movable')).toBe(0);
    for (let pfn = 0x280000; pfn < 0x300000; pfn += 4096) {
      expect(two.k.pfn_to_online_page(pfn)).toBe(true);
    }
  });
});

describe('T8: the zone of a block between two movable ones', () => {
  it.each(all)('%s', async (design) => {
    const { k, rows } = await run('T8-default-zone', designs[design]);
    const hocko = hockos.includes(design);
    const before = at(rows, 4);
    expect(before.normal.span).toBe(hocko ? '0x100000-0x250200' : '0x100000-0x200000');
    expect(before.movable.span).toBe(hocko ? '0x240200-0x258000' : '0x240000-0x258000');
    expect(at(rows, 5).detail).toBe(hocko ? 'Normal Movable' : 'Movable Normal');
    expect(blockAt(k, 73).zone?.name).toBe(hocko ? 'Normal' : 'Movable');
    const kernel = k.zone_intersects(zoneOf(k, ZONE_NORMAL), 0x248000, 32768);
    expect([kernel, k.zone_intersects(zoneOf(k, ZONE_MOVABLE), 0x248000, 32768)])
      .toEqual([hocko, true]);
  });
});

describe('T9: a block goes to another zone', () => {
  it.each(selfHosting.filter((name) => name !== 'POC'))('%s', async (design) => {
    const zones: (number | undefined)[] = [];
    const { k, rows } = await run('T9-other-zone', designs[design], 'v6.1', {
      result: (_result, after) => { zones.push(zoneIndex(after, 0x240000)); },
    });
    const hocko = hockos.includes(design);
    expect(zones).toEqual(hocko
      ? [ZONE_NORMAL, ZONE_NORMAL, ZONE_NORMAL, ZONE_NORMAL]
      : [undefined, ZONE_MOVABLE, undefined, ZONE_NORMAL]);
    expect(at(rows, 1).movable.present).toBe(hocko ? 32256 : 32768);
    expect(at(rows, 1).normal.present - 1048576).toBe(hocko ? 512 : 0);
    expect(at(rows, 3).normal.present - 1048576).toBe(32768);
    expect(blockAt(k, 72).group).toMatchObject({ present_kernel_pages: 32768 });
  });
});

describe('T9: what stays elsewhere', () => {
  it('CLASSIC has its memmap in Normal, and POC does not get the block offline', async () => {
    const classic = await run('T9-other-zone', designs.CLASSIC);
    expect(at(classic.rows, 1).movable.present).toBe(32768);
    expect(at(classic.rows, 3).normal).toMatchObject({ present: 1048576 + 32768 });
    const zones: (number | undefined)[] = [];
    const poc = await run('T9-other-zone', designs.POC, 'v6.1', {
      result: (_result, after) => { zones.push(zoneIndex(after, 0x240000)); },
    });
    expect(poc.rows.map(({ ret }) => ret)).toEqual([0, 0, -EBUSY, -EINVAL]);
    expect(zones).toEqual([undefined, ZONE_MOVABLE, ZONE_MOVABLE, ZONE_MOVABLE]);
  });
});

describe('T10: a section that holds nothing but memmap', () => {
  const online = (k: Kernel): number =>
    Array.from({ length: 64 }, (_, i) => k.state.sections.online(128 + i)).filter(Boolean).length;

  it.each<readonly [Design, string]>([
    ['V5', '0x400000+2097152'], ...released.map((name) => [name, '0x408000+2064384'] as const),
  ])('%s', async (design, range) => {
    const bits: number[] = [];
    const { rows, did, violated } = await run('T10-section-of-memmap', designs[design], 'v6.1', {
      result: (_result, after) => { bits.push(online(after)); },
    });
    expect(rows.map(({ ret }) => ret)).toEqual([0, 0, 0]);
    expect(bits).toEqual([0, 64, 0]);
    expect(at(did, 1).notified).toContain(`MEM_GOING_ONLINE ${range}`);
    expect(at(did, 1).chunks).toEqual({ 10: 2016 });
    expect(at(did, 1).isolatedAtMost).toBe(4032);
    expect(at(rows, 1).movable).toMatchObject({ present: 2097152, managed: 2064384 });
    expect(at(rows, 2).movable).toMatchObject({ span: '', present: 0, managed: 0 });
    expect(violated.filter((id) => id !== 'M14')).toEqual([]);
  });

  it('is offline, with its pages in use, when nobody marks it', async () => {
    const unmarked = definePatch({
      ...at(designs.MERGED, 0), id: 'memmap_on_memory/unmarked',
      substitutes: { mhp_init_memmap_on_memory: { online_mem_sections: () => {} } },
    });
    const found: (readonly [boolean, number])[] = [];
    const { did, rows, violated } = await run('T10-section-of-memmap', [unmarked], 'v6.1', {
      result: (_result, after) => {
        found.push([after.pfn_to_online_page(0x400000), online(after)]);
      },
    });
    expect(found).toEqual([[false, 0], [false, 63], [false, 0]]);
    expect(at(did, 1)).toMatchObject({ isolatedAtMost: 4032 });
    expect(at(rows, 1).movable).toMatchObject({ present: 2097152, managed: 2064384 });
    expect(violated).toContain('M6');
  });
});

/** What P5 says after each step. */
async function isolationTold(scenario: string, design: Design): Promise<readonly string[][]> {
  const told: string[][] = [];
  const P5 = at((await loadInvariants()).filter(({ id }) => id === 'P5'), 0);
  await run(scenario, designs[design], 'v6.1', {
    result: (_result, after) => { told.push([...P5.begin(after).violations()].map(String)); },
  });
  return told;
}

describe('Isolated pageblocks that are counted wrong', () => {
  it('HOCKO-ON says that an offline block is online, whose pageblocks nobody counts', async () => {
    expect(await isolationTold('T2-offline', 'HOCKO-ON')).toEqual([[], [], [
      '0:Movable: 0 counted, 63 are isolated: 0x240200-0x247fff of memory72, which is offline',
    ], []]);
    expect(await isolationTold('T2-offline', 'HOCKO')).toEqual([[], [], [], []]);
  });

  it('POC passes over pageblocks of a section that is not online, and uncounts them', async () => {
    expect(await isolationTold('T10-section-of-memmap', 'POC')).toEqual([[], [], [
      '0:Movable: -64 counted, 0 are isolated: more were uncounted than had been isolated',
    ]]);
  });
});

describe('T11: what cannot hold its memmap', () => {
  /** A kernel for which these sizes hold, with the parameter as given. */
  function sized(
    design: Design, mode: '1' | 'force', sizes: Partial<ReturnType<Kernel['memmap_geometry']>>,
    replaces: Patch['replaces'] = {},
  ): Kernel {
    const geometry = definePatch({
      ...at(designs.CLASSIC, 0), id: 'test/geometry', config: {}, claims: [], replaces: {
        ...replaces,
        memmap_geometry: () => ({
          page_size: 4096, struct_page: 64, pmd_size: 2 ** 21, pageblock_nr_pages: 512,
          block_nr_pages: 32768, ...sizes,
        }),
      },
    });
    const machine = q35({ cmdline: `memory_hotplug.memmap_on_memory=${mode}` });
    return compose('v6.1', [...designs[design], geometry], machine);
  }
  const arm64 = {
    page_size: 65536, pmd_size: 2 ** 29, pageblock_nr_pages: 8192, block_nr_pages: 8192,
  };
  const ppc64 = { page_size: 65536, pageblock_nr_pages: 32, block_nr_pages: 4096 };
  const ownRule: Patch['replaces'] = { arch_supports_memmap_on_memory: () => true };

  it.each<readonly [Design, number | undefined, readonly number[]]>([
    ['MERGED', -EINVAL, [0, 0]], ['LOCKED', -EINVAL, [0, 0]], ['V5', -EINVAL, [0, 0]],
    ['BLOCKS', 0, [0, 0]], ['PREPARE', 0, [512, 512]],
  ])('%s: two blocks in one add', async (design, forced, vmemmap) => {
    const { k, rows } = await run('T11-two-blocks', designs[design]);
    expect(rows.map(({ ret }) => ret)).toEqual([0, 0, 0]);
    expect([72, 73].map((id) => blockAt(k, id).nr_vmemmap_pages)).toEqual(vmemmap);
    expect(at(rows, 2).movable.managed).toBe(65536 - at(vmemmap, 0) * 2);
    const other = bootKernel('v6.1', designs[design], q35({ cmdline }));
    const flags = MHP_MEMMAP_ON_MEMORY;
    expect(drive(other.add_memory_resource(0, 0x1c0000, 65536, flags))).toBe(forced);
  });

  it.each(['MERGED', 'BLOCKS', 'PREPARE'] as const)('%s: other sizes', (design) => {
    const supports = (k: Kernel, pages: number): boolean => k.mhp_supports_memmap_on_memory(pages);
    const mode = design === 'MERGED' ? '1' : 'force';
    expect(supports(sized(design, '1', {}), 32768)).toBe(true);
    // arm64, 64 KiB pages: 512 KiB of memmap in a block of one pageblock.
    expect(supports(sized(design, '1', arm64), 8192)).toBe(false);
    const whole = sized(design, mode, arm64, ownRule);
    expect(supports(whole, 8192)).toBe(false);
    if (mode === 'force') expect(whole.memory_block_memmap_on_memory_pages()).toBe(8192);
    // As the commit that brought force has it: 4 pages of memmap in pageblocks of 32.
    expect(supports(sized(design, '1', ppc64, ownRule), 4096)).toBe(false);
    const forced = sized(design, mode, ppc64, ownRule);
    expect(supports(forced, 4096)).toBe(mode === 'force');
    const used = forced.memory_block_memmap_size() / 65536;
    if (mode === 'force') {
      expect(forced.memory_block_memmap_on_memory_pages() - used).toBe(28);
    }
    // A struct page of 80 bytes: 2.5 MiB of memmap.
    expect(supports(sized(design, '1', { struct_page: 80 }), 32768)).toBe(false);
    const odd = sized(design, mode, { struct_page: 80 }, ownRule);
    expect(supports(odd, 32768)).toBe(mode === 'force');
    expect(odd.memory_block_memmap_on_memory_pages()).toBe(mode === 'force' ? 1024 : 640);
    // The rule of x86 wants whole huge pages of memmap, so that force does not help there.
    expect(supports(sized(design, mode, { struct_page: 80 }), 32768)).toBe(false);
  });

  it.each([
    ['v5.10', false], ['v5.14', false], ['v5.17', false], ['v6.1', true], ['v6.12', true],
  ] as const)('%s: memmaps of huge pages are freed', (version, supported) => {
    const on = compose(version, [], q35({ cmdline: `${cmdline} hugetlb_free_vmemmap=on` }));
    expect(on.mhp_supports_memmap_on_memory(32768)).toBe(supported);
    const off = compose(version, [], q35({ cmdline }));
    expect(off.mhp_supports_memmap_on_memory(32768)).toBe(version !== 'v5.10');
  });
});

describe('T12: four blocks are removed at once', () => {
  const line = 'Refuse to remove 0x240000000 - 0x260000000,wrong granularity';

  it.each(all)('%s', async (design) => {
    const { k } = await run('T12-removal', designs[design]);
    const removes = ['CLASSIC', 'PREPARE'].includes(design);
    expect(k.state.log.some(({ text }) => text === line)).toBe(!removes);
    // The ACPI driver takes no for an answer only as a BUG.
    expect(k.state.faults.map(({ kind, fn }) => `${kind} ${fn}`))
      .toEqual(removes ? [] : ['BUG __remove_memory']);
    expect(k.state.memory_blocks.has(72)).toBe(!removes);
  });

  it.each(['MERGED', 'LOCKED', 'BLOCKS', 'PREPARE'] as const)('%s: callers', (design) => {
    const k = bootKernel('v6.1', designs[design], q35({ cmdline }));
    for (let id = 56; id < 60; id += 1) {
      expect(drive(k.acpi_memory_enable_device(0, id * 32768, 32768))).toBe(0);
    }
    expect(store(k, 57, 'online_movable')).toBe(0);
    expect(drive(k.try_remove_memory(56 * 32768, 131072))).toBe(-EBUSY);
    expect(store(k, 57, 'offline')).toBe(0);
    expect(drive(k.try_remove_memory(56 * 32768, 131072))).toBe(design === 'PREPARE' ? 0 : -EINVAL);
  });
});

describe('T13: device memory is mapped while a block goes online', () => {
  const ends = (k: Kernel): string => {
    const { node_start_pfn, node_spanned_pages } = at(k.state.nodes, 0);
    return (node_start_pfn + node_spanned_pages).toString(16);
  };

  it('MERGED: the span of the node has grown, and nobody has to wait', async () => {
    const spans: string[] = [];
    const { rows, violated } = await run('T13-lock', designs.MERGED, 'v6.1', {
      afterRow: (_row, k) => { spans.push(ends(k)); },
    });
    expect(rows.map(({ event }) => event))
      .toEqual(['add_memory', 'memremap_pages', 'online_movable']);
    expect(spans.slice(-4)).toEqual(['200000', '240200', '268000', '268000']);
    expect(violated).toEqual(['I9', 'M14']);
  });

  it.each(['LOCKED', 'V5', 'PREPARE'] as const)('%s: it waits', async (design) => {
    const { rows, violated } = await run('T13-lock', designs[design]);
    expect(rows.map(({ event }) => event))
      .toEqual(['add_memory', 'online_movable', 'memremap_pages']);
    // Of the rows between, when pages are linked and not yet counted; nothing changed unlocked.
    expect(violated).toEqual(['I9']);
  });
});

describe('summary', () => {
  const scenarios = ['T1-online-movable', 'T3-offline-fails', 'T4-online-fails', 'T6-zone-shrinks',
    'T8-default-zone', 'T9-other-zone'];
  interface Line {
    readonly design: Design;
    readonly ownZone: boolean;
    /** Scenarios in which each of these is violated. */
    readonly counts: readonly string[];
    readonly spans: readonly string[];
    readonly cleanup: readonly string[];
    readonly lock: boolean;
  }
  const good = { ownZone: true, counts: [], spans: [], cleanup: [], lock: true };
  const short = (names: readonly string[]): string[] => names.map((name) => name.slice(0, 2));

  it.each<Line>([
    { ...good, design: 'CLASSIC', ownZone: false }, { ...good, design: 'V5' },
    { ...good, design: 'HOCKO', ownZone: false, counts: ['T6'], spans: ['T6'] },
    {
      // The one block that goes online in T6 has an ordinary memmap.
      ...good, design: 'POC', counts: ['T1', 'T3', 'T4', 'T8', 'T9'], spans: ['T4'],
      cleanup: ['T4'], lock: false,
    },
    { ...good, design: 'MERGED', lock: false }, { ...good, design: 'LOCKED' },
    { ...good, design: 'BLOCKS', lock: false }, { ...good, design: 'PREPARE' },
  ])('$design', async ({ design, ownZone, counts, spans, cleanup, lock }) => {
    const found = new Map<string, readonly string[]>();
    for (const name of scenarios) {
      const { k, violated } = await run(name, designs[design]);
      found.set(name, violated);
      if (name !== 'T1-online-movable') continue;
      const memmap = design === 'CLASSIC'
        ? at(at([...k.state.memmap_pages.values()], 0), 0).zone.index
        : zoneIndex(k, 0x240000);
      expect(memmap === blockAt(k, 72).zone?.index).toBe(ownZone);
    }
    const where = (...ids: readonly string[]): string[] => short(scenarios.filter((name) =>
      ids.some((id) => found.get(name)?.includes(id))));
    expect(where('Z7', 'I9')).toEqual(counts);
    expect(where('I2')).toEqual(spans);
    expect(where('M8')).toEqual(cleanup);
    expect(where('M14').length === 0).toBe(lock);
  });
});
