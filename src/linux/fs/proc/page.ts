/** fs/proc/page.c: /proc/kpageflags. */
import { hex, roundUp } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { PAGES_PER_SECTION } from '../../include/mmzone.js';

/** One past the last page that /proc/kpageflags shows. @kernel fs/proc/page.c v7.3 full */
export function get_max_dump_pfn(k: Kernel): number {
  const { boot, sections } = k.state;
  if (k.config.kpage_limit === 'max_pfn') return boot.max_pfn;
  const added = (sections.highest_present + 1) * PAGES_PER_SECTION;
  return Math.max(roundUp(boot.max_pfn, PAGES_PER_SECTION), added);
}

/**
 * How many pages from `pfn` on are online or not as it is. The pages of a subsection are alike,
 * unless a patch draws a line inside: then its last page differs, and each is asked for.
 */
function alike(k: Kernel, pfn: number, end_pfn: number): number {
  const end = Math.min(end_pfn, (Math.floor(pfn / 512) + 1) * 512);
  return k.pfn_to_online_page(pfn) === k.pfn_to_online_page(end - 1) ? end - pfn : 1;
}

/**
 * Reads the flags of a range. Flags that nobody initialised send it to a page that is not there.
 * @returns pages that were shown with flags (others have no struct page, or are not online)
 * @kernel fs/proc/page.c v6.12 reduced: counts the pages, does not give the flags
 */
export function kpageflags_read(k: Kernel, start_pfn: number, nr_pages: number): number {
  const end_pfn = Math.min(start_pfn + nr_pages, k.get_max_dump_pfn());
  let shown = 0;
  for (const { start, end, content } of k.state.memmap.runs(start_pfn, end_pfn)) {
    for (let pfn = start; pfn < end;) {
      const next = pfn + alike(k, pfn, end);
      if (k.pfn_to_online_page(pfn)) {
        if (content.kind === 'poison') {
          k.oops('stable_page_flags', `poisoned struct page of pfn ${hex(pfn)}`);
        }
        k.state.costs.struct_pages_read += next - pfn;
        if (content.kind !== 'init') k.state.costs.garbage_pages_read += next - pfn;
        shown += next - pfn;
      }
      pfn = next;
    }
  }
  return shown;
}
