import { createHash } from 'node:crypto';
import { CXL_WINDOW_MB } from '../trace/scenario/qemu_memory.js';
import type { MachineSpec, NodeSpec, VirtioMemSpec } from '../trace/scenario/machine_spec.js';

/** A path within an option of QEMU, in which a comma begins the next word. */
export function optionPath(path: string): string {
  return path.replaceAll(',', ',,');
}

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

/** A number that the guest finds the device by. */
export function cxlSerial(id: string): string {
  return `0x${createHash('sha256').update(id).digest('hex').slice(0, 12)}`;
}

/**
 * Windows, one host bridge that all of them lead to, and behind a port of its own each device. They
 * are the last arguments: a device without a `bus` goes to the bus that came last.
 */
export function cxlArgs({ cxl, fixed_windows = 1 }: MachineSpec): string[] {
  if (cxl.length === 0) return [];
  const windows = Array.from({ length: fixed_windows }, (_, index) =>
    `cxl-fmw.${index}.targets.0=cxl.0,cxl-fmw.${index}.size=${CXL_WINDOW_MB}M`);
  return ['-machine', ['cxl=on', ...windows].join(','),
    '-device', 'pxb-cxl,bus_nr=12,bus=pcie.0,id=cxl.0',
    ...cxl.flatMap(({ id, size_mb }, index) => [
      '-object', `memory-backend-ram,id=${id}-ram,size=${size_mb}M`,
      '-device', `cxl-rp,port=${index},bus=cxl.0,id=${id}-port,chassis=0,slot=${index + 2}`,
      '-device', `cxl-type3,bus=${id}-port,volatile-memdev=${id}-ram,id=${id},sn=${cxlSerial(id)}`,
    ])];
}

/** QEMU's arguments for the memory, the nodes and their distances; `info.json` carries them. */
export function memoryArgs(machine: MachineSpec): string[] {
  return ['-m', `${machine.memory},slots=${machine.slots},maxmem=${machine.maxmem}`,
    ...machine.nodes.flatMap(nodeArgs),
    ...machine.distances.flatMap(([src, dst, val]) =>
      ['-numa', `dist,src=${src},dst=${dst},val=${val}`]),
    ...machine.virtio_mem.flatMap(virtioMemArgs)];
}
