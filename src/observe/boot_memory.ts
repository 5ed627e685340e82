/** Which memory the boot had, and which node it is of, before the kernel made anything of it. */
import { parameters } from '../base/command_line.js';
import { PAGE_SIZE, pfnDown, pfnUp } from '../base/pfn.js';
import type { Kernel } from '../linux/base/kernel.js';
import { E820_RAM } from '../linux/base/machine.js';

/** Pages [start, end) of a node. */
interface NodeRange {
  readonly nid: number;
  readonly start: number;
  readonly end: number;
}

const everything = [{ nid: 0, start: 0, end: Number.MAX_SAFE_INTEGER * PAGE_SIZE }] as const;

/**
 * Nodes by the firmware, in bytes, but where the command line has them otherwise: one of all
 * memory, or those that numa=fake= cuts, which nobody but the kernel knows.
 */
function nodesTold(k: Kernel): readonly NodeRange[] {
  const { cmdline, srat } = k.machine;
  const words = parameters(cmdline, 'numa');
  if (words.some((word) => word.startsWith('fake='))) return k.state.boot.numa_meminfo;
  const isOne = words.includes('off') || words.includes('noacpi') || srat.length === 0;
  return isOne ? everything : srat;
}

/** RAM, as the command line leaves it (mem=, memmap=). */
export function bootRam(k: Kernel): readonly Omit<NodeRange, 'nid'>[] {
  return k.state.boot.e820.filter(({ type }) => type === E820_RAM)
    .map(({ start, end }) => ({ start: pfnUp(start), end: pfnDown(end) }));
}

/** Pages of RAM with the node that has them; those of no node are left out. */
export function memoryOfNodes(k: Kernel): readonly NodeRange[] {
  const nodes = nodesTold(k);
  return bootRam(k).flatMap((ram) => nodes.map(({ nid, start, end }) => (
    { nid, start: Math.max(ram.start, pfnUp(start)), end: Math.min(ram.end, pfnDown(end)) }))
    .filter(({ start, end }) => end > start));
}
