import type { Difference } from '../../difference.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { hugetlb } from './hugetlb.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const doc = 'Linux 6.1 LTS.';
export const differences: readonly Difference[] = [boot, page_alloc, pages, hotplug, hugetlb];
