/** Does a series of patches change how pages are freed? */
import type { Patch } from '../../patch/define.js';

/** Functions of the free path: when a policy changes one, frees go through the kernel's table. */
const freePath = ['free_pages_prepare', 'free_one_page', 'free_unref_page_commit'] as const;

/** The replay then goes through the kernel's table of functions. */
export function changesFreePath(series: readonly Patch[]): boolean {
  return series.some(({ replaces, wraps, substitutes, around }) =>
    [replaces, wraps, substitutes, around].some(
      (part) => freePath.some((name) => part !== undefined && name in part)));
}
