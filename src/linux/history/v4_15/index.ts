import type { Difference } from '../../base/difference.js';
import { hugetlb } from './hugetlb.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const doc = 'Linux 4.14 to 4.16.';
export const differences: readonly Difference[] = [boot, page_alloc, pages, hotplug, hugetlb];
