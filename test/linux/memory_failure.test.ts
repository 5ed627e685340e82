/** mm/memory-failure.c: pages that are taken out of use. */
import { describe, expect, it } from 'vitest';
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
