/**
 * Switches by which kernel versions differ inside a function, one interface for each part of the
 * model. A version (src/mm/versions) is the switches it sets plus the functions it replaces.
 */
import type { BootConfig } from './config_boot.js';
import type { HotplugConfig } from './config_hotplug.js';
import type { HugetlbConfig } from './config_hugetlb.js';
import type { PageAllocConfig } from './config_page_alloc.js';
import type { PagesConfig } from './config_pages.js';

export interface KernelConfig
  extends BootConfig, PageAllocConfig, PagesConfig, HotplugConfig, HugetlbConfig {}
