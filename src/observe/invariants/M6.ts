import { onState } from '../invariant.js';
import { sectionsOf, settled } from '../memmap_blocks.js';

export default onState(
  'M6',
  'offline section, online block',
  'All sections of a hot-added online block are online, also those that hold nothing but memmap.',
  function* (k) {
    if (!settled(k)) return;
    for (const block of k.state.memory_blocks.values()) {
      if (block.state !== 'online' || block.early) continue;
      const dark = sectionsOf(k, block).find((nr) => !k.state.sections.online(nr));
      if (dark !== undefined) yield `section ${dark} of memory${block.id} is not online`;
    }
  },
);
