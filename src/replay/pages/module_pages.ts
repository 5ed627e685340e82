/**
 * Pages that alloc_pages rows tell of: a module has them, and no list of user space. Nothing can
 * move them, whatever they were asked for as. Which allocations are the module's is known by the
 * page that it says it got first: its flags, whatever they are, are those of the whole call. Where
 * it does not say, the flags of its request have to be among those of the allocation.
 */
import { parseWords } from '../../base/words.js';
import type { Trace } from '../../trace/trace.js';

interface Call {
  /** Who allocates, a child of the shell that began the step; undefined: not known. */
  readonly task: string | undefined;
  readonly order: number;
  /** Row of its first allocation; undefined: nobody says which it was. */
  readonly first: number | undefined;
  /** Flags that its allocations have, or have among others. */
  readonly flags: readonly string[];
  /** Allocations that have not come yet. */
  left: number;
}

export class ModulePages {
  readonly #trace: Trace;
  /** The call that goes on. */
  #call: Call | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** A row that is no page-level event is replayed next. */
  beforeRow(row: number, event: string): void {
    if (event !== 'alloc_pages') return;
    this.#call = this.#trace.phase(row) === 'B' ? this.#begin(row) : undefined;
  }

  #begin(row: number): Call {
    const trace = this.#trace;
    const [task, order] = [trace.task(row), trace.order(row)];
    const asked = (parseWords(trace.args(row)).get('gfp') ?? '').split('+');
    let end = row + 1;
    while (end < trace.length && !(trace.event(end) === 'alloc_pages' && trace.task(end) === task
      && trace.phase(end) === 'E')) end += 1;
    // Cut off: what the request was for must do.
    if (end === trace.length) {
      return {
        task: undefined, order, first: undefined, flags: asked, left: trace.nr_pages(row),
      };
    }
    const pfn = trace.pfn(end);
    let first = row + 1;
    while (first < end && !(trace.event(first) === 'mm_page_alloc' && trace.pfn(first) === pfn
      && trace.order(first) === order)) first += 1;
    const left = trace.ret(end) >= 0 ? trace.ret(end) : trace.nr_pages(row);
    return first === end ? { task: undefined, order, first: undefined, flags: asked, left }
      : { task: trace.task(first), order, first, flags: this.#flags(first), left };
  }

  #flags(row: number): readonly string[] {
    return (parseWords(this.#trace.args(row)).get('gfp_flags') ?? '').split('|');
  }

  /** Is the mm_page_alloc of this row one of the call's? */
  has(row: number): boolean {
    const call = this.#call;
    if (call === undefined || call.left === 0 || row < (call.first ?? row)) return false;
    const trace = this.#trace;
    if (trace.task(row) !== (call.task ?? trace.task(row))) return false;
    if (trace.order(row) !== call.order) return false;
    const flags = this.#flags(row);
    const isAlike = call.first === undefined || flags.length === call.flags.length;
    if (!isAlike || !call.flags.every((flag) => flags.includes(flag))) return false;
    call.left -= 1;
    return true;
  }
}
