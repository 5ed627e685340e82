/**
 * Single pages that are freed together (free_pages_bulk(), as vfree() does, and
 * free_contig_range(); from v7.2 on): each has its own mm_page_free, and all come to the lists as
 * the largest blocks that they make up. Known by a block that was allocated as a whole, is freed
 * page by page in ascending order, and, where the trace says it, is a block again after that.
 */
import type { Trace } from '../../../trace/trace.js';
import { ALLOC, FREE_ROW, PCPU_DRAIN, isPageEvent } from '../events.js';
import { NO_ROW, PageHistory } from '../history.js';

interface Run {
  readonly first: number;
  readonly order: number;
}

export class ContigFrees {
  /** A run is under way. */
  any = false;
  readonly #trace: Trace;
  readonly #deferred: (row: number) => boolean;
  /** By CPU: the run that is under way there. */
  readonly #runs: (Run | undefined)[] = [];

  constructor(trace: Trace, deferred: (row: number) => boolean) {
    this.#trace = trace;
    this.#deferred = deferred;
  }

  /** The row frees the first page of an allocated block of this order, unless a run goes on. */
  begin(row: number, cpu: number, pfn: number, order: number): void {
    const { first, order: whole } = this.#runs[cpu] ?? { first: pfn, order: 0 };
    if (pfn > first && pfn < first + (1 << whole)) return;
    const isRun = this.#isWhole(pfn, order, row) && this.#isRun(row, 1 << order);
    this.#set(cpu, isRun ? { first: pfn, order } : undefined);
  }

  #set(cpu: number, run: Run | undefined): void {
    this.#runs[cpu] = run;
    this.any = this.#runs.some((one) => one !== undefined);
  }

  /** The page is one of a run: what is freed with the last of them. Undefined: it is of none. */
  end(cpu: number, pfn: number): Run | 'goes on' | undefined {
    const run = this.#runs[cpu];
    if (run === undefined) return undefined;
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
