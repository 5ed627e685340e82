/** Patches of mm/hugetlb.c, on traces where they part. */
import { expect, test } from 'vitest';
import { definePatch } from '../../src/patch/define.js';
import { traceOf } from '../replay/rig.js';
import { plain, seenOf } from './run.js';

const pool = '/sys/devices/system/node/node1/hugepages/hugepages-2048kB/nr_hugepages';
const block = { pfn: 0x100000, nr_pages: 32768 };

/**
 *     node 0: boot memory         node 1: a DIMM of two blocks
 *     20 huge pages on node 1, all reserved by a task, given back by the administrator: surplus;
 *     then the block with them goes offline and they are dissolved.
 *
 * Expect: 20 of 0 pages of node 1 are surplus (H1); with the fix of v6.14 none is.
 */
test('surplus pages that are dissolved', async () => {
  const trace = traceOf([
    { event: 'e820', args: 'start=0x20000000 end=0x80000000 type=usable' },
    { event: 'srat_mem', nid: 0, args: 'start=0x0 end=0x80000000' },
    { event: 'srat_mem', nid: 1, args: 'start=0x100000000 end=0x200000000 hotplug=1' },
    { event: 'add_memory', task: 'a', nid: 1, pfn: 0x100000, nr_pages: 65536 },
    { event: 'online_movable', task: 'a', ...block },
    { event: 'write_parameter', task: 'a', args: `file=${pool} value=20` },
    { event: 'hugetlb_acct_memory', task: 'b', nid: 1, nr_pages: 20 },
    { event: 'write_parameter', task: 'a', args: `file=${pool} value=0` },
    { event: 'write_parameter', task: 'a',
      args: `file=${pool.replace('node1', 'node0')} value=30` },
    { event: 'offline', task: 'a', ...block },
  ], { kernel: '6.11.0' });
  const fix = definePatch({
    ...plain, id: 'test/surplus', base: 'v6.11', config: { hugetlb_dissolves_surplus: true },
  });
  const base = await seenOf(trace, 'v6.11');
  expect(base.broken).toContain('H1');
  expect(base.state('huge pages of node 1')).toBe('total=0 free=0 surplus=20');
  const fixed = await seenOf(trace, 'v6.11', fix);
  expect(fixed.broken).not.toContain('H1');
  expect(fixed.state('huge pages of node 1')).toBe('total=0 free=0 surplus=0');
});
