/** What a page is that stands in the way of a call, as far as the model knows it, in words. */
import type { Kernel } from '../linux/base/kernel.js';
import { pagesIn } from '../linux/base/page_ranges.js';
import { migratetypes } from '../linux/include/migratetype.js';
import {
  ALLOCATED, HUGETLB, OFF_LRU, PINNED, POISONED, SLAB, UNREFERENCED,
} from '../linux/mm/pages/arena.js';

/** A page of a block that holds its own memmap lies at the begin of the block. */
function memmapText(k: Kernel, pfn: number): string | undefined {
  const block = k.state.memory_blocks.get(Math.floor(pfn / k.machine.pages_per_block));
  if (block === undefined || pfn >= block.start_pfn + block.nr_vmemmap_pages) return undefined;
  return `memmap of memory${block.id}, which holds its own`;
}

function reservedText(k: Kernel, pfn: number): string | undefined {
  const content = k.state.memmap.get(pfn);
  if (content === undefined) return 'a page without a memmap';
  if (content.kind !== 'init') return 'a page whose memmap was never initialised';
  if (content.hole) return 'a hole: there is no memory behind it';
  return content.reserved
    ? 'PageReserved: boot or the firmware has it, and it is never given back' : undefined;
}

/** A balloon, or the part of a block that virtio-mem has not plugged. */
function withheldText(k: Kernel, pfn: number): string | undefined {
  return pagesIn(k.state.withheld, pfn, 1) === 0 ? undefined
    : 'PageOffline: a driver withholds it from the page allocator';
}

function allocatedText(k: Kernel, pfn: number): string | undefined {
  const arena = k.state.pages?.arena;
  const slot = arena?.slotOf(pfn) ?? -1;
  if (arena === undefined || slot < 0 || arena.state[slot] !== ALLOCATED) return undefined;
  const type = arena.type[slot] ?? 0;
  if (type === HUGETLB) return 'a huge page of the pool that cannot be moved now';
  if (type === POISONED) return 'HWPoison: its memory failed while it was in use';
  const order = `order ${arena.order[slot]}`;
  if (type === OFF_LRU) return `allocated, ${order}, movable, but on no LRU list`;
  if (type === PINNED) return `allocated, ${order}, movable, but somebody holds on to it`;
  if (type === UNREFERENCED) return `allocated, ${order}, and nobody has a reference: lost`;
  if (type === SLAB) return `allocated, ${order}, a page of the slab allocator`;
  return `allocated, ${order}, migratetype ${migratetypes[type] ?? type}`;
}

/** Undefined: the model does not know. */
export function pageOwner(k: Kernel, pfn: number): string | undefined {
  return memmapText(k, pfn) ?? withheldText(k, pfn) ?? allocatedText(k, pfn) ??
    reservedText(k, pfn);
}
