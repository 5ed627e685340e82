import { pfnDown, pfnUp } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { MemoryBlock } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';

/** Nodes that firmware gives RAM in the block to; undefined: firmware does not say of all of it. */
function nodesByFirmware(k: Kernel, block: MemoryBlock): ReadonlySet<number> | undefined {
  const { srat, e820 } = k.machine;
  const end = block.start_pfn + block.nr_pages;
  const found = new Set<number>();
  for (const ram of e820.filter((range) => range.type === 'usable')) {
    const first = Math.max(pfnUp(ram.start), block.start_pfn);
    const last = Math.min(pfnDown(ram.end), end);
    let told = 0;
    for (const node of srat) {
      const low = Math.max(first, pfnUp(node.start));
      const high = Math.min(last, pfnDown(node.end));
      if (high <= low) continue;
      told += high - low;
      found.add(node.nid);
    }
    if (last > first && told !== last - first) return undefined;
  }
  return found;
}

/** Links of sysfs say which memory to take offline before a node can go (numactl, daxctl). */
export default onState(
  'N11',
  'A memory block has links with no node but those that have some of its memory.',
  function* (k) {
    for (const block of k.state.memory_blocks.values()) {
      const own = block.early ? nodesByFirmware(k, block) : new Set([block.nid]);
      if (own === undefined) continue;
      const wrong = [...block.links].filter((nid) => !own.has(nid)).sort((a, b) => a - b);
      for (const nid of wrong) {
        yield `memory${block.id} has a link with node ${nid}, which has none of its memory`;
      }
    }
  },
);
