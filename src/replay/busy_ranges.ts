/**
 * Ranges that a call of alloc_contig_range() did not get, as the trace says (`busy_range`): the
 * page that was in its way stands there while the stage runs that it stopped.
 */
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import type { StandIns } from '../patch/compose.js';
import type { Trace } from '../trace/trace.js';
import { rowWords } from '../trace/row_words.js';

/** What the next call for this range fails with. */
export interface BusyRange {
  readonly start_pfn: number;
  readonly nr_pages: number;
  /** What fails: isolating a pageblock, migration, or the test after it. */
  readonly stage: 'isolate' | 'migrate' | 'test';
  /** The page that is in the way. */
  readonly pfn: number;
  /** The errno of a migration that fails with another one than -EBUSY. */
  readonly error: number;
}

/** What a busy_range row says. */
export function busyRangeOf(trace: Trace, row: number): BusyRange {
  const start_pfn = trace.pfn(row);
  const { stage, fin_pfn = start_pfn } = rowWords(trace, row, 'busy_range');
  return {
    start_pfn, nr_pages: trace.nr_pages(row), error: trace.ret(row),
    stage: stage === 'isolate' || stage === 'test' ? stage : 'migrate',
    pfn: fin_pfn,
  };
}

const isOf = (one: BusyRange | undefined, start: number, end: number): boolean =>
  one?.start_pfn === start && one.start_pfn + one.nr_pages === end;

export class BusyRanges {
  /** Of calls that are still to come, in the order in which they were met. */
  readonly #ranges: BusyRange[] = [];
  /** By task: of the call that goes on. */
  readonly #calls = new Map<string, BusyRange>();

  add(range: BusyRange): void {
    this.#ranges.push(range);
  }

  #take(start: number, end: number): BusyRange | undefined {
    const index = this.#ranges.findIndex((one) => isOf(one, start, end));
    return index < 0 ? undefined : this.#ranges.splice(index, 1)[0];
  }

  /** What is in the way of the task that runs, in this stage of its call for the range. */
  #busy(
    k: Kernel, stage: BusyRange['stage'], start: number, end: number,
  ): BusyRange | undefined {
    const busy = this.#calls.get(k.state.current);
    return busy?.stage === stage && isOf(busy, start, end) ? busy : undefined;
  }

  /** The same, when the page does not stand there anyway. */
  #inTheWay(
    k: Kernel, stage: BusyRange['stage'], start: number, end: number,
  ): BusyRange | undefined {
    const busy = this.#busy(k, stage, start, end);
    return busy === undefined || k.state.unmovable.has(busy.pfn) ? undefined : busy;
  }

  readonly standIns: StandIns = {
    alloc_contig_range: (k, call) => (start, end, ...rest) =>
      this.#contig(k, start, end, () => call(start, end, ...rest)),
    start_isolate_page_range: (k, call) => (start, end, ...rest) =>
      this.#isolate(k, start, end, () => call(start, end, ...rest)),
    __alloc_contig_migrate_range: (k, call) => (start, end, ...rest) =>
      this.#migrate(k, start, end, () => call(start, end, ...rest)),
    test_pages_isolated: (k, call) => (start, end, ...rest) => {
      const busy = this.#inTheWay(k, 'test', start, end);
      if (busy === undefined) return call(start, end, ...rest);
      k.state.unmovable.add(busy.pfn);
      const result = call(start, end, ...rest);
      k.state.unmovable.delete(busy.pfn);
      return result;
    },
  };

  * #contig(k: Kernel, start: number, end: number, call: () => Preempt<number>): Preempt<number> {
    const busy = this.#take(start, end);
    if (busy === undefined) return yield* call();
    const task = k.state.current;
    this.#calls.set(task, busy);
    try {
      return yield* call();
    } finally {
      this.#calls.delete(task);
    }
  }

  * #isolate(k: Kernel, start: number, end: number, call: () => Preempt<number>): Preempt<number> {
    const busy = this.#inTheWay(k, 'isolate', start, end);
    if (busy === undefined) return yield* call();
    k.state.unmovable.add(busy.pfn);
    const result = yield* call();
    k.state.unmovable.delete(busy.pfn);
    return result;
  }

  * #migrate(k: Kernel, start: number, end: number, call: () => Preempt<number>): Preempt<number> {
    const moved = yield* call();
    return this.#busy(k, 'migrate', start, end)?.error ?? moved;
  }
}
