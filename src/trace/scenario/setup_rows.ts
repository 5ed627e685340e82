/** A scenario's machine as setup rows: what the kernel log of its boot would have told. */
import { hex } from '../../base/pfn.js';
import { distanceRows } from '../kernel_text/recording/qemu_distances.js';
import type { TraceRow } from '../trace.js';
import { Proximity } from './proximity.js';
import { windowRows } from './described_machine.js';
import { sizeOf, type QemuMemory, type Range } from './qemu_memory.js';
import type { Scenario } from './scenario.js';
import type { MachineSpec, NodeSpec } from './machine_spec.js';
import { wordsIn } from '../row_words.js';

const rangeText = ({ start, end }: Range): string => `start=${hex(start)} end=${hex(end)}`;

interface SratMemory extends Range { readonly domain: number; readonly isHotplug: boolean }

/** A machine with slots for DIMMs has a node even when the scenario names none. */
function nodesOf({ nodes, slots, memory }: MachineSpec): readonly NodeSpec[] {
  return nodes.length > 0 || slots === 0 ? nodes : [{ memory }];
}

/** Memory of the nodes in their order, then the window for DIMMs, which the last node has. */
function sratMemory(machine: MachineSpec, memory: QemuMemory): SratMemory[] {
  const nodes = nodesOf(machine);
  const rows: SratMemory[] = [];
  let from = 0;
  for (const [domain, node] of nodes.entries()) {
    const to = from + (node.memory === undefined ? 0 : sizeOf(node.memory));
    for (const range of memory.ranges(from, to)) rows.push({ ...range, domain, isHotplug: false });
    from = to;
  }
  const { window } = memory;
  if (nodes.length > 0 && window.start < window.end) {
    rows.push({ ...window, domain: nodes.length - 1, isHotplug: true });
  }
  return rows;
}

/** `0-1`, `3` as numbers. */
function cpuNumbers(list: string): number[] {
  const [first = 0, last = first] = list.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Domain of each CPU; those that no node names are on the first. */
function cpuDomains(machine: MachineSpec): number[] {
  const domains = new Array<number>(machine.cpus).fill(0);
  for (const [domain, { cpus }] of machine.nodes.entries()) {
    for (const cpu of cpus === undefined ? [] : cpuNumbers(cpus)) domains[cpu] = domain;
  }
  return domains;
}

export interface MachineRows {
  readonly rows: readonly TraceRow[];
  readonly proximity: Proximity;
}

/** The node that the SRAT gives an address to. */
export function nidAt(rows: readonly TraceRow[], address: number): number {
  return rows.find(({ event, args }) => {
    const { start = NaN, end = NaN } = wordsIn('srat_mem', args);
    return event === 'srat_mem' && start <= address && end > address;
  })?.nid ?? 0;
}

/** The rows that shape the machine, and how its nodes are numbered by the kernel. */
export function machineRows(
  { machine, cmdline, kernel: release }: Scenario, memory: QemuMemory,
): MachineRows {
  const srat = sratMemory(machine, memory);
  const cpus = cpuDomains(machine);
  const proximity = new Proximity(
    [...cpus, ...srat.map(({ domain }) => domain)], srat[0]?.domain ?? 0, cmdline);
  const distances = machine.distances.flatMap(([from, to, distance]) => {
    const [src, dst] = [proximity.nid(from), proximity.nid(to)];
    return src === undefined || dst === undefined ? [] : [[src, dst, distance] as const];
  });
  const named: readonly Omit<TraceRow, 'time_ns'>[] = [
    ...memory.e820().map((range) => (
      { event: 'e820', args: `${rangeText(range)} type=${range.type}` } as const)),
    ...cpus.map((domain, cpu) => (
      { event: 'srat_cpu', nid: proximity.nid(domain) ?? 0, args: `cpu=${cpu}` } as const)),
    ...srat.map(({ domain, isHotplug, ...range }) => ({
      event: 'srat_mem', nid: proximity.nid(domain) ?? 0,
      args: `${rangeText(range)}${isHotplug ? ' hotplug=1' : ''}`,
    } as const)),
  ];
  const rows = [
    ...named, ...windowRows(memory.cxlWindows, named, release), ...distanceRows(distances),
  ];
  return { rows: rows.map((row) => ({ time_ns: 0, ...row })), proximity };
}
