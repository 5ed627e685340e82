/**
 * Where ZONE_MOVABLE begins in a node that the kernel needs all of (kernelcore=):
 *
 *     0              0x7ffe0  0x80000   0x100000           0x180000
 *     [ node 0 ............ ]   |          [ node 1 ............ ]
 *
 * Expect: to v5.17 it is behind node 0, rounded up to a largest block, and the 32 pages in between
 * are present in a zone without a span; from v5.18 on node 0 has none.
 */
import { expect, test } from 'vitest';
import { at } from '../../src/base/assert.js';
import { ZONE_MOVABLE } from '../../src/linux/include/mmzone.js';
import { bootKernel, q35 } from './hotplug_machine.js';

const GiB = 2 ** 30;
const END = 0x7ffe0000;

test.each([
  ['v5.4', 32], ['v5.4.286', 0], ['v5.10', 32], ['v5.10.112', 0], ['v5.17', 32], ['v5.18', 0],
  ['v7.3', 0],
])('%s: %i pages', (version, pages) => {
  const k = bootKernel(version, [], q35({
    cmdline: 'kernelcore=3G',
    e820: [
      { start: 0, end: 0x9fc00, type: 'usable' }, { start: 0x100000, end: END, type: 'usable' },
      { start: 4 * GiB, end: 6 * GiB, type: 'usable' },
    ],
    srat: [
      { nid: 0, start: 0, end: 0xa0000, hotplug: false },
      { nid: 0, start: 0x100000, end: 2 * GiB, hotplug: false },
      { nid: 1, start: 4 * GiB, end: 6 * GiB, hotplug: false },
    ],
  }));
  const [zone, other] = [0, 1].map((nid) => at(k.NODE_DATA(nid).node_zones, ZONE_MOVABLE));
  expect([zone?.spanned_pages, zone?.present_pages]).toEqual([0, pages]);
  expect(other?.present_pages).toBeGreaterThan(0);
  const lines = k.state.log.map(({ text }) => text).filter((text) => /^ {2}Node 0: /.test(text));
  expect(lines).toEqual(pages > 0 ? ['  Node 0: 0x0000000080000000'] : []);
});
