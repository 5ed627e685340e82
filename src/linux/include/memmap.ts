/**
 * struct page links and flags of all pages, as runs of pages that are alike: a machine of any size
 * has few of them. Page-level state (refcounts, free lists) is kept elsewhere, for touched
 * sections only.
 */

import { ChangedFrom } from '../base/changed_from.js';

/** What a struct page holds: initialised links, or what the memory held before. */
export type PageContent =
  | { readonly kind: 'poison' }
  | { readonly kind: 'zero' }
  | { readonly kind: 'stale'; readonly nid: number; readonly zone: number }
  | {
    readonly kind: 'init';
    readonly nid: number;
    /** Zone index; MAX_NR_ZONES is the impossible id that init_reserved_page() can write. */
    readonly zone: number;
    readonly reserved: boolean;
    /** True for a page without memory behind it. */
    readonly hole: boolean;
  };

export interface PageRun {
  readonly start: number;
  readonly end: number;
  readonly content: PageContent;
}

function same(a: PageContent, b: PageContent): boolean {
  if (a.kind !== b.kind) return false;
  if (a.kind === 'init' && b.kind === 'init') {
    return a.nid === b.nid && a.zone === b.zone && a.reserved === b.reserved && a.hole === b.hole;
  }
  if (a.kind === 'stale' && b.kind === 'stale') return a.nid === b.nid && a.zone === b.zone;
  return true;
}

export class Memmap {
  /** Sorted, disjoint, neighbours differ. */
  #runs: PageRun[] = [];
  /** Found last: neighbours are asked for one after the other. */
  #last = 0;
  readonly changed = new ChangedFrom();

  /** How often something of it was set: what was read stays true until this grows. */
  get changes(): number {
    return this.changed.changes;
  }

  /** Index of the first run that ends above pfn. */
  #find(pfn: number): number {
    const run = this.#runs[this.#last];
    if (run === undefined || pfn < run.start || pfn >= run.end) this.#last = this.#search(pfn);
    return this.#last;
  }

  #search(pfn: number): number {
    let low = 0;
    let high = this.#runs.length;
    while (low < high) {
      const mid = Math.floor((low + high) / 2);
      const run = this.#runs[mid];
      if (run !== undefined && run.end <= pfn) low = mid + 1;
      else high = mid;
    }
    return low;
  }

  /** The page's content; undefined when there is no memmap for it. */
  get(pfn: number): PageContent | undefined {
    const run = this.#runs[this.#find(pfn)];
    return run !== undefined && run.start <= pfn ? run.content : undefined;
  }

  /** Runs that intersect [start, end), cut to it, ascending. */
  runs(start: number, end: number): PageRun[] {
    const found: PageRun[] = [];
    for (let i = this.#find(start); i < this.#runs.length; i += 1) {
      const run = this.#runs[i];
      if (run === undefined || run.start >= end) break;
      found.push({
        start: Math.max(run.start, start), end: Math.min(run.end, end), content: run.content,
      });
    }
    return found;
  }

  /** The first page of [start, end) whose content is such; undefined: none is. */
  first(start: number, end: number, is: (content: PageContent) => boolean): number | undefined {
    for (let i = this.#find(start); i < this.#runs.length; i += 1) {
      const run = this.#runs[i];
      if (run === undefined || run.start >= end) return undefined;
      if (is(run.content)) return Math.max(run.start, start);
    }
    return undefined;
  }

  /** Gives [start, end) this content; undefined takes the memmap away. */
  set(start: number, end: number, content: PageContent | undefined): void {
    if (end <= start) return;
    this.changed.note(start);
    const first = this.#find(start);
    const inserted: PageRun[] = [];
    const head = this.#runs[first];
    if (head !== undefined && head.start < start) inserted.push({ ...head, end: start });
    if (content !== undefined) inserted.push({ start, end, content });
    let last = first;
    while (last < this.#runs.length) {
      const run = this.#runs[last];
      if (run === undefined || run.start >= end) break;
      if (run.end > end) inserted.push({ ...run, start: end });
      last += 1;
    }
    this.#runs.splice(first, last - first, ...inserted);
    this.#merge(Math.max(0, first - 1), first + inserted.length + 1);
  }

  #merge(from: number, to: number): void {
    for (let i = Math.min(to, this.#runs.length - 1); i > from; i -= 1) {
      const left = this.#runs[i - 1];
      const right = this.#runs[i];
      if (left === undefined || right === undefined) continue;
      if (left.end !== right.start || !same(left.content, right.content)) continue;
      this.#runs.splice(i - 1, 2, { ...left, end: right.end });
    }
  }
}
