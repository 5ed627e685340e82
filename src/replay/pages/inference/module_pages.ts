/**
 * Pages that alloc_pages rows tell of: a module has them, and no list of user space. Nothing can
 * move them, whatever they were asked for as. Which allocations are the module's is known by the
 * page that it says it got first: its flags, whatever they are, are those of the whole call. Where
 * it does not say, by the zones that it says served it: when they served as many as it got, and
 * nobody else. Only where that cannot be told the flags of its request have to be among those of
 * the allocation.
 */
import type { Trace } from '../../../trace/trace.js';
import { endOfCall, firstOfCall } from '../../../trace/module_call.js';
import { stuckPages } from './stuck_pages.js';
import { rowWords } from '../../../trace/row_words.js';

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
  /** Rows of its allocations, when these are known. */
  readonly rows?: ReadonlySet<number>;
}

/** `1/Movable` of a page; undefined: no zone has it. */
type ZoneName = (pfn: number) => string | undefined;

export class ModulePages {
  readonly #trace: Trace;
  readonly #zoneName: ZoneName;
  readonly #stuck: ReadonlySet<number>;
  /** The call that goes on. */
  #call: Call | undefined;

  constructor(trace: Trace, zoneName: ZoneName) {
    this.#trace = trace;
    this.#zoneName = zoneName;
    this.#stuck = stuckPages(trace);
  }

  /** A row that is no page-level event is replayed next. */
  beforeRow(row: number, event: string): void {
    if (event !== 'alloc_pages') return;
    this.#call = this.#trace.phase(row) === 'B' ? this.#begin(row) : undefined;
  }

  #begin(row: number): Call {
    const trace = this.#trace;
    const order = trace.order(row);
    const asked = (rowWords(trace, row, 'alloc_pages').gfp ?? '').split('+');
    const end = endOfCall(trace, row);
    // Cut off: what the request was for must do.
    if (end === undefined) {
      return {
        task: undefined, order, first: undefined, flags: asked, left: trace.nr_pages(row),
      };
    }
    const first = firstOfCall(trace, row, end);
    const left = trace.ret(end) >= 0 ? trace.ret(end) : trace.nr_pages(row);
    const call = first === undefined
      ? { task: undefined, order, first: undefined, flags: asked, left }
      : { task: trace.task(first), order, first, flags: this.#flags(first), left };
    const rows = first === undefined ? this.#served(row, end) : undefined;
    return rows === undefined ? call : { ...call, rows };
  }

  /** Rows of the allocations in the zones that served the call; undefined: others were served. */
  #served(row: number, end: number): ReadonlySet<number> | undefined {
    const trace = this.#trace;
    const { served = '' } = rowWords(trace, end, 'alloc_pages');
    const counts = new Map(served.split(',').map((word) => {
      const [zone = '', count = ''] = word.split('=');
      return [zone, Number(count)];
    }));
    const rows = new Set<number>();
    for (let at = row + 1; at < end; at += 1) {
      if (trace.event(at) !== 'mm_page_alloc' || trace.order(at) !== trace.order(row)) continue;
      const zone = this.#zoneName(trace.pfn(at)) ?? '';
      const left = counts.get(zone);
      if (left === undefined) continue;
      counts.set(zone, left - 1);
      rows.add(at);
    }
    return served !== '' && [...counts.values()].every((left) => left === 0) ? rows : undefined;
  }

  #flags(row: number): readonly string[] {
    return rowWords(this.#trace, row, 'mm_page_alloc').gfp_flags ?? [];
  }

  /** Is the page of this mm_page_alloc one of the call's, or another that cannot be moved? */
  has(row: number): boolean {
    return (this.#call !== undefined && this.#isNext(row, this.#call)) ||
      (this.#stuck.size > 0 && this.#stuck.has(row));
  }

  #isNext(row: number, call: Call): boolean {
    if (call.rows !== undefined) return call.rows.has(row);
    if (call.left === 0 || row < (call.first ?? row)) return false;
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
