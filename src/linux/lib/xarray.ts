/** lib/xarray.c: things by number. */
import type { Kernel } from '../base/kernel.js';
import type { MemoryBlock } from '../include/mmzone.js';

/**
 * Remembers the block by its number. @returns 0; fault injection can make it fail
 * @kernel lib/xarray.c v7.3 reduced: the xarray of the memory blocks, for which there is memory
 */
export function xa_store(k: Kernel, block: MemoryBlock): number {
  k.state.memory_blocks.set(block.id, block);
  return 0;
}
