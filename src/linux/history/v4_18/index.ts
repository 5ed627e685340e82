import type { Difference } from '../../base/difference.js';
import { hugetlb } from './hugetlb.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { page_alloc } from './page_alloc.js';

export const doc = 'Linux 4.17 and 4.18.';
export const differences: readonly Difference[] = [boot, page_alloc, hotplug, hugetlb];
