/** How much memory that nobody uses any more the program keeps before it gives it back. */
import { setFlagsFromString } from 'node:v8';

/** V8 lets a heap double and more before it collects; little of that is alive in a long trace. */
const GROWS_PERCENT = 20;

/** For all threads of the program, from here on. */
export function growHeapSlowly(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWS_PERCENT}`);
}
