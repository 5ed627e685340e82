/** Why the kernel dumped a page, as `page dumped because: ...` says it. */

/** mm/page_isolation.c: the page keeps its block from being isolated. */
const ISOLATING = 'unmovable page';
/** do_migrate_range(), alloc_contig_migrate_range(): the page could be moved, and was not. */
const moving: ReadonlySet<string> = new Set([
  'migration failure', 'isolation failed', 'failed to remove from LRU']);

/** Is a page that is dumped for this reason one of a call that takes memory away? */
export function isOfCall(reason: string): boolean {
  return reason === ISOLATING || moving.has(reason);
}

/** Does a page with this word `reason` of its row keep a range from being isolated? */
export function keepsRange(word = ''): boolean {
  return !moving.has(word.replaceAll('_', ' '));
}
