import { hex } from '../../base/pfn.js';
import { onState } from '../invariant.js';
import { settled } from '../memmap_blocks.js';

export default onState(
  'M10',
  'shadow of an offline memmap',
  'A memmap has a KASAN shadow of its own only while the block that holds it is online.',
  function* (k) {
    if (!settled(k)) return;
    const seen = new Set<number>();
    for (const { start_pfn, nr_pages } of k.state.zero_shadow) {
      const id = Math.floor(start_pfn / k.machine.pages_per_block);
      const block = k.state.memory_blocks.get(id);
      if (seen.has(start_pfn)) yield `page ${hex(start_pfn)} has two shadows`;
      seen.add(start_pfn);
      if (block?.state === 'online' && block.nr_vmemmap_pages === nr_pages) continue;
      yield `${nr_pages} pages at ${hex(start_pfn)} have a shadow, memory${id} is not online`;
    }
  },
);
