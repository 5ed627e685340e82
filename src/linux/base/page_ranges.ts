/** Sorted, disjoint ranges of pages, those that touch merged: what drivers withhold. */
import type { WithheldRange } from '../include/mmzone.js';

/** Index of the first range that ends above pfn. */
export function firstRange(ranges: readonly WithheldRange[], pfn: number): number {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const mid = Math.floor((low + high) / 2);
    const range = ranges[mid];
    if (range !== undefined && range.start_pfn + range.nr_pages <= pfn) low = mid + 1;
    else high = mid;
  }
  return low;
}

/** Pages of [start_pfn, start_pfn + nr_pages) that the ranges hold. */
export function pagesIn(
  ranges: readonly WithheldRange[], start_pfn: number, nr_pages: number,
): number {
  const end = start_pfn + nr_pages;
  let pages = 0;
  for (let i = firstRange(ranges, start_pfn); i < ranges.length; i += 1) {
    const range = ranges[i];
    if (range === undefined || range.start_pfn >= end) break;
    const stop = Math.min(end, range.start_pfn + range.nr_pages);
    pages += stop - Math.max(start_pfn, range.start_pfn);
  }
  return pages;
}

/** So many pages a range holds from this one on; 0: it is in none. */
export function pagesFrom(ranges: readonly WithheldRange[], pfn: number): number {
  const range = ranges[firstRange(ranges, pfn)];
  return range === undefined || range.start_pfn > pfn ? 0
    : range.start_pfn + range.nr_pages - pfn;
}

/** Adds a range that does not overlap another; merges it with its neighbours. */
export function addRange(ranges: WithheldRange[], start_pfn: number, nr_pages: number): void {
  const index = firstRange(ranges, start_pfn);
  const before = ranges[index - 1];
  const after = ranges[index];
  const joinsBefore = before !== undefined && before.start_pfn + before.nr_pages === start_pfn;
  const joinsAfter = after !== undefined && start_pfn + nr_pages === after.start_pfn;
  const first = joinsBefore ? before.start_pfn : start_pfn;
  const pages = nr_pages + (joinsBefore ? before.nr_pages : 0) + (joinsAfter ? after.nr_pages : 0);
  const removed = (joinsBefore ? 1 : 0) + (joinsAfter ? 1 : 0);
  ranges.splice(index - (joinsBefore ? 1 : 0), removed, { start_pfn: first, nr_pages: pages });
}

/** Takes [start_pfn, start_pfn + nr_pages) out, which one range holds. */
export function cutFromOne(ranges: WithheldRange[], start_pfn: number, nr_pages: number): void {
  const index = firstRange(ranges, start_pfn);
  const range = ranges[index];
  if (range === undefined) return;
  const head = start_pfn - range.start_pfn;
  const tail = range.nr_pages - head - nr_pages;
  if (head === 0 && tail > 0) {
    ranges[index] = { start_pfn: start_pfn + nr_pages, nr_pages: tail };
    return;
  }
  const kept: WithheldRange[] = [];
  if (head > 0) kept.push({ start_pfn: range.start_pfn, nr_pages: head });
  if (tail > 0) kept.push({ start_pfn: start_pfn + nr_pages, nr_pages: tail });
  ranges.splice(index, 1, ...kept);
}

/** Takes whatever the ranges hold of [start_pfn, start_pfn + nr_pages) out. */
export function cutRange(ranges: WithheldRange[], start_pfn: number, nr_pages: number): void {
  const end = start_pfn + nr_pages;
  for (;;) {
    const range = ranges[firstRange(ranges, start_pfn)];
    if (range === undefined || range.start_pfn >= end) return;
    const first = Math.max(start_pfn, range.start_pfn);
    cutFromOne(ranges, first, Math.min(end, range.start_pfn + range.nr_pages) - first);
  }
}
