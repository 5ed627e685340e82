import { expect, test } from 'vitest';
import { machineOf, machineText } from '../../src/replay/machine.js';
import { replay } from '../../src/replay/replay.js';
import type { Trace } from '../../src/trace/trace.js';
import { recording, traceOf } from './rig.js';

test('the setup rows of a recording give the machine it ran on', async () => {
  const machine = machineOf(await recording('zonelist-withheld-managed'));
  expect(machine.cpus).toEqual([0, 0]);
  expect(machine.pages_per_block).toBe(32768);
  expect(machine.srat.filter((range) => !range.hotplug).map((range) => range.nid)).toContain(0);
  expect(machine.e820.filter((range) => range.type === 'usable').length).toBeGreaterThan(1);
  expect(machine.managed_at_boot).toContainEqual({ nid: 0, zone: 0, pages: 3840 });
  expect(machineText(machine)).toBe('2 CPUs, 2 nodes, 1023 MiB, memory blocks of 128 MiB');
});

test('pages freed after the first watermarks are those of initrd, initmem and the gaps', () => {
  const more = { event: 'e820', args: 'start=0x100000000 end=0x120000000 type=usable' } as const;
  const trace = (alternatives: string, ...rows: (typeof more)[]): Trace => traceOf([
    ...rows,
    { event: 'freed_at_boot', nr_pages: 10, args: 'what=initrd' },
    { event: 'freed_at_boot', nr_pages: 20, args: 'what=initmem' },
    { event: 'freed_at_boot', nr_pages: 4000, args: `what=${alternatives}` },
  ], { kernel: '7.2.12', config: { TRANSPARENT_HUGEPAGE: 'y' } });
  expect(machineOf(trace('SMP_alternatives')).freed_after_wmarks).toBe(30);
  expect(machineOf(trace('SMP_alternatives initcall=1')).freed_after_wmarks).toBe(4030);
  // v7.1 and v7.2: an arch initcall, behind init_per_zone_wmark_min() and before hugepage_init().
  // Expect: only a machine with less than 512 MiB, which leaves huge pages off, does not see them.
  const high = (alternatives: string, ...rows: (typeof more)[]): number => {
    const { nodes } = replay(trace(alternatives, ...rows), { version: 'v7.2', series: [] }).state;
    return nodes[0]?.node_zones[1]?.pcp.high_max ?? NaN;
  };
  expect(high('SMP_alternatives initcall=1', more)).toBe(high('SMP_alternatives', more));
  expect(high('SMP_alternatives initcall=1')).toBeLessThan(high('SMP_alternatives'));
});

test('distances that no row gives are left to the default', () => {
  const machine = machineOf(traceOf([
    { event: 'numa_distance', nid: 1, args: 'to=0 distance=31' },
    { event: 'srat_cpu', nid: 1, args: 'cpu=1' },
  ], { cpus: 3 }));
  expect(machine.distance[1]?.[0]).toBe(31);
  expect(machine.distance[0]).toBeUndefined();
  expect(machine.cpus).toEqual([0, 1, 0]);
});

test.each([
  [{ event: 'e820', args: 'start=0x2000 end=0x1000 type=usable' },
    'e820: end is 0x1000, expected it above start, 0x2000'],
  [{ event: 'e820', args: 'start=0x0 end=0x1000' }, 'e820: type= is missing'],
  [{ event: 'e820', args: 'start=0x0 end=0x1000000000000 type=usable' }, 'expected up to 64 TiB'],
  [{ event: 'srat_cpu', args: 'cpu=1' }, 'srat_cpu: nid is no node\'s number'],
  [{ event: 'srat_cpu', nid: 0, args: 'cpu=100000' }, 'srat_cpu: cpu is 100000, expected'],
] as const)('a setup row that makes no machine is refused: %s', (row, message) => {
  expect(() => machineOf(traceOf([row]))).toThrow(message);
});

test('more e820 rows than a table of the kernel has room for are refused', () => {
  const more = (count: number): Trace => traceOf(Array.from({ length: count }, (_, index) => ({
    event: 'e820', args: `start=${(index + 1) * 0x2000} end=${(index + 2) * 0x2000} type=usable`,
  })));
  const others = machineOf(more(0)).e820.length;
  // Expect: 3200 make a machine (E820_MAX_ENTRIES for 1024 nodes), one more is refused.
  expect(machineOf(more(3200 - others)).e820).toHaveLength(3200);
  expect(() => machineOf(more(3201 - others))).toThrow('3201 e820 rows, expected up to 3200');
});
