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

/** Less than this a window of CXL must not be aligned to: it is passed over. */
const WINDOW_ALIGN = 256 * MIB;

/** What the windows are aligned to, at most `MOST`: memory_block_advise_max_size(). */
function advisedSize(windows: readonly Bytes[]): number {
  return windows.reduce((least, { start, end }) => {
    let align = MOST;
    while (align >= WINDOW_ALIGN && (start % align !== 0 || end % align !== 0)) align /= 2;
    return align < WINDOW_ALIGN ? least : Math.min(least, align);
  }, Infinity);
}

interface Bytes {
  readonly start: number;
  readonly end: number;
}

export interface BlockSize {
  readonly bytes: number;
  /** Why it is so large. */
  readonly why: string;
}

/**
 * For the end of the boot memory in bytes; `isBare`: on no hypervisor; `windows`: those of the
 * CEDT, in bytes. Newest without release.
 */
export function blockSize(
  memoryEnd: number, release = '', isBare = false, windows: readonly Bytes[] = [],
): BlockSize {
  const end = `memory ends at ${hex(memoryEnd)}`;
  if (memoryEnd < LARGE_MEMORY) return { bytes: LEAST, why: `${end}, below 64 GiB` };
  if (!does('block_size_by_end', release)) {
    return { bytes: MOST, why: `${end}, and kernels before 4.17 have such blocks from 64 GiB on` };
  }
  const advised = does('block_size_advised', release) ? advisedSize(windows) : Infinity;
  if (advised === Infinity && isBare && does('block_size_by_hypervisor', release)) {
    return { bytes: MOST, why: 'no hypervisor, and 64 GiB or more' };
  }
  const most = Math.min(advised, MOST);
  let bytes = most;
  while (bytes > LEAST && memoryEnd % bytes !== 0) bytes /= 2;
  const why = `${end}: the largest size up to ${most / MIB} MiB that it is aligned to`;
  return { bytes, why };
}
