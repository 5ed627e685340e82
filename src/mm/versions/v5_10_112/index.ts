import type { Difference } from '../../difference.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { hugetlb } from './hugetlb.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const doc = 'Linux 5.10 LTS from 5.10.112 on, with the fixes that its stable releases got.';
export const differences: readonly Difference[] = [boot, page_alloc, pages, hotplug, hugetlb];
