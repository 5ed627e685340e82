/** arch/x86/realmode/init.c: memory that CPUs start in. */
import { PAGE_SIZE, roundDown } from '../../../../base/pfn.js';
import type { Kernel } from '../../../base/kernel.js';

/** Bytes of the code that other CPUs start with: fitted to what Debian's 5.10 has reserved. */
const REAL_MODE_SIZE = 6 * PAGE_SIZE;

/**
 * The real mode trampoline: at the end of low memory, or (movable_node: memblock searches upwards)
 * in the part of it that is reserved as a whole.
 * @kernel arch/x86/realmode/init.c v5.10 reduced: the size is fitted to Debian's 5.10; it is of
 *   a part of the kernel image, which the model does not have
 */
export function reserve_real_mode(k: Kernel): void {
  if (k.mhp_parameters().movable_node) return;
  const free = k.for_each_free_mem_range()
    .map(({ start, end }) => ({ start, end: Math.min(end, 2 ** 20) }))
    .findLast(({ start, end }) => roundDown(end - REAL_MODE_SIZE, PAGE_SIZE) >= start);
  if (free === undefined) return;
  const start = roundDown(free.end - REAL_MODE_SIZE, PAGE_SIZE);
  k.memblock_reserve(start, start + REAL_MODE_SIZE);
}
