import { expect, test } from 'vitest';
import { machineOf, machineText } from '../../src/replay/machine.js';
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
  const machine = machineOf(traceOf([
    { event: 'freed_at_boot', nr_pages: 10, args: 'what=initrd' },
    { event: 'freed_at_boot', nr_pages: 20, args: 'what=initmem' },
    { event: 'freed_at_boot', nr_pages: 40, args: 'what=SMP_alternatives' },
  ]));
  expect(machine.freed_after_wmarks).toBe(30);
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
