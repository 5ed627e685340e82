/** All switches by which kernel versions differ inside a function, `k.config`. */
import type { Change } from '../since.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { hugetlb } from './hugetlb.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const switches = { ...boot, ...page_alloc, ...pages, ...hotplug, ...hugetlb };

type Switches = typeof switches;

/** The value of every switch in one kernel. */
export type KernelConfig = {
  readonly [N in keyof Switches]: Switches[N] extends Change<infer V> ? V : never;
};
