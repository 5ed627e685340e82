import type { Difference } from '../../base/difference.js';
import { hugetlb } from './hugetlb.js';
import { hotplug } from './hotplug.js';

export const doc = 'Linux 6.8.';
export const differences: readonly Difference[] = [hotplug, hugetlb];
