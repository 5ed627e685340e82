import type { Difference } from '../../base/difference.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { page_alloc } from './page_alloc.js';

export const doc = 'Linux 4.13.';
export const differences: readonly Difference[] = [boot, page_alloc, hotplug];
