import type { Difference } from '../../base/difference.js';
import { hotplug } from './hotplug.js';
import { pages } from './pages.js';

export const doc = 'Linux 5.19.';
export const differences: readonly Difference[] = [hotplug, pages];
