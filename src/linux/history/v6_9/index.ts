import type { Difference } from '../../base/difference.js';
import { boot } from './boot.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const doc = 'Linux 6.9.';
export const differences: readonly Difference[] = [boot, page_alloc, pages];
