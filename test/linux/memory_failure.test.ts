/** mm/memory-failure.c: pages that are taken out of use. */
import { describe, expect, it } from 'vitest';
import { EBUSY, EHWPOISON, EIO, ENXIO } from '../../src/linux/include/errno.js';
import { SECTION, bootKernel, drive, q35 } from './hotplug_machine.js';

describe('a free page with bad memory', () => {
  // Expect: its lists are switched off once more, drained, or left alone (7.3.4, 6.18.15).
  it.each([
    ['v7.3', ['zone_pcp_disable', 'zone_pcp_disable']],
    ['v6.18', ['zone_pcp_disable', 'drain_all_pages']],
    ['v6.1.88', ['zone_pcp_disable', 'drain_all_pages']],
    ['v6.1.72', ['zone_pcp_disable', 'zone_pcp_disable']],
    ['v5.13', ['zone_pcp_disable']],
  ] as const)('%s', (version, expected) => {
    const seen: string[] = [];
    const k = bootKernel(version, [], q35(), {
      functions: new Set(['zone_pcp_disable', 'drain_all_pages']),
      enter: (fn) => seen.push(fn), leave: () => undefined, patched: () => undefined,
    });
    seen.length = 0;
    expect(drive(k.soft_offline_page(4 * SECTION, true))).toBe(0);
    expect(seen).toEqual(expected);
  });
});

/*
 *   | online section 4 | added, never online |
 */
describe('a page that is not online', () => {
  // Expect: refused since v5.4 (Ubuntu's 4.15 took soft offline alone); before it nobody looks, a
  // struct page that nobody initialised is read (v4.15 has zeroed it), and its count is 0 though it
  // is not free: -EIO of __get_any_page(), -EBUSY of memory_failure(). A page that had failed is
  // busy until v5.9.
  it.each([
    ['v5.10', -EIO, -ENXIO, false, 0],
    ['v5.4', -EIO, -ENXIO, false, -EBUSY],
    ['v4.15.0-125', -EIO, -EBUSY, false, -EBUSY],
    ['v5.3', -EIO, -EBUSY, true, -EBUSY],
  ] as const)('%s', (version, soft, hard, read, again) => {
    const k = bootKernel(version, [], q35());
    const pfn = 0x400000;
    drive(k.__add_memory(0, pfn, SECTION, 0));
    const before = k.state.costs.garbage_pages_read;
    expect(drive(k.soft_offline_page(pfn, true))).toBe(soft);
    expect(drive(k.memory_failure(pfn + 1))).toBe(hard);
    expect(k.state.costs.garbage_pages_read > before).toBe(read);
    expect(drive(k.soft_offline_page(SECTION, true))).toBe(0);
    expect(drive(k.soft_offline_page(SECTION, true))).toBe(again);
  });
});

describe('an error that was not corrected', () => {
  // Expect: one more in the same page was done up to v5.12. Of memory that nobody has, drivers may
  // have mapped some: from v6.19 on they are asked, and none has.
  it.each([['v7.3', -EHWPOISON, -EBUSY], ['v6.18', -EHWPOISON, -ENXIO],
    ['v5.13', -EHWPOISON, -ENXIO], ['v5.12', 0, -ENXIO]] as const)(
    '%s', (version, again, nowhere) => {
      const k = bootKernel(version, [], q35());
      expect(drive(k.memory_failure(4 * SECTION))).toBe(0);
      expect(drive(k.memory_failure(4 * SECTION))).toBe(again);
      expect(drive(k.memory_failure(0x400000))).toBe(nowhere);
      expect(k.state.num_poisoned_pages).toBe(1);
    });
});
