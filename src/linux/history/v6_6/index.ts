import type { Difference } from '../../base/difference.js';
import { hugetlb } from './hugetlb.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const doc = 'Linux 6.6 LTS.';
export const differences: readonly Difference[] = [page_alloc, pages, hugetlb];
