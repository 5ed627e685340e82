/**
 * The scenarios traces/memmap_on_memory-T*: each cell of the tables in their READMEs. The designs
 * that came of the merged one have its cells.
 */
import { describe, expect, it } from 'vitest';
import { at } from '../../src/base/assert.js';
import { MIGRATE_MOVABLE, MIGRATE_UNMOVABLE } from '../../src/linux/include/migratetype.js';
import { EBUSY, EINTR, EINVAL, ENOMEM } from '../../src/linux/include/errno.js';
import { ZONE_MOVABLE, ZONE_NORMAL } from '../../src/linux/include/mmzone.js';
import { definePatch } from '../../src/patch/define.js';
import { blockAt, drive } from './hotplug_machine.js';
import {
  designs, hockos, released, run, zoneOf, type Design, type Row,
} from './memmap_rig.js';

const all = Object.keys(designs) as Design[];
const last = <T>(list: readonly T[]): T => at(list, list.length - 1);
const merges: readonly Design[] = ['V5', ...released];
const rets = (rows: readonly Row[]): (number | undefined)[] =>
  rows.filter(({ event }) => event !== 'notifier_error').map(({ ret }) => ret);
const bootNormal = { span: '0x100000-0x200000', present: 1048576 };
const whole = '0x240000+32768';
const shifted = '0x240200+32256';

describe('T1: a block is added and goes to ZONE_MOVABLE', () => {
  const table: readonly (readonly [Design, object, object, object, string])[] = [
    ['CLASSIC', bootNormal,
      { span: '0x240000-0x248000', present: 32768, managed: 32768 }, { 10: 32 }, whole],
    ['V5', bootNormal,
      { span: '0x240000-0x248000', present: 32768, managed: 32256 }, { 9: 1, 10: 31 }, whole],
    ...hockos.map((name) => [name, { span: '0x100000-0x240200', present: 1049088 },
      { span: '0x240200-0x248000', present: 32256, managed: 32256 }, { 9: 1, 10: 31 }, shifted,
    ] as const),
    ['POC', bootNormal,
      { span: '0x240000-0x248000', present: 65024, managed: 32256 }, { 9: 1, 10: 31 }, shifted],
    ...released.map((name) => [name, bootNormal,
      { span: '0x240000-0x248000', present: 32768, managed: 32256 }, { 9: 1, 10: 31 }, shifted,
    ] as const),
  ];

  it.each(table)('%s', async (design, normal, movable, chunks, range) => {
    const { k, rows, did } = await run('T1-online-movable', designs[design]);
    const [added, online] = [at(rows, 0), at(rows, 1)];
    expect([added.ret, online.ret]).toEqual([0, 0]);
    expect(added.normal).toMatchObject(normal);
    const taken = [...k.state.memmap_pages.values()].flat().reduce((n, { pages }) => n + pages, 0);
    expect(taken).toBe(design === 'CLASSIC' ? 512 : 0);
    expect(added.normal.free).toBe(1048576 - taken);
    expect(online.movable).toMatchObject(movable);
    expect(at(did, 1).chunks).toEqual(chunks);
    expect(at(did, 1).notified).toContain(`MEM_GOING_ONLINE ${range}`);
    expect(online.normal.contiguous).toBe(!hockos.includes(design));
  });

  it('the proof of concept is refused where whole sections are asked for', async () => {
    const { k, rows } = await run('T1-online-movable', designs.POC, 'v5.10');
    expect(last(rows).ret).toBe(-EINVAL);
    expect(k.state.faults).toMatchObject([{ kind: 'warning', fn: 'online_pages' }]);
    const merged = await run('T1-online-movable', designs.MERGED, 'v5.10');
    expect(last(merged.rows).ret).toBe(-EINVAL);
    const v5 = await run('T1-online-movable', designs.V5, 'v5.10');
    expect(last(v5.rows)).toMatchObject({ ret: 0, movable: { present: 32768, managed: 32256 } });
  });
});

describe('T2: the only block of ZONE_MOVABLE goes offline', () => {
  it.each<readonly [Design, number, readonly number[]]>([
    ['CLASSIC', 64, [0]],
    ['V5', 63, [0]],
    ...released.map((name) => [name, 63, [32256, 0]] as const),
    ...hockos.map((name) => [name, 63, [0]] as const),
  ] as const)('%s', async (design, isolated, presents) => {
    const { k, rows, did } = await run('T2-offline', designs[design]);
    expect(at(rows, 2).ret).toBe(0);
    expect(at(did, 2)).toMatchObject({ isolated, presents, rebuilds: 1, resets: 1 });
    expect(at(rows, 2).movable).toMatchObject({ span: '', present: 0, managed: 0, isolated: 0 });
    const carried = hockos.includes(design) ? 512 : 0;
    expect(at(rows, 2).normal.present).toBe(1048576 + carried);
    expect(at(rows, 3)).toMatchObject({ ret: 0, normal: bootNormal });
    expect(zoneOf(k, ZONE_NORMAL).nr_free_pages).toBe(1048576);
  });

  it('counted out after offline_pages() the zone stays populated, with stale lists', async () => {
    const late = definePatch({
      ...at(designs.MERGED, 0), id: 'memmap_on_memory/late', replaces: {
        ...at(designs.MERGED, 0).replaces,
        * memory_block_offline(k, block) {
          const { start_pfn, nr_pages, nr_vmemmap_pages: memmap, group, zone } = block;
          if (zone === undefined) return -EINVAL;
          const error = yield* k.offline_pages(start_pfn + memmap, nr_pages - memmap, zone, group);
          if (error !== 0) return error;
          k.adjust_present_page_count(zone, group, -memmap, start_pfn);
          k.mhp_deinit_memmap_on_memory(start_pfn, memmap);
          block.zone = undefined;
          return 0;
        },
      },
    });
    const { rows, did, violated } = await run('T2-offline', [late]);
    expect(at(did, 2)).toMatchObject({ presents: [512, 0], rebuilds: 0, resets: 0 });
    expect(at(rows, 2).movable.present).toBe(0);
    expect(violated).toContain('Z6');
  });
});

describe('T3: an offline fails', () => {
  const same = (row: Row): object => ({ ...row.movable, free: 0 });

  it.each<readonly [Design, readonly number[]]>([
    ['CLASSIC', []], ['V5', []], ...released.map((name) => [name, [32256, 32768]] as const),
    ...hockos.map((name) => [name, []] as const),
  ])('%s', async (design, presents) => {
    const { rows, did, violated } = await run('T3-offline-fails', designs[design]);
    expect(rets(rows)).toEqual([0, 0, -EBUSY, 0]);
    expect(same(at(rows, 3))).toEqual(same(at(rows, 1)));
    expect(at(did, 3).presents).toEqual(presents);
    expect(at(did, 3).isolatedAtMost).toBe(design === 'CLASSIC' ? 64 : 63);
    expect(at(rows, 3).movable.isolated).toBe(0);
    expect(violated).not.toContain('M8');
  });

  it('the proof of concept fails each time, at the memmap', async () => {
    const { k, rows, did } = await run('T3-offline-fails', designs.POC);
    expect(rets(rows)).toEqual([0, 0, -EBUSY, -EBUSY]);
    expect(last(did)).toMatchObject({ notified: [], isolatedAtMost: 0 });
    expect(last(rows).movable).toMatchObject({ present: 65024, isolated: 0 });
    expect(k.state.log.map(({ text }) => text)).toContain('page dumped because: unmovable page');
  });

  it.each([...merges, 'CLASSIC', 'HOCKO'] as const)(
    '%s: a page that never moves, and a signal', async (design) => {
      const { k } = await run('T1-online-movable', designs[design]);
      const before = { ...zoneOf(k, ZONE_MOVABLE), nr_free_pages: 0 };
      k.state.unmovable.add(0x243000);
      const steps = k.state_store(blockAt(k, 72), 'offline');
      const points: number[] = [];
      for (let i = 0; i < 200; i += 1) {
        expect(steps.next().done).not.toBe(true);
        points.push(zoneOf(k, ZONE_MOVABLE).present_pages);
      }
      const during = released.includes(design) ? 32256 : before.present_pages;
      expect(last(points)).toBe(during);
      expect(zoneOf(k, ZONE_MOVABLE).managed_pages).toBe(before.managed_pages);
      k.state.signalled.set(k.state.current, 'plain');
      expect(drive(steps)).toBe(-EINTR);
      expect({ ...zoneOf(k, ZONE_MOVABLE), nr_free_pages: 0 }).toEqual(before);
      expect(blockAt(k, 72).state).toBe('online');
      expect(k.state.pageblocks.get(0x243000)).toBe(MIGRATE_MOVABLE);
      const first = design === 'CLASSIC' ? MIGRATE_MOVABLE : MIGRATE_UNMOVABLE;
      expect(k.state.pageblocks.get(0x240000)).toBe(first);
    });
});

describe('T4: an online fails', () => {
  it.each(['CLASSIC', ...merges] as const)('%s', async (design) => {
    const { k, rows, did, violated } = await run('T4-online-fails', designs[design]);
    expect(rets(rows)).toEqual([0, -ENOMEM, 0]);
    expect(at(rows, 2).movable).toMatchObject({ span: '', present: 0, managed: 0 });
    expect(at(did, 2).presents).toEqual([]);
    expect(violated.filter((id) => id !== 'M14')).toEqual([]);
    expect(k.pfn_valid(0x240000)).toBe(true);
    expect(k.state.zero_shadow).toEqual(released.includes(design)
      ? [{ start_pfn: 0x240000, nr_pages: 512 }] : []);
    expect(last(rows).movable.present).toBe(32768);
    if (!released.includes(design)) return;
    // The first shrink drops the memmap with the rest, as its section is offline.
    expect(at(did, 2).spans).toEqual(['0x240000-0x240200', '0x240000-0x248000', '', '']);
  });

  it.each(released)('%s: no shadow is left of the failure', async (design) => {
    const { k } = await run('T4-before-a-block', designs[design]);
    expect(k.state.zero_shadow).toEqual([{ start_pfn: 0x248000, nr_pages: 512 }]);
  });

  it('POC cleans up nothing', async () => {
    const { rows, violated } = await run('T4-online-fails', designs.POC);
    expect(rets(rows)).toEqual([0, -ENOMEM, 0]);
    // As with the others the shrink drops the memmap; here it stays linked and counted.
    expect(at(rows, 2).movable).toMatchObject({ span: '', present: 32768 });
    expect(last(rows).movable.present).toBe(32768 + 65024);
    expect(violated).toEqual(expect.arrayContaining(['I2', 'M2', 'M8', 'Z7']));
  });

  it.each(released)('%s: next to a block that is online', async (design) => {
    const behind = await run('T4-behind-a-block', designs[design]);
    expect(last(behind.rows).ret).toBe(-ENOMEM);
    expect(last(behind.did).spans).toEqual([
      '0x238000-0x240200', '0x238000-0x248000', '0x238000-0x240000', '0x238000-0x240000']);
    const before = await run('T4-before-a-block', designs[design]);
    expect(last(before.did).spans).toEqual([
      '0x240000-0x250000', '0x240000-0x250000', '0x240000-0x250000', '0x248000-0x250000']);
  });
});

describe('T4: next to a block that is online, each design', () => {
  const steps = (...ends: readonly string[]): string[] => ends.map((end) => `0x238000-0x${end}`);
  const three = steps('240200', '248000', '240000');

  it.each<readonly [Design, readonly string[], number, readonly string[], number]>([
    ['CLASSIC', steps('248000', '240000'), 32768,
      ['0x240000-0x250000', '0x248000-0x250000'], 32768],
    ['V5', three, 32768,
      ['0x240000-0x250000', '0x240000-0x250000', '0x248000-0x250000'], 32768],
    ['HOCKO', ['0x238200-0x248000', '0x238200-0x240000'], 32256,
      ['0x240200-0x250000', '0x248200-0x250000'], 32256],
    ['POC', three, 97792,
      ['0x240000-0x250000', '0x240000-0x250000', '0x240000-0x250000'], 97792],
  ])('%s', async (design, spans, present, spansBefore, presentBefore) => {
    const behind = await run('T4-behind-a-block', designs[design]);
    expect(last(behind.did).spans).toEqual(spans);
    expect(last(behind.rows)).toMatchObject({ ret: -ENOMEM, movable: { present } });
    const before = await run('T4-before-a-block', designs[design]);
    expect(last(before.did).spans).toEqual(spansBefore);
    expect(last(before.rows)).toMatchObject({ ret: -ENOMEM, movable: { present: presentBefore } });
    expect(behind.violated.includes('I2')).toBe(design === 'POC');
  });
});

describe('T5: memory is short', () => {
  it.each(all)('%s', async (design) => {
    const fails = design === 'CLASSIC' ? -ENOMEM : 0;
    for (const name of ['T5-memory-pressure', 'T5-large-block']) {
      const { k, did, rows } = await run(name, designs[design]);
      expect(at(did, 0).addResult, name).toBe(fails);
      // Nothing is kept of what was taken before it failed.
      expect(at(rows, 0).normal.free, name).toBe(1972);
      expect(k.state.oom).toEqual([]);
    }
  });

  it.each<readonly [Design, number]>([
    ['CLASSIC', -ENOMEM], ['V5', -ENOMEM], ['HOCKO', -ENOMEM], ['POC', -ENOMEM],
    ['MERGED', -ENOMEM], ['LOCKED', -ENOMEM], ['BLOCKS', -ENOMEM], ['PREPARE', 0],
  ])('%s: a DIMM of two blocks', async (design, result) => {
    const { k, did, rows } = await run('T5-two-blocks', designs[design]);
    expect(at(did, 0).addResult).toBe(result);
    // What the ACPI driver says of any failure.
    expect(at(rows, 0).ret).toBe(result === 0 ? 0 : -EINVAL);
    expect([...k.state.memory_blocks.values()].filter((block) => block.nr_vmemmap_pages === 512))
      .toHaveLength(result === 0 ? 2 : 0);
  });

  it('with enough memory the classic add takes one huge page a section', async () => {
    const { k } = await run('T1-online-movable', designs.CLASSIC);
    expect([...k.state.memmap_pages]).toEqual([
      [72, [{ zone: zoneOf(k, ZONE_NORMAL), pages: 512 }]]]);
  });
});

describe('T6: a zone shrinks over blocks that were never onlined', () => {
  it.each<readonly [Design, readonly [string, number], string, string, readonly string[]]>([
    ...released.map((name) => [
      name, ['0x100000-0x200000', 1048576], '0x100000-0x258000', '0x100000-0x200000', [],
    ] as const),
    ['HOCKO', ['0x100000-0x248200', 1049600], '0x100000-0x258000', '0x100000-0x200000',
      ['I2', 'Z7']],
    ['HOCKO-BLK', ['0x100000-0x248200', 1049600], '0x100000-0x258000', '0x100000-0x248200', []],
  ])('%s', async (design, added, online, offline, broken) => {
    const { rows, violated } = await run('T6-zone-shrinks', designs[design]);
    expect(rets(rows)).toEqual([0, 0, 0, 0, 0]);
    expect(at(rows, 1).normal).toMatchObject({ span: added[0], present: added[1] });
    expect(at(rows, 3).normal.span).toBe(online);
    expect(last(rows).normal).toMatchObject({ span: offline, present: added[1] });
    expect(violated.filter((id) => ['I2', 'Z7'].includes(id))).toEqual(broken);
    expect(last(rows).normal.contiguous).toBe(design !== 'HOCKO-BLK');
  });
});
