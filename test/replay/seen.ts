import type { Kernel } from '../../src/linux/base/kernel.js';
import type { ReplayObserver } from '../../src/replay/observer.js';

/** What an observer was told, as text. */
export interface Seen {
  readonly observer: ReplayObserver;
  /** `ROW RET DETAIL`, or the BUG. */
  readonly results: string[];
  readonly calls: string[];
  kernel?: Kernel;
}

export function defineTracedResults(functions: readonly string[]): Seen {
  const results: string[] = [];
  const calls: string[] = [];
  const observer: ReplayObserver = {
    functions: new Set(functions),
    enter(fn, args, row, task) {
      const numbers = args.filter((arg) => typeof arg === 'number').join();
      calls.push(`${row} ${task} ${fn}(${numbers})`);
    },
    leave(fn, result, row, task) {
      calls.push(`${row} ${task} ${fn} -> ${String(result)}`);
    },
    result({ row, ret, detail, fault }) {
      const end = fault === undefined ? `${ret}` : `${fault.kind} in ${fault.fn}`;
      results.push(`${row} ${end}${detail === undefined ? '' : ` ${detail}`}`);
    },
  };
  return { observer, results, calls };
}
