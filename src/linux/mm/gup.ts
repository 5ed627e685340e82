/** mm/gup.c: references that others hold on pages of user space. */
import type { Kernel } from '../base/kernel.js';

/** While it is held the page cannot be moved. @kernel mm/gup.c v7.3 reduced: one page, one pin */
export function pin_user_pages(k: Kernel, pfn: number): void {
  k.state.pages?.setPinned(pfn, true);
}

/** @kernel mm/gup.c v7.3 reduced: as pin_user_pages() */
export function unpin_user_page(k: Kernel, pfn: number): void {
  k.state.pages?.setPinned(pfn, false);
}
