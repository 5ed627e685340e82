/** Recordings with virtio-mem devices: what the hypervisor wanted, and what was in the way. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it, test } from 'vitest';
import { BusyScan, busyNeedles } from '../../src/trace/kernel_text/recording/busy_ranges.js';
import {
  inRegion, readVirtioMemLine, virtioMemIds, type VirtioMemDevice,
} from '../../src/trace/kernel_text/recording/virtio_mem.js';
import { readTrace } from '../../src/trace/read.js';

const recordings = fileURLToPath(new URL('../../traces/recordings/', import.meta.url));

describe.each(['virtio-mem-6.1', 'virtio-mem-6.12'])('%s', (name) => {
  it('has what the device asked for as inputs, and what its driver did as its doing', async () => {
    const { trace, problems } = await readTrace(recordings + name);
    expect(problems).toEqual([]);
    const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
    const wishes = rows.filter(({ event }) => event === 'virtio_mem_config_changed');
    expect(wishes.map(({ nid, pfn, nr_pages }) => [nid, pfn, nr_pages]))
      .toEqual(Array.from({ length: 4 }, () => [1, 0x100000, 0x40000]));
    expect(wishes.map(({ args }) => args)).toEqual(
      ['0xc800000', '0x18000000', '0x6400000', '0x0'].map((size) =>
        `device=virtio0 block_size=0x200000 requested_size=${size} auto_online=online_movable`));
    const plugged = rows.filter(({ event }) => event === 'virtio_mem_plugged_size');
    expect(plugged.map(({ nr_pages }) => nr_pages)).toEqual([51200, 98304, 25600, 0]);
    const calls = rows.filter(({ event, phase }) => phase === 'B' &&
      ['add_memory', 'remove_memory', 'online_movable', 'offline'].includes(event));
    expect(calls).toHaveLength(12);
    expect(calls.every(({ args }) => args?.startsWith('auto=1'))).toBe(true);
  });
});

/*
 *   QEMU     asks vm1 for 300 MiB, vm2 for 420 MiB ...................... vm1, vm2, vm1
 *   step 1   ......................................  insmod virtio_mem
 *   2 to 4   ..........................................................  ask as QEMU does
 *
 * Expect: what the driver read when it was loaded is an input at that time, in the order of the
 * log; what the steps asked for is one input each, not two.
 */
it('two devices have what they were asked for before a shell step loaded the driver', async () => {
  const { trace, problems } = await readTrace(`${recordings}virtio-mem-two-at-once-7.3`);
  expect(problems).toEqual([]);
  const rows = Array.from({ length: trace.length }, (_, row) => trace.row(row));
  const wishes = rows.filter(({ event }) => event === 'virtio_mem_config_changed')
    .map(({ args = '', time_ns }) => {
      const [, device, mib] = /device=(\w+).*requested_size=(0x\w+)/.exec(args) ?? [];
      const step = rows.findLast((row) => row.time_ns <= time_ns
        && row.event === 'tracing_mark_write' && row.args?.startsWith('step'))?.args;
      return [device, Number(mib) / 2 ** 20, step?.split(':')[0]];
    });
  expect(wishes).toEqual([
    ['virtio0', 300, 'step 1'], ['virtio1', 420, 'step 1'], ['virtio0', 600, 'step 2'],
    ['virtio1', 0, 'step 3'], ['virtio0', 0, 'step 4'],
  ]);
});

describe('devices in the kernel log', () => {
  const devices = new Map<string, VirtioMemDevice>();
  const lines = [
    'virtio_mem virtio2: start address: 0x100000000', 'virtio_mem virtio2: region size: 0x40000000',
    'virtio_mem virtio2: device block size: 0x200000', 'virtio_mem virtio2: nid: 1',
    'virtio_mem virtio2: requested size: 0x0', 'virtio_mem virtio2: requested size: 0xc800000',
    'virtio_mem virtio3: start address: 0x140000000', 'virtio_mem virtio3: memory block onlining',
  ];
  lines.forEach((line, index) => readVirtioMemLine(devices, line, index));

  it('are known by what their driver prints', () => {
    expect([...devices.values()]).toEqual([
      { name: 'virtio2', start: 0x100000000, size: 0x40000000, block_size: 0x200000, nid: 1,
        first: { time_ns: 4, requested_size: 0 },
        sizes: [{ time_ns: 4, line: 0, requested_size: 0 },
          { time_ns: 5, line: 0, requested_size: 0xc800000 }] },
      { name: 'virtio3', start: 0x140000000, sizes: [] },
    ]);
    expect(inRegion(devices.values(), 0x13f000, 0x1000)).toBe(true);
    expect(inRegion(devices.values(), 0x13f000, 0x1001)).toBe(false);
  });

  it('have the ids of the arguments of QEMU, in order', () => {
    const args = ['-device', 'virtio-mem-pci,id=a,node=1', '-device', 'virtio-serial-pci,id=x',
      '-device', 'virtio-mem-pci,memdev=m,id=b'];
    expect([...virtioMemIds(args, devices)].map(([id, { name }]) => [id, name]))
      .toEqual([['a', 'virtio2'], ['b', 'virtio3']]);
  });
});

/*
 *   QEMU     a (256 MiB blocks), b (2 MiB)
 *   v5.10    virtio0 is refused, of which only that is printed; virtio1 is b
 */
test.each(['virtio_mem: probe of virtio0 failed with error -22',
  'virtio_mem virtio0: probe with driver virtio_mem failed with error -22'])(
  'a device that the driver does not take keeps its place: %s', (refused) => {
    const devices = new Map<string, VirtioMemDevice>();
    for (const text of [refused, 'virtio_mem virtio1: start address: 0x110000000']) {
      readVirtioMemLine(devices, text, 0);
    }
    const args = ['-device', 'virtio-mem-pci,id=a', '-device', 'virtio-mem-pci,id=b'];
    expect([...virtioMemIds(args, devices)].map(([id, { name, start }]) => [id, name, start]))
      .toEqual([['a', 'virtio0', undefined], ['b', 'virtio1', 0x110000000]]);
  });

describe('ranges that could not be allocated', () => {
  function busy(lines: readonly string[]): unknown[] {
    const scan = new BusyScan();
    lines.forEach((line, index) => {
      const needle = busyNeedles.find((one) => line.includes(one));
      if (needle !== undefined) scan.add(line, needle, index);
    });
    return scan.ranges().map(({ row }) => [row.pfn, row.nr_pages, row.ret, row.args]);
  }
  const event = (text: string): string => `     kworker/1:0-23      [001] .....    19.5: ${text}`;
  const begin = [
    event('alloc_contig_range: (f+0x0/0x1) start_pfn=0x100000 end_pfn=0x108000 migratetype=1'),
    event('start_isolate_page_range: (f+0x0/0x1) start_pfn=0x100000 end_pfn=0x108000'),
  ];

  it('name the pageblock that could not be isolated, as far as the events tell', () => {
    expect(busy([
      ...begin,
      event('undo_isolate_page_range: (f+0x0/0x1) start_pfn=0x100000 end_pfn=0x100200'),
      event('start_isolate_page_range_ret: (a <- b) ret=-16'),
      event('undo_isolate_page_range: (f+0x0/0x1) start_pfn=0x100000 end_pfn=0x108000'),
      event('alloc_contig_range_ret: (a <- b) ret=-16'),
    ])).toEqual([[0x100000, 0x8000, -16, 'stage=isolate fin_pfn=0x100200']]);
  });

  it('name the page that was still in use after migration', () => {
    expect(busy([
      ...begin, event('start_isolate_page_range_ret: (a <- b) ret=0'),
      event('test_pages_isolated: start_pfn=0x100000 end_pfn=0x108000 fin_pfn=0x100234 ret=fail'),
      event('undo_isolate_page_range: (f+0x0/0x1) start_pfn=0x100000 end_pfn=0x108000'),
      event('alloc_contig_range_ret: (a <- b) ret=0xfffffff0'),
    ])).toEqual([[0x100000, 0x8000, -16, 'stage=test fin_pfn=0x100234']]);
  });

  it('are none when the calls succeed', () => {
    expect(busy([
      ...begin, event('start_isolate_page_range_ret: (a <- b) ret=0'),
      event('alloc_contig_range_ret: (a <- b) ret=0'),
    ])).toEqual([]);
  });
});
