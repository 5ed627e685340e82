/** What kernels do otherwise when they isolate pageblocks. One block of 128 MiB, all of it free:
 *
 *     | pageblock 0 | 1 | x 2 | 3 ... 63 |     x: a page that cannot be moved
 */
import { describe, expect, test } from 'vitest';
import type { Kernel } from '../../src/linux/base/kernel.js';
import { migratetypes } from '../../src/linux/include/migratetype.js';
import type { IsolateMode } from '../../src/linux/include/mmzone.js';
import { Pages } from '../../src/linux/mm/pages/pages.js';
import { SECTION, blockAt, bootKernel, drive, store } from './hotplug_machine.js';

const FIRST = 48 * SECTION;
const X = FIRST + 1024 + 7;
const DUMPED = 'page dumped because: unmovable page';

/** The block is online; `reserved`: X is a page that the boot reserved, else one in use. */
function online(
  version: string, word: 'online_movable' | 'online_kernel', x: 'reserved' | 'used',
): Kernel {
  const k = bootKernel(version, []);
  k.state.pages = new Pages(k);
  drive(k.add_memory_resource(1, FIRST, SECTION, 0));
  expect(drive(k.memory_subsys_online(blockAt(k, 48), word))).toBe(0);
  if (x === 'reserved') k.memmap_set_reserved(X, X + 1);
  else k.state.unmovable.add(X);
  return k;
}

function isolate(k: Kernel, mode?: IsolateMode): number {
  return Number(drive(k.start_isolate_page_range(FIRST, FIRST + SECTION, 'Movable', mode)));
}

const warned = (k: Kernel): readonly string[] => k.state.faults.map(({ fn }) => fn);

describe('a page that cannot be moved', () => {
  // Expect: pageblocks of type Movable were taken on trust, then ZONE_MOVABLE was.
  test.each([
    ['v4.14', 'online_kernel', 'used', 0], ['v4.14', 'online_kernel', 'reserved', 0],
    ['v4.15', 'online_kernel', 'used', -16], ['v4.15', 'online_movable', 'reserved', 0],
    ['v4.16', 'online_movable', 'used', 0], ['v4.17', 'online_movable', 'used', -16],
    ['v4.17', 'online_movable', 'reserved', -16], ['v5.0', 'online_movable', 'reserved', -16],
    ['v7.3', 'online_movable', 'reserved', -16],
  ] as const)('%s, %s, %s: %i', (version, word, x, expected) => {
    const k = online(version, word, x);
    expect(isolate(k)).toBe(expected);
    // What was isolated all the same is found at the end, by who looks for what is not free.
    expect(k.test_pages_isolated(FIRST, FIRST + SECTION)).toBe(-16);
  });

  test.each([['v4.14', true], ['v4.15', false]])(
    'keeps a block online: %s, after its pages were tested: %s', (version, isTested) => {
      const k = online(version, 'online_kernel', 'reserved');
      expect(store(k, 48, 'offline')).toBe(-16);
      expect(k.state.isolation_tests.length > 0).toBe(isTested);
    });

  // Expect: who looks warns, also for `removable`; then who isolates; then nobody. Once.
  test.each([
    ['v4.16', []], ['v4.17', ['has_unmovable_pages']], ['v5.5', ['has_unmovable_pages']],
    ['v5.6', ['set_migratetype_isolate']], ['v5.9', ['set_migratetype_isolate']], ['v5.10', []],
  ])('is a warning in ZONE_MOVABLE: %s %j', (version, expected) => {
    const k = online(version, 'online_movable', 'reserved');
    for (let i = 0; i < 2; i += 1) isolate(k);
    expect(warned(k)).toEqual(expected);
    const read = online(version, 'online_movable', 'reserved');
    read.removable_show(blockAt(read, 48));
    expect(warned(read)).toEqual(expected.filter((fn) => fn === 'has_unmovable_pages'));
  });

  // Expect: nobody dumped it, then all do, then only who takes memory offline.
  test.each([
    ['v4.19', 0, 0], ['v5.0', 1, 1], ['v5.1', 1, 0], ['v5.6', 1, 0], ['v7.3', 1, 0],
  ])('is dumped: %s, %i for offline, %i for others', (version, offline, other) => {
    const dumps = (mode: IsolateMode): number => {
      const k = online(version, 'online_kernel', 'used');
      expect(isolate(k, mode)).toBe(-16);
      return k.state.log.filter(({ text }) => text === DUMPED).length;
    };
    expect([dumps('MEM_OFFLINE'), dumps('OTHER')]).toEqual([offline, other]);
  });
});

/** Nothing is isolated. Expect: the test fails at the first pageblock, and the event tells so. */
test.each([['v5.14', 0], ['v5.15', 1], ['v7.3', 1]])(
  'events of a test of what is not isolated: %s %i', (version, events) => {
    const k = online(version, 'online_movable', 'used');
    expect(k.test_pages_isolated(FIRST, FIRST + SECTION)).toBe(-16);
    expect(k.state.isolation_tests.length).toBe(events);
  });

/**
 *     | 0 | 1 | ... | 62, unmovable | 63 |   one huge page has all of the block
 *                                   ^ the range ends here: nobody moves what reaches over it
 *
 * Expect: pageblock 62 is as it was; or it became a movable one.
 */
test.each([['v5.19', 'Unmovable'], ['v6.0', 'Movable'], ['v6.9', 'Movable']] as const)(
  'the end of a range that is refused on %s is %s', (version, expected) => {
    const k = online(version, 'online_kernel', 'used');
    const end = FIRST + 63 * 512;
    expect(k.alloc_gigantic_folio(FIRST, SECTION, true, true)).toBe(0);
    k.set_pageblock_migratetype(end - 512, end, 'Unmovable');
    expect(Number(drive(k.isolate_single_pageblock(end, 'OTHER', true, false)))).toBe(-16);
    expect(migratetypes[k.get_pageblock_migratetype(end - 512)]).toBe(expected);
  });
