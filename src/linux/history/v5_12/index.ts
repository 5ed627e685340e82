import type { Difference } from '../../base/difference.js';
import { hugetlb } from './hugetlb.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';

export const doc = 'Linux 5.12.';
export const differences: readonly Difference[] = [boot, hotplug, hugetlb];
