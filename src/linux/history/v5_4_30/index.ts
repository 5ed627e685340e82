import type { Difference } from '../../base/difference.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const doc = 'Linux 5.4 LTS from 5.4.30 on.';
export const differences: readonly Difference[] = [boot, page_alloc, pages, hotplug];
