/** Calls that go round a retry loop of a machine whose pages are only counted. */
import type { Kernel } from '../linux/base/kernel.js';
import { poolText } from '../linux/include/hugetlb.js';
import { addedText } from '../patch/additions.js';
import { localsText } from '../patch/around.js';
import type { EmptiedRanges } from './emptied_range.js';
import type { Task } from './tasks.js';

/** Where offline_pages() begins another pass. */
export const RETRY = 'cond_resched';

/**
 * Passes in which nothing that is looked at changes, after which the call is said to go on so for
 * ever: a policy may count passes where nobody can see it.
 */
export const PASSES_MAX = 1000;

/** What policies remember. */
export function keptText(k: Kernel): string {
  return localsText(k) + addedText(k);
}

/** When somebody asks for the time, a pass is another one when time has passed. */
export function timeText({ state }: Kernel): string {
  return state.clock_reads > 0 ? String(state.now_ns) : '';
}

interface Passes {
  text: string;
  same: number;
}

export class RetryLoops {
  readonly #kernel: () => Kernel;
  readonly #emptied: EmptiedRanges;
  /** By row of the call. */
  readonly #passes = new Map<number, Passes>();

  constructor(kernel: () => Kernel, emptied: EmptiedRanges) {
    this.#kernel = kernel;
    this.#emptied = emptied;
  }

  /** The task is to take a step. */
  step(task: Task): void {
    if (task.at !== RETRY) return;
    const text = this.#now(task);
    const passes = this.#passes.get(task.row);
    if (passes?.text === text) passes.same += 1;
    else this.#passes.set(task.row, { text, same: 0 });
  }

  /** Nothing can let it out of its loop but somebody else, or time. */
  spins(task: Task): boolean {
    const passes = this.#passes.get(task.row);
    if (task.at !== RETRY || passes === undefined || passes.same < PASSES_MAX) return false;
    return passes.text === this.#now(task);
  }

  /** The cycle that a spinning call goes round, in words. */
  cycle(task: Task): string | undefined {
    if (!this.spins(task)) return undefined;
    const tests = this.#kernel().state.isolation_tests;
    const last = tests.at(-1);
    const what = last === undefined || last.fin_pfn >= last.end_pfn ? 'nothing changes'
      : `test_pages_isolated() stops at page 0x${last.fin_pfn.toString(16)}`;
    return `${what}, again and again; ${tests.length} tests so far`;
  }

  #now(task: Task): string {
    const k = this.#kernel();
    const { unmovable, signalled, hugetlb } = k.state;
    return [
      this.#emptied.of(task.row).start_pfn, [...unmovable].join(','),
      signalled.get(task.name), poolText(hugetlb), timeText(k),
      keptText(k), k.state.withheld.length, k.state.withheld_unreferenced.length,
      k.state.hwpoison.size,
    ].join(' ');
  }
}
