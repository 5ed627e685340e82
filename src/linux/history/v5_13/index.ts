import type { Difference } from '../../base/difference.js';
import { hotplug } from './hotplug.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const doc = 'Linux 5.13.';
export const differences: readonly Difference[] = [hotplug, page_alloc, pages];
