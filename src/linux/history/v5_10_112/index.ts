import type { Difference } from '../../base/difference.js';
import { page_alloc } from './page_alloc.js';
import { pages } from './pages.js';
import { hotplug } from './hotplug.js';

export const doc = 'Linux 5.10 LTS from 5.10.112 on, with the fixes that its stable releases got.';
export const differences: readonly Difference[] = [page_alloc, pages, hotplug];
