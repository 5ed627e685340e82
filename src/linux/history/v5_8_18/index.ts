import type { Difference } from '../../base/difference.js';
import { boot } from './boot.js';

export const doc = 'Linux 5.8.18, the last 5.8, as Ubuntu 20.10 went on with it.';
export const differences: readonly Difference[] = [boot];
