/** Size of a memory block as a kernel in a virtual machine chooses it. Bytes. */
import { MIB } from './qemu_memory.js';

const LEAST = 128 * MIB;
const MOST = 2048 * MIB;
/** Below this end of memory blocks have the size of a section. */
const LARGE_MEMORY = 64 * 1024 * MIB;

/**
 * The largest size to which the end of the boot memory is aligned; arch/x86/mm/init_64.c,
 * probe_memory_block_size() of v6.1 and v6.12.
 */
export function blockSize(memoryEnd: number): number {
  if (memoryEnd < LARGE_MEMORY) return LEAST;
  let size = MOST;
  while (size > LEAST && memoryEnd % size !== 0) size /= 2;
  return size;
}
