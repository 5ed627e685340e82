import type { Difference } from '../../base/difference.js';
import { page_alloc } from './page_alloc.js';

export const doc = 'Linux 5.15 LTS from 5.15.35 on, with the fixes that its stable releases got.';
export const differences: readonly Difference[] = [page_alloc];
