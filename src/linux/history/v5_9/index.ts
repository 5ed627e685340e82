import type { Difference } from '../../base/difference.js';
import { hotplug } from './hotplug.js';
import { pages } from './pages.js';

export const doc = 'Linux 5.9.';
export const differences: readonly Difference[] = [pages, hotplug];
