/**
 * Size of a memory block where nobody tells it: as the kernel chooses it, arch/x86/mm/init_64.c,
 * probe_memory_block_size() of v4.13 to v7.3. Bytes.
 */
import { MIB, hex } from '../base/pfn.js';
import { does } from './since.js';

const LEAST = 128 * MIB;
const MOST = 2048 * MIB;
/** Below this end of memory blocks have the size of a section. */
const LARGE_MEMORY = 64 * 1024 * MIB;

export interface BlockSize {
  readonly bytes: number;
  /** Why it is so large. */
  readonly why: string;
}

/** For the end of the boot memory in bytes; `isBare`: on no hypervisor. Newest without release. */
export function blockSize(memoryEnd: number, release = '', isBare = false): BlockSize {
  const end = `memory ends at ${hex(memoryEnd)}`;
  if (memoryEnd < LARGE_MEMORY) return { bytes: LEAST, why: `${end}, below 64 GiB` };
  if (!does('block_size_by_end', release)) {
    return { bytes: MOST, why: `${end}, and kernels before 4.17 have such blocks from 64 GiB on` };
  }
  if (isBare && does('block_size_by_hypervisor', release)) {
    return { bytes: MOST, why: 'no hypervisor, and 64 GiB or more' };
  }
  let bytes = MOST;
  while (bytes > LEAST && memoryEnd % bytes !== 0) bytes /= 2;
  return { bytes, why: `${end}: the largest size up to 2048 MiB that it is aligned to` };
}
