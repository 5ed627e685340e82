import { expect, test } from 'vitest';
import { replay } from '../../src/replay/replay.js';
import { traceOf } from './rig.js';

/*
 *  0x13f000        0x140000           0x148000
 *  |-- Normal -----|-- Movable, DIMM --|
 *            |-- asked for --|
 *
 * Expect: a range of two zones is told with its row: the lists of one would have the other's pages,
 * and who walked them came to no end.
 */
test('a range of two zones is no range that anybody allocates', () => {
  const trace = (pfn: number) => traceOf([
    { event: 'e820', args: 'start=0x100000 end=0x32000000 type=usable' },
    { event: 'e820', args: 'start=0x100000000 end=0x140000000 type=usable' },
    { event: 'add_memory', nid: 0, pfn: 0x140000, nr_pages: 32768 },
    { event: 'online_movable', pfn: 0x140000, nr_pages: 32768 },
    { event: 'mm_page_alloc', pfn: 0x144000, order: 0, migratetype: 1 },
    { event: 'alloc_contig_pages', pfn, nr_pages: 1024 },
  ]);
  const run = (pfn: number): unknown => replay(trace(pfn), { version: 'v6.1', series: [] });
  expect(() => run(0x13fe00)).toThrow(/the range lies in several zones, expected pages of one$/);
  expect(() => run(0x140000)).not.toThrow();
});
