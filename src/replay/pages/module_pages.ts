/**
 * Pages that alloc_pages rows tell of: a module has them, and no list of user space. Nothing can
 * move them, whatever they were asked for as.
 */
import { parseWords } from '../../base/words.js';
import type { Trace } from '../../trace/trace.js';

/** The command may be refused its pages, and asks so; its row does not have this flag. */
const QUIET = '__GFP_NOWARN';

/** Flags of one request, in one order. */
const sorted = (flags: readonly string[]): string => [...flags].sort().join('|');

export class ModulePages {
  readonly #trace: Trace;
  /** Flags that the allocations of the call which goes on have; undefined: none goes on. */
  #flags: string | undefined;

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** A row that is no page-level event is replayed next. */
  beforeRow(row: number, event: string): void {
    if (event !== 'alloc_pages') return;
    const gfp = parseWords(this.#trace.args(row)).get('gfp') ?? '';
    this.#flags =
      this.#trace.phase(row) === 'B' ? sorted([...gfp.split('+'), QUIET]) : undefined;
  }

  /** Is the mm_page_alloc of this row one of the call's? */
  has(row: number): boolean {
    if (this.#flags === undefined) return false;
    const flags = parseWords(this.#trace.args(row)).get('gfp_flags') ?? '';
    return sorted(flags.split('|')) === this.#flags;
  }
}
