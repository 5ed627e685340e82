/**
 * Switches by which kernel versions differ inside a function, one interface for each part of the
 * model. A version (src/linux/history) is the switches it sets plus the functions it replaces.
 */
import { bootNewest, type BootConfig } from './boot.js';
import { hotplugNewest, type HotplugConfig } from './hotplug.js';
import { hugetlbNewest, type HugetlbConfig } from './hugetlb.js';
import { pageAllocNewest, type PageAllocConfig } from './page_alloc.js';
import { pagesNewest, type PagesConfig } from './pages.js';

export interface KernelConfig
  extends BootConfig, PageAllocConfig, PagesConfig, HotplugConfig, HugetlbConfig {}

/** All switches with their values in the newest version. */
export const newestConfig: KernelConfig = {
  ...bootNewest, ...pageAllocNewest, ...pagesNewest, ...hotplugNewest, ...hugetlbNewest,
};
