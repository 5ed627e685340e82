/** Random machines: nodes with and without memory and CPUs, odd sizes, distances, virtio-mem. */
import type { Random } from '../../../base/random.js';
import type { MachineSpec, NodeSpec, VirtioMemSpec } from '../machine_spec.js';

/** What a kernel, its initramfs and the recorder boot in, MiB. */
const LEAST_MB = 640;

type Distance = readonly [number, number, number];

const megabytes = (size: number): string => `${size}M`;

/** Whole blocks of 128 MiB as often as not, else a size that ends inside of one. */
function nodeSize(random: Random, least: number): number {
  const size = random.oneIn(2) ? random.between(2, 12) * 128 : random.between(130, 1500);
  return Math.max(size, least);
}

/** `0-1`, `2`: each node that may have CPUs gets some until none is left. */
function cpuLists(random: Random, cpus: number, nodes: number): (string | undefined)[] {
  const lists: (string | undefined)[] = [];
  for (let [nid, first] = [0, 0]; nid < nodes; nid++) {
    const isLast = nid === nodes - 1;
    const count = isLast ? cpus - first : random.between(nid === 0 ? 1 : 0, cpus - first);
    lists.push(count === 0 ? undefined
      : count === 1 ? `${first}` : `${first}-${first + count - 1}`);
    first += count;
  }
  return lists;
}

/** Nodes with memory first, then those that wait for it, as QEMU's firmware likes them. */
function nodesOf(random: Random, cpus: number): { nodes: NodeSpec[]; total: number } {
  const withMemory = random.pick([1, 1, 1, 2, 2, 3]);
  const empty = random.between(withMemory === 1 ? 1 : 0, 4 - withMemory);
  const sizes = Array.from({ length: withMemory }, (_, nid) =>
    nodeSize(random, nid === 0 ? LEAST_MB : 0));
  const lists = cpuLists(random, cpus, withMemory);
  const nodes = sizes.map((size, nid): NodeSpec => {
    const list = lists[nid];
    return { memory: megabytes(size), ...(list === undefined ? {} : { cpus: list }) };
  });
  for (let count = 0; count < empty; count++) nodes.push({});
  return { nodes, total: sizes.reduce((sum, size) => sum + size, 0) };
}

/** One for each pair of nodes; QEMU makes the way back as long. */
function distancesOf(random: Random, nodes: number): readonly Distance[] {
  const found: Distance[] = [];
  for (let from = 0; from < nodes; from++) {
    for (let to = from + 1; to < nodes; to++) found.push([from, to, random.between(11, 60)]);
  }
  return found;
}

function virtioMemOf(random: Random, nodes: number): readonly VirtioMemSpec[] {
  const count = random.pick([0, 0, 0, 1, 1, 2]);
  return Array.from({ length: count }, (_, index) => ({
    id: `vm${index + 1}`, size_mb: random.pick([256, 512, 1024]),
    node: random.between(0, nodes - 1), requested_mb: 0,
    block_mb: random.pick([2, 2, 2, 4, 32, 128, 256]),
  }));
}

/** A machine that QEMU 7.2 boots; at most 6 GiB. */
export function randomMachine(random: Random): MachineSpec {
  const type = random.pick(['q35', 'pc'] as const);
  const cpus = random.pick([1, 2, 2, 2, 3, 4]);
  const isFlat = random.oneIn(5);
  const { nodes, total } = isFlat
    ? { nodes: [], total: nodeSize(random, LEAST_MB) + random.pick([0, 0, 1024, 2560]) }
    : nodesOf(random, cpus);
  const distances = nodes.length > 1 && random.oneIn(3) ? distancesOf(random, nodes.length) : [];
  return {
    type, cpus, memory: megabytes(total), slots: 16, maxmem: '32G', nodes, distances,
    virtio_mem: virtioMemOf(random, Math.max(1, nodes.length)), cxl: [],
  };
}
