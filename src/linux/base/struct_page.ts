/** How code of the model reads struct pages. */
import { hex } from '../../base/pfn.js';
import type { PageContent } from '../include/memmap.js';
import type { Kernel } from './kernel.js';

/** Reads a struct page, at a cost; who reads one that is not there oopses. */
export function readStructPage(k: Kernel, pfn: number): PageContent {
  const { memmap, costs } = k.state;
  const content = memmap.get(pfn);
  costs.struct_pages_read += 1;
  if (content?.kind !== 'init') costs.garbage_pages_read += 1;
  if (content === undefined) {
    return k.oops('pfn_to_page', `page fault: no struct page of pfn ${hex(pfn)}`);
  }
  if (content.kind === 'poison' && k.machine.kconfig['DEBUG_VM_PGFLAGS'] === 'y') {
    k.BUG('page_to_nid', `VM_BUG_ON_PAGE(PagePoisoned(p)), pfn:${hex(pfn)}`);
  }
  return content;
}
