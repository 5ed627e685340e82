/** Frees and allocations of pages that a trace stops on their way. */
import { minOf } from '../../base/long_lists.js';
import type { Kernel, Preempt } from '../../linux/base/kernel.js';
import { IN_FLIGHT } from '../../linux/mm/pages/arena.js';
import type { Trace } from '../../trace/trace.js';
import { releaseRow } from './events.js';
import type { Task, Tasks } from '../tasks.js';
import type { Outcome } from '../entry_point.js';
import { rowWords } from '../../trace/row_words.js';

/** Its migratetype is read, it is on no list. */
const DEFAULT = 'free_unref_page_commit';
const NONE_YET = -1;

/** What is done with the page stops at a preemption point until it is let go. */
export interface PageHold {
  readonly pfn: number;
  readonly at: string;
  /** The row before which it goes on; NONE_YET: not known. */
  release: number;
  /** Undefined until it has begun. */
  task: Task | undefined;
}

export class PageHolds {
  tasks: Tasks | undefined;
  kernel: Kernel | undefined;
  /** Something is held, or to be held. */
  any = false;
  /** Something goes on before this row. */
  releaseRow = NONE_YET;
  readonly #trace: Trace;
  readonly #list: PageHold[] = [];

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Events were lost: what became of the pages that are held, nobody knows. */
  forget(): void {
    for (const { task } of this.#list) if (task !== undefined) this.tasks?.drop(task);
    this.#list.length = 0;
    this.any = false;
    this.releaseRow = NONE_YET;
  }

  of(pfn: number): PageHold | undefined {
    return this.#list.find((one) => one.pfn === pfn);
  }

  /** A row that is no page-level event is replayed next. */
  beforeRow(row: number, event: string): void {
    if (row === this.releaseRow) this.letGo(row);
    if (event === 'hold') this.#hold(row);
    else if (event === 'unhold') this.#unhold(row);
  }

  /** One that names a task is not about a page. */
  #hold(row: number): void {
    const pfn = this.#trace.pfn(row);
    const { task, at = DEFAULT } = rowWords(this.#trace, row, 'hold');
    if (task !== undefined) return;
    this.#list.push({ pfn, at, release: NONE_YET, task: undefined });
    this.any = true;
  }

  /** What is to be held begins, and comes to the point where it is held. */
  begin(hold: PageHold, row: number, body: (k: Kernel) => Preempt<unknown>): void {
    const { kernel, tasks } = this;
    if (kernel === undefined || tasks === undefined) return;
    function* steps(k: Kernel): Preempt<Outcome> {
      yield* body(k);
      return {};
    }
    const stop = { at: hold.at, nth: 1 };
    hold.task = tasks.start(row, this.#trace.task(row), steps(kernel), stop);
    tasks.goOn(hold.task);
  }

  /** Of one page, or of all. */
  #unhold(row: number): void {
    const pfn = this.#trace.pfn(row);
    if (rowWords(this.#trace, row, 'unhold').task !== undefined) return;
    for (const hold of this.#list) {
      if (pfn >= 0 && hold.pfn !== pfn) continue;
      hold.release = releaseRow(this.#trace, row, hold.pfn);
    }
    this.letGo(row);
  }

  /** What was held until this row goes on; the result is that. */
  letGo(row: number): readonly PageHold[] {
    const { tasks } = this;
    const pages = this.kernel?.state.pages;
    const released = this.#list.filter(({ release }) => release === row);
    for (const hold of released) {
      this.#list.splice(this.#list.indexOf(hold), 1);
      const { pfn, task } = hold;
      if (task === undefined || tasks === undefined || pages === undefined) continue;
      // A free whose end the trace has seen already.
      if (task.at === DEFAULT && pages.arena.state[pages.slot(pfn)] !== IN_FLIGHT) {
        tasks.drop(task);
      }
      tasks.letGo(task);
      tasks.goOn(task);
    }
    this.any = this.#list.length > 0;
    this.releaseRow = minOf(
      this.#list.map(({ release }) => (release > row ? release : Infinity)));
    return released;
  }
}
