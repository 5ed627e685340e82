import { onceFor } from '../../base/once.js';
import { wordsText } from '../../base/words.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { MemoryBlock } from '../../linux/include/mmzone.js';
import { peeking, type Peek } from '../peek.js';
import type { Probe } from '../probe.js';

const UNKNOWN = '';

/** One string for all samples: whoever keeps it by its text need not read it anew. */
const nameOf = onceFor(({ id }: MemoryBlock) => `memory${id}`);

/** Nothing where it depends on pages that the model of this depth does not tell apart. */
function removable(
  k: Kernel, block: MemoryBlock, peek: Peek,
): readonly (readonly [string, string])[] {
  const shown = peek(() => k.removable_show(block) ?? UNKNOWN) ?? 'BUG';
  return shown === UNKNOWN ? [] : [['removable', shown]];
}

const probe: Probe = {
  id: 'memory_blocks',
  doc: 'Each memory block as sysfs shows it: state, valid_zones, removable, nodes; those that ' +
    'were removed while somebody had a reference of them.',
  kind: 'state',
  sample(k: Kernel, see, { blocks }) {
    peeking(k, (peek) => {
      for (const block of blocks) {
        const zones = peek(() => k.valid_zones_show(block).trim().replaceAll(' ', '/'));
        see(nameOf(block), wordsText([
          ['state', block.state], ['valid_zones', zones ?? 'BUG'],
          ...removable(k, block, peek),
          ['nodes', [...block.links].sort((a, b) => a - b).join('/') || '-'],
        ]));
      }
    });
    const kept = [...k.state.unfreed_blocks].map(({ id }) => `memory${id}`);
    if (kept.length > 0) see('removed and never freed', wordsText([['blocks', kept.join('/')]]));
  },
};
export default probe;
