/** What a window is about, on the kernel it begins with: or why there is nothing to explore. */
import { hex } from '../base/pfn.js';
import type { Kernel } from '../linux/base/kernel.js';
import type { Zone } from '../linux/include/mmzone.js';
import type { Pages } from '../linux/mm/pages/pages.js';
import { cannotExplore, type Window } from './window.js';

/** Errors: TraceError for a kernel that has not come up. */
export function pagesOf(k: Kernel, { file }: Window): Pages {
  const { pages } = k.state;
  if (pages !== undefined) return pages;
  throw cannotExplore(file, `${k.version} does not boot on this machine`);
}

/** Errors: TraceError where there is no memory that is online. */
export function offlinedZone(k: Kernel, { file, start_pfn }: Window): Zone {
  const zone = k.pfn_to_online_page(start_pfn) ? k.page_zone(start_pfn) : undefined;
  if (zone !== undefined) return zone;
  throw cannotExplore(file, `the memory at pfn ${hex(start_pfn)} is not online when it is to ` +
    'be taken offline: there is nothing to explore');
}
