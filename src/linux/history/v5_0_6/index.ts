import type { Difference } from '../../base/difference.js';
import { boot } from './boot.js';
import { hotplug } from './hotplug.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';

export const doc = 'Linux 5.0 from 5.0.6 on, with the fixes of hotplug that went into it.';
export const differences: readonly Difference[] = [boot, page_alloc, pages, hotplug];
