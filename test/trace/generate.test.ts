import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/random.js';
import { sizeOf } from '../../src/trace/scenario/qemu_memory.js';
import { generateScenario, generateScenarioFile }
  from '../../src/trace/scenario/generate/generate.js';

const seeds = Array.from({ length: 400 }, (_, seed) => seed);

describe('numbers of a seed', () => {
  test('are the same, reach both ends and stay between them', () => {
    const [a, b] = [new Random(7), new Random(7)];
    const list = Array.from({ length: 1000 }, () => a.between(3, 6));
    expect(list).toEqual(Array.from({ length: 1000 }, () => b.between(3, 6)));
    expect([...new Set(list)].sort()).toEqual([3, 4, 5, 6]);
    expect(new Random(8).next()).not.toBe(new Random(7).next());
  });
});

describe('random scenarios', () => {
  test('the same seed makes the same bytes, another one others', () => {
    const text = (seed: number) => JSON.stringify(generateScenarioFile(seed));
    expect(seeds.map(text)).toEqual(seeds.map(text));
    expect(new Set(seeds.map(text)).size).toBe(seeds.length);
  });

  /*
   *   -m 2573M  =  node0 896M + node1 781M + node2 896M + node3 nothing
   * Expect: memory and CPUs of the nodes add up to those of the machine, as QEMU asks for.
   */
  test.each(seeds.map((seed) => [seed] as const))('seed %i is a machine for QEMU', (seed) => {
    const { machine } = generateScenario(seed);
    const { nodes, cpus, memory } = machine;
    if (nodes.length === 0) return;
    const total = nodes.reduce((sum, node) => sum + sizeOf(node.memory ?? '0M'), 0);
    expect(total).toBe(sizeOf(memory));
    const listed = nodes.flatMap((node) => {
      const [first, last = first] = (node.cpus ?? '').match(/\d+/g)?.map(Number) ?? [];
      return first === undefined || last === undefined ? []
        : Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
    expect(listed).toEqual(Array.from({ length: cpus }, (_, cpu) => cpu));
    expect(nodes.length).toBeLessThanOrEqual(4);
  });

  test('every kind of machine, boot parameter and step comes', () => {
    const all = seeds.map((seed) => generateScenario(seed));
    const words = all.map(({ cmdline }) => cmdline).join(' ');
    for (const word of ['kernelcore', 'movablecore', 'movable_node', 'memmap_on_memory',
      'auto-movable', 'memhp_default_state=online_movable', 'hugepages']) {
      expect(words).toContain(word);
    }
    const actions = new Set(all.flatMap(({ steps }) => steps.map(({ action }) => action)));
    for (const action of ['add-dimm', 'remove-dimm', 'virtio-mem', 'online', 'online_kernel',
      'online_movable', 'offline', 'write', 'notifier-error', 'fill-memory']) {
      expect(actions).toContain(action);
    }
    expect(new Set(all.map(({ machine }) => machine.nodes.length))).toEqual(new Set([0, 2, 3, 4]));
    expect(all.filter(({ level }) => level === 'page').length).toBeGreaterThan(seeds.length / 3);
    expect(all.some(({ machine }) => machine.distances.length > 0)).toBe(true);
  });

  /*
   * Expect: what is rare comes too, nothing of the usual scenario goes but the order of its nodes,
   * and memory and CPUs stay those of the machine.
   */
  test('wide ones have all of it, on top of the usual one', () => {
    const wide = seeds.map((seed) => generateScenario(seed, { wide: true }));
    const words = wide.map(({ cmdline }) => cmdline).join(' ');
    for (const word of ['numa=fake=', 'memmap=', 'page_alloc.shuffle', 'hugetlb_free_vmemmap',
      'memmap_on_memory=force', 'reserve_mem', 'kernelcore=mirror']) {
      expect(words).toContain(word);
    }
    const actions = new Set(wide.flatMap(({ steps }) => steps.map(({ action }) => action)));
    expect(actions).toContain('offline-begin');
    const memoryless = ({ memory, cpus }: { memory?: string; cpus?: string }): boolean =>
      memory === undefined && cpus !== undefined;
    expect(wide.some(({ machine }) => machine.nodes.some(memoryless))).toBe(true);
    for (const [seed, { cmdline, machine, steps }] of wide.entries()) {
      const usual = generateScenario(seed);
      expect(cmdline.startsWith(usual.cmdline)).toBe(true);
      expect(machine.nodes.map(({ memory }) => memory).sort())
        .toEqual(usual.machine.nodes.map(({ memory }) => memory).sort());
      expect(machine.nodes.map(({ cpus }) => cpus).sort())
        .toEqual(usual.machine.nodes.map(({ cpus }) => cpus).sort());
      expect(steps.length).toBeGreaterThan(usual.steps.length);
    }
  });

  test('a level that is asked for is taken, and changes nothing else of the machine', () => {
    const machines = (level?: 'hotplug' | 'page') => seeds.slice(0, 50)
      .map((seed) => generateScenario(seed, level === undefined ? {} : { level }).machine);
    expect(machines('page')).toEqual(machines());
    expect(generateScenario(1, { level: 'page' }).level).toBe('page');
  });
});
