/** Whether a smaller case still shows what the large one did. */
import type { Found } from '../difference.js';

/** What the case shows when it is for the same reason; undefined otherwise. */
export type Test<C> = (one: C) => Found | undefined;
