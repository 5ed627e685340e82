/** The version switches of a version. */
import { bootNewest } from './switches/boot.js';
import { hotplugNewest } from './switches/hotplug.js';
import { pageAllocNewest } from './switches/page_alloc.js';
import { hugetlbNewest } from './switches/hugetlb.js';
import { pagesNewest } from './switches/pages.js';
import type { KernelConfig } from './switches/config.js';
import { differencesTo } from './versions.js';

/** undefined: there is no such version. */
export function configOf(version: string): KernelConfig | undefined {
  const differences = differencesTo(version);
  if (differences === undefined) return undefined;
  const config: KernelConfig = {
    ...bootNewest, ...pageAllocNewest, ...pagesNewest, ...hotplugNewest, ...hugetlbNewest,
  };
  for (const difference of differences) Object.assign(config, difference.config);
  return config;
}
