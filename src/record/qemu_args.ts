import type { MachineSpec, NodeSpec, VirtioMemSpec } from '../trace/scenario/machine_spec.js';

function nodeArgs(node: NodeSpec, nid: number): string[] {
  const words = [`node,nodeid=${nid}`];
  if (node.cpus !== undefined) words.push(`cpus=${node.cpus}`);
  if (node.memory === undefined) return ['-numa', words.join(',')];
  words.push(`memdev=m${nid}`);
  return ['-object', `memory-backend-ram,id=m${nid},size=${node.memory}`, '-numa', words.join(',')];
}

function virtioMemArgs(device: VirtioMemSpec): string[] {
  const block = device.block_mb === undefined ? '' : `,block-size=${device.block_mb}M`;
  return ['-object', `memory-backend-ram,id=${device.id}-ram,size=${device.size_mb}M`, '-device',
    `virtio-mem-pci,id=${device.id},memdev=${device.id}-ram,node=${device.node},` +
    `requested-size=${device.requested_mb}M${block}`];
}

/** QEMU's arguments for the memory, the nodes and their distances; `info.json` carries them. */
export function memoryArgs(machine: MachineSpec): string[] {
  return ['-m', `${machine.memory},slots=${machine.slots},maxmem=${machine.maxmem}`,
    ...machine.nodes.flatMap(nodeArgs),
    ...machine.distances.flatMap(([src, dst, val]) =>
      ['-numa', `dist,src=${src},dst=${dst},val=${val}`]),
    ...machine.virtio_mem.flatMap(virtioMemArgs)];
}
