import type { Difference } from '../../base/difference.js';
import { hotplug } from './hotplug.js';
import { page_alloc } from './page_alloc.js';

export const doc = 'Linux 6.1 LTS, and what came after it up to 6.5.';
export const differences: readonly Difference[] = [hotplug, page_alloc];
