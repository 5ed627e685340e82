import type { Difference } from '../../base/difference.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { page_alloc } from './page_alloc.js';

export const doc = 'Linux 6.7.';
export const differences: readonly Difference[] = [boot, hotplug, page_alloc];
