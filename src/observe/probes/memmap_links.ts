import { onceFor } from '../../base/once.js';
import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Memmap } from '../../linux/include/memmap.js';
import type { MemoryBlock } from '../../linux/include/mmzone.js';
import { contentText, pageText } from '../page_text.js';
import type { Probe } from '../probe.js';

/** Runs of pages that are alike: `0x7ffe0-0x7ffff 0:Normal reserved hole`. */
function blockText(k: Kernel, block: MemoryBlock): string {
  const runs = k.state.memmap.runs(block.start_pfn, block.start_pfn + block.nr_pages);
  const [first] = runs;
  if (first === undefined) return '-';
  if (runs.length === 1 && first.end - first.start === block.nr_pages) {
    return contentText(first.content);
  }
  return runs
    .map((run) => `${hex(run.start)}-${hex(run.end - 1)} ${contentText(run.content)}`).join('; ');
}

/** One string for all samples. */
const nameOf = onceFor(({ id }: MemoryBlock) => `pages of memory${id}`);

/** Most events change no struct page. */
const textsOf = onceFor((memmap: Memmap) =>
  ({ changes: memmap.changes, texts: new Map<MemoryBlock, string>() }));

const probe: Probe = {
  id: 'memmap_links',
  doc: 'Node, zone and flags of the struct pages: runs of each memory block, and watched pages.',
  kind: 'links',
  sample(k: Kernel, see, { blocks, watched }) {
    const { memmap } = k.state;
    const known = textsOf(memmap);
    if (known.changes !== memmap.changes) {
      known.changes = memmap.changes;
      known.texts.clear();
    }
    for (const block of blocks) {
      const text = known.texts.get(block) ?? blockText(k, block);
      known.texts.set(block, text);
      see(nameOf(block), text);
    }
    for (const pfn of watched) see(`page ${hex(pfn)}`, pageText(k, pfn));
  },
};
export default probe;
