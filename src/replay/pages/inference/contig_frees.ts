/**
 * Single pages that are freed together (free_pages_bulk(), as vfree() does, and
 * free_contig_range(); from v7.2 on): each has its own mm_page_free, and all come to the lists as
 * the largest blocks that they make up. Known by a block that was allocated as a whole, is freed
 * page by page in ascending order, and, where the trace says it, is a block again after that; or by
 * what virtio-mem had taken with alloc_contig_range(), which it gives back in chunks.
 */
import { MAX_PAGE_ORDER } from '../../../linux/include/mmzone.js';
import { eventTypes } from '../../../trace/events.js';
import type { Trace } from '../../../trace/trace.js';
import { ALLOC, FREE_ROW, PCPU_DRAIN, isPageEvent } from '../events.js';
import { NO_ROW, PageHistory } from '../history.js';

interface Run {
  readonly first: number;
  readonly order: number;
}

/** What one call of virtio_mem_fake_online() gives back. */
interface Chunks {
  readonly end: number;
  readonly order: number;
}

export class ContigFrees {
  /** A run is under way. */
  any = false;
  readonly #trace: Trace;
  readonly #deferred: (row: number) => boolean;
  /** By CPU: the run that is under way there. */
  readonly #runs: (Run | undefined)[] = [];
  /** By CPU: what a driver gives back there. */
  readonly #chunks: (Chunks | undefined)[] = [];

  constructor(trace: Trace, deferred: (row: number) => boolean) {
    this.#trace = trace;
    this.#deferred = deferred;
  }

  /** The row frees the first page of an allocated block of this order, unless a run goes on. */
  begin(row: number, cpu: number, pfn: number, order: number): void {
    // An interrupt that frees meanwhile ends nothing.
    if (this.#runs[cpu] !== undefined) return;
    const isRun = this.#isWhole(pfn, order, row) && this.#isRun(row, 1 << order);
    this.#set(cpu, isRun ? { first: pfn, order } : undefined);
  }

  /**
   * The row frees a page that a driver had taken, as so many from this one on: in chunks as large
   * as the alignment of all that it gives back now allows (virtio_mem_fake_online()).
   */
  beginTaken(row: number, cpu: number, pfn: number, taken: number): void {
    if (this.#runs[cpu] !== undefined) return;
    const now = this.#chunks[cpu];
    const isNext = now !== undefined && pfn < now.end && pfn + (1 << now.order) <= now.end;
    const chunks = isNext ? now : this.#chunksFrom(row, pfn, taken);
    this.#chunks[cpu] = chunks;
    this.#set(cpu, { first: pfn, order: chunks.order });
  }

  #chunksFrom(row: number, pfn: number, taken: number): Chunks {
    const nr_pages = this.#freedFrom(row, taken);
    let order = MAX_PAGE_ORDER;
    while (pfn % (1 << order) !== 0 || nr_pages % (1 << order) !== 0) order -= 1;
    return { end: pfn + nr_pages, order };
  }

  /** So many pages the task of this row frees one after the other, before anybody asks for more. */
  #freedFrom(row: number, most: number): number {
    const { event, task, pfn, order } = this.#trace.columns;
    let found = 0;
    for (let at = row; at < this.#trace.length && found < most; at += 1) {
      const code = event.get(at);
      if (isPageEvent[code] !== 1) {
        const { role } = eventTypes[this.#trace.event(at)];
        if (role === 'mark' || role === 'input') break;
      } else if (code === FREE_ROW && task.get(at) === task.get(row)) {
        const isNext = pfn.get(at) === pfn.get(row) + found && order.get(at) === 0;
        if (isNext) found += 1;
        else if (pfn.get(at) > pfn.get(row) && pfn.get(at) < pfn.get(row) + most) break;
      }
    }
    return found;
  }

  #set(cpu: number, run: Run | undefined): void {
    this.#runs[cpu] = run;
    this.any = this.#runs.some((one) => one !== undefined);
  }

  /** The page is one of a run: what is freed with the last of them. Undefined: it is of none. */
  end(cpu: number, pfn: number): Run | 'goes on' | undefined {
    const run = this.#runs[cpu];
    // An interrupt frees in between.
    if (run === undefined || pfn < run.first || pfn >= run.first + (1 << run.order)) {
      return undefined;
    }
    if (pfn < run.first + (1 << run.order) - 1) return 'goes on';
    this.#set(cpu, undefined);
    return run;
  }

  /** Where the trace says next of what order the block is, it says that it is whole. */
  #isWhole(pfn: number, wanted: number, row: number): boolean {
    const { event, order } = this.#trace.columns;
    const { after } = PageHistory.of(this.#trace).around(pfn, row);
    if (after === NO_ROW) return true;
    const code = event.get(after);
    return (code !== ALLOC && code !== PCPU_DRAIN) || order.get(after) === wanted;
  }

  /** From this row on the task frees so many pages, one by one, and does nothing else there. */
  #isRun(row: number, nr_pages: number): boolean {
    const { event, cpu, task, pfn, order } = this.#trace.columns;
    let found = 0;
    for (let at = row; at < this.#trace.length && found < nr_pages; at += 1) {
      const code = event.get(at);
      if (isPageEvent[code] !== 1 || cpu.get(at) !== cpu.get(row)) continue;
      const isNext = code === FREE_ROW && order.get(at) === 0 && task.get(at) === task.get(row) &&
        pfn.get(at) === pfn.get(row) + found && !this.#deferred(at);
      if (!isNext) return false;
      found += 1;
    }
    return found === nr_pages;
  }
}
