import type { Difference } from '../../base/difference.js';
import { boot } from './boot.js';
import { pages } from './pages.js';

export const doc = 'Linux 5.11 with the fixes that its stable releases got.';
export const differences: readonly Difference[] = [boot, pages];
