import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { MemoryBlock } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { contentText } from '../page_text.js';
import { spansRange, zoneOfRun } from '../zones.js';

function* wrongPages(k: Kernel, block: MemoryBlock): Generator<string> {
  const end = block.start_pfn + block.nr_pages;
  for (const run of k.state.memmap.runs(block.start_pfn, end)) {
    const zone = zoneOfRun(k, run);
    if (zone?.nid === block.nid && spansRange(zone, run.start, run.end)) continue;
    yield `memory${block.id} is online on node ${block.nid}, page ${hex(run.start)} is ` +
      contentText(run.content);
  }
}

/** Blocks of the boot can hold memory of two nodes, and holes: see I1 to I4. */
export default onState(
  'N6',
  'hot-added page not set up',
  'The pages of a hot-added online block are initialised, of its node, and in their zone\'s span.',
  function* (k) {
    for (const block of k.state.memory_blocks.values()) {
      if (block.state === 'online' && !block.early) yield* wrongPages(k, block);
    }
  },
);
