/** Rows that say what somebody else does with a page in use: it leaves its list, or is held. */
import type { Kernel } from '../linux/base/kernel.js';
import type { EventName } from '../trace/events.js';
import type { EntryPoint } from './entry_point.js';
import { given } from './machine.js';
import { rowWords } from '../trace/row_words.js';

const PAGES_OF_1_GIB = 262_144;

function ofPage(change: (k: Kernel, pfn: number) => void): EntryPoint {
  return (k, { trace, row }) => {
    change(k, trace.pfn(row));
    return {};
  };
}

/** By event. */
export const pageStateEntryPoints: { readonly [N in EventName]?: EntryPoint } = {
  folio_isolate_lru: ofPage((k, pfn) => k.folio_isolate_lru(pfn)),
  folio_putback_lru: ofPage((k, pfn) => k.folio_putback_lru(pfn)),
  pin_user_pages: ofPage((k, pfn) => k.pin_user_pages(pfn)),
  gigantic_page: (k, { trace, row }) => {
    const { used, boot } = rowWords(trace, row, 'gigantic_page');
    return { ret: k.alloc_gigantic_folio(trace.pfn(row),
      given(trace.nr_pages(row)) || PAGES_OF_1_GIB, used === true, boot === true) };
  },
  unpin_user_page: ofPage((k, pfn) => k.unpin_user_page(pfn)),
};
