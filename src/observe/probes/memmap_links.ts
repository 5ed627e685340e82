import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
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

const probe: Probe = {
  id: 'memmap_links',
  doc: 'Node, zone and flags of the struct pages: runs of each memory block, and watched pages.',
  kind: 'links',
  sample(k: Kernel, see, { blocks, watched }) {
    for (const block of blocks) see(`pages of memory${block.id}`, blockText(k, block));
    for (const pfn of watched) see(`page ${hex(pfn)}`, pageText(k, pfn));
  },
};
export default probe;
