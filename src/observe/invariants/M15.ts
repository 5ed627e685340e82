import { hex } from '../../base/pfn.js';
import { onState } from '../invariant.js';

/** include/linux/memremap.h, v7.3: what an altmap gave goes back to it when the memmap goes. */
export default onState(
  'M15',
  'own memmap freed to buddy',
  'A memmap that lies in its own memory block is never freed to the page allocator.',
  function* (k) {
    for (const nr of k.state.memmap_misfreed) {
      const start = nr * k.machine.pages_per_section;
      yield `the memmap of section ${nr} (from ${hex(start)} on), which lay in its own block, ` +
        'was freed to the page allocator';
    }
  },
  'lost',
);
