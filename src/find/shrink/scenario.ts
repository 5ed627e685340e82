/** A scenario made smaller: steps away, nodes, devices, CPUs, sizes, boot parameters. */
import { MIB } from '../../base/pfn.js';
import { blockSize } from '../../trace/block_size.js';
import type { Step } from '../../trace/scenario/actions.js';
import { QemuMemory } from '../../trace/scenario/qemu_memory.js';
import type { Scenario } from '../../trace/scenario/scenario.js';
import type { ScenarioCase } from '../case.js';
import { reduceList, type Dependents } from './reduce.js';
import type { MachineSpec } from '../../trace/scenario/machine_spec.js';
import type { Test } from './still_shows.js';

/** What a kernel and its initramfs boot in, MiB. */
const LEAST_MB = 640;

/** A DIMM that is not there cannot be removed. */
const dependents: Dependents = (list) => {
  const steps = list as readonly Step[];
  return steps.map(({ action, id }, index) => {
    const at = action !== 'add-dimm' ? -1 : steps.findIndex((step, place) =>
      place > index && step.action === 'remove-dimm' && step.id === id);
    return at < 0 ? undefined : at;
  });
};

const withScenario = (one: ScenarioCase, change: Partial<Scenario>): ScenarioCase =>
  ({ ...one, scenario: { ...one.scenario, ...change } });

/** Blocks of DIMMs have other numbers where the boot memory has another size. */
function renumbered(steps: readonly Step[], from: MachineSpec, to: MachineSpec): readonly Step[] {
  const [before, after] = [new QemuMemory(from), new QemuMemory(to)];
  const [old, now] = [before, after].map((memory) =>
    blockSize(memory.end, '', false, memory.cxlWindows).bytes) as [number, number];
  const first = Math.floor(before.window.start / old);
  const shift = Math.floor(after.window.start / now) - first;
  return steps.map((step) => (step.block === undefined || Number(step.block) < first ? step
    : { ...step, block: Number(step.block) + shift }));
}

/** The same machine but for this; blocks keep what they mean. */
function onMachine(one: ScenarioCase, change: Partial<MachineSpec>): ScenarioCase {
  const machine = { ...one.scenario.machine, ...change };
  const steps = renumbered(one.scenario.steps, one.scenario.machine, machine);
  return withScenario(one, { machine, steps });
}

const text = (mb: number): string => `${mb}M`;

/** The boot memory is the sum of the nodes' memory. */
function withNodes(one: ScenarioCase, nodes: MachineSpec['nodes']): ScenarioCase {
  const mb = nodes.reduce((sum, { memory = '0M' }) => sum + Number(memory.slice(0, -1)), 0);
  return onMachine(one, nodes.length === 0 ? { nodes } : { nodes, memory: text(mb) });
}

/** Without node `gone`: steps of it, and of those behind it, are of the node before. */
function withoutNode(one: ScenarioCase, gone: number): ScenarioCase {
  const { nodes, distances, virtio_mem } = one.scenario.machine;
  const other = (node: number): number => (node >= gone ? Math.max(0, node - 1) : node);
  const less = withNodes(one, nodes.filter((_, index) => index !== gone));
  const machine = {
    ...less.scenario.machine,
    distances: distances.filter(([from, to]) => from !== gone && to !== gone)
      .map(([from, to, distance]) => [other(from), other(to), distance] as const),
    virtio_mem: virtio_mem.map((device) => ({ ...device, node: other(device.node) })),
  };
  const steps = less.scenario.steps.map((step) => (step.node === undefined ? step
    : { ...step, node: other(Number(step.node)) }));
  return withScenario(less, { machine, steps });
}

type Change = (one: ScenarioCase) => ScenarioCase;

function nodeChanges({ scenario }: ScenarioCase): Change[] {
  const { nodes } = scenario.machine;
  return [
    ...nodes.map((_, index): Change => (one) => withoutNode(one, index)),
    ...nodes.flatMap(({ memory }, index): Change[] => (memory === undefined ? []
      : [index === 0 ? LEAST_MB : 256].filter((mb) => mb < Number(memory.slice(0, -1)))
        .map((mb) => (one) => withNodes(one, one.scenario.machine.nodes.map((node, at) =>
          (at === index ? { ...node, memory: text(mb) } : node)))))),
  ];
}

function machineChanges({ scenario }: ScenarioCase): Change[] {
  const { nodes, memory, distances, virtio_mem, cpus } = scenario.machine;
  const mb = memory.endsWith('M') ? Number(memory.slice(0, -1)) : Infinity;
  return [
    ...(nodes.length === 0 ? [LEAST_MB, 1024].filter((size) => size < mb)
      .map((size): Change => (one) => onMachine(one, { memory: text(size) })) : []),
    ...(distances.length > 0 ? [((one) => onMachine(one, { distances: [] })) as Change] : []),
    ...virtio_mem.map(({ id }): Change => (one) => onMachine(one, {
      virtio_mem: one.scenario.machine.virtio_mem.filter((device) => device.id !== id) })),
    ...(cpus > 1 ? [((one) => onMachine(one, {
      cpus: 1, nodes: one.scenario.machine.nodes.map(({ cpus: _, ...node }, index) =>
        (index === 0 ? { ...node, cpus: '0' } : node)) })) as Change] : []),
  ];
}

function wordChanges({ scenario, config }: ScenarioCase): Change[] {
  const words = scenario.cmdline.split(' ').filter((word) => word !== '');
  return [
    ...words.map((word): Change => (one) => withScenario(one, {
      cmdline: one.scenario.cmdline.split(' ').filter((other) => other !== word).join(' ') })),
    ...Object.keys(config).map((name): Change => (one) => {
      const { [name]: _, ...rest } = one.config;
      return { ...one, config: rest };
    }),
  ];
}

/** A DIMM of one block: what lay behind it moves. */
function dimmChanges({ scenario }: ScenarioCase): Change[] {
  return scenario.steps.flatMap(({ action, size_mb }, index): Change[] => {
    const memory = new QemuMemory(scenario.machine);
    const least = blockSize(memory.end, '', false, memory.cxlWindows).bytes / MIB;
    if (action !== 'add-dimm' || Number(size_mb) <= least) return [];
    return [(one) => withScenario(one, {
      steps: one.scenario.steps.map((step, at) =>
        (at === index ? { ...step, size_mb: least } : step)) })];
  });
}

/** The smallest scenario that still passes. */
export function shrinkScenario(given: ScenarioCase, test: Test<ScenarioCase>): ScenarioCase {
  let one = given;
  const holds = (less: ScenarioCase): boolean => test(less) !== undefined;
  for (let before = ''; before !== JSON.stringify(one);) {
    before = JSON.stringify(one);
    const now = one;
    const { list } = reduceList(one.scenario.steps,
      (steps) => holds(withScenario(now, { steps })), dependents);
    one = withScenario(one, { steps: list });
    for (const make of [nodeChanges, machineChanges, wordChanges, dimmChanges]) {
      // What held makes other places of what is left: looked at anew from the begin.
      for (let changes = make(one), at = 0; at < changes.length;) {
        const less = (changes[at] as Change)(one);
        at += 1;
        if (JSON.stringify(less) === JSON.stringify(one) || !holds(less)) continue;
        one = less;
        [changes, at] = [make(one), 0];
      }
    }
  }
  return one;
}
