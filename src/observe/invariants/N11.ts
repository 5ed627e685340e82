import type { MemoryBlock } from '../../linux/include/mmzone.js';
import { bootRam, memoryOfNodes } from '../boot_memory.js';
import { onState } from '../invariant.js';

interface Pages {
  readonly start: number;
  readonly end: number;
}

const pagesOf = (ranges: readonly Pages[]): number =>
  ranges.reduce((sum, { start, end }) => sum + end - start, 0);

/** The parts of ranges that lie in the block. */
function within<R extends Pages>(ranges: readonly R[], block: MemoryBlock): readonly R[] {
  return ranges.map((range) => ({
    ...range, start: Math.max(range.start, block.start_pfn),
    end: Math.min(range.end, block.start_pfn + block.nr_pages),
  })).filter(({ start, end }) => end > start);
}

/** Links of sysfs say which memory to take offline before a node can go (numactl, daxctl). */
export default onState(
  'N11',
  'block linked to foreign node',
  'A memory block has links with no node but those that have some of its memory.',
  function* (k) {
    const [ram, told] = [bootRam(k), memoryOfNodes(k)];
    for (const block of k.state.memory_blocks.values()) {
      const memory = within(told, block);
      // Of some of it nobody says whose it is.
      if (block.early && pagesOf(memory) < pagesOf(within(ram, block))) continue;
      const own = block.early ? new Set(memory.map(({ nid }) => nid)) : new Set([block.nid]);
      const wrong = [...block.links].filter((nid) => !own.has(nid)).sort((a, b) => a - b);
      for (const nid of wrong) {
        yield `memory${block.id} has a link with node ${nid}, which has none of its memory`;
      }
    }
  },
);
