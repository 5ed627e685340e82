import type { Difference } from '../../base/difference.js';
import { hugetlb } from './hugetlb.js';
import { boot } from './boot.js';
import { pages } from './pages.js';

export const doc = 'Linux 6.11.11, the last 6.11, as Ubuntu 24.04 went on with it.';
export const differences: readonly Difference[] = [boot, pages, hugetlb];
