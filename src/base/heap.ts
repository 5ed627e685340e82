/** How much memory that nobody uses any more the program keeps before it gives it back. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/**
 * V8 lets a heap double and more before it collects, of which little is alive where a run takes
 * hundreds of megabytes. A small heap that grew so would be collected all the time: 7 % of a run.
 */
const GROWS_PERCENT = 20;
let isSlow = false;

/** For all threads of the program, from here on. */
export function growHeapSlowly(): void {
  if (isSlow) return;
  isSlow = true;
  setFlagsFromString(`--heap-growing-percent=${GROWS_PERCENT}`);
}

/** Of what V8 may take: behind this it collects all the time, and then it ends the program. */
const FULL = 0.85;
/** Of that, bytes of young objects, which come beside what is limited: three halves of 16 MiB. */
const YOUNG = 48 * 2 ** 20;

/** So little is left of the heap that work which goes on taking more should end. */
export function isHeapFull(): boolean {
  const { used_heap_size: used, heap_size_limit: most } = getHeapStatistics();
  return used > FULL * (most - YOUNG);
}
