import type { Difference } from '../../base/difference.js';
import { page_alloc } from './page_alloc.js';

export const doc = 'Linux 6.11 as released.';
export const differences: readonly Difference[] = [page_alloc];
