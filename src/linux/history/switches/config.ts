/**
 * Switches by which kernel versions differ inside a function, one interface for each part of the
 * model. A version (src/linux/history) is the switches it sets plus the functions it replaces.
 */
import type { BootConfig } from './boot.js';
import type { HotplugConfig } from './hotplug.js';
import type { HugetlbConfig } from './hugetlb.js';
import type { PageAllocConfig } from './page_alloc.js';
import type { PagesConfig } from './pages.js';

export interface KernelConfig
  extends BootConfig, PageAllocConfig, PagesConfig, HotplugConfig, HugetlbConfig {}
