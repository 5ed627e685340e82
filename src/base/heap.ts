/** How much memory that nobody uses any more the program keeps before it gives it back. */
import { setFlagsFromString } from 'node:v8';

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
