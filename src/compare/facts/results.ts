/** What the return of a recorded input call says, for all who hold it against the model. */
import { callMarks } from '../../trace/call_marks.js';
import { tellsRequest } from '../../trace/module_call.js';
import { NONE, type Trace } from '../../trace/trace.js';
import { rowWords } from '../../trace/row_words.js';

export interface RecordedResult {
  /** 0, a negative errno, or a count; undefined: not known. */
  readonly ret: number | undefined;
  /** alloc_pages: how many pages of which zone, `0/DMA32=100`. */
  readonly served: string | undefined;
  /** free_reserved_page: how many pages went to the buddy allocator. */
  readonly released: string | undefined;
  /**
   * Why `ret` is no fact. monitor: it is the exit status of plugging a DIMM, not that of the
   * kernel's call; before: the call was over when the recording began; unknown: nobody saw it;
   * page: no row tells what the page was used for, so that nobody could handle its error.
   */
  readonly why: 'monitor' | 'before' | 'unknown' | 'page' | undefined;
}

const EBUSY = 16;

/** memory_failure() and soft_offline_page() leave slab pages, page tables and the like alone. */
function isUnhandled(event: string, ret: number): boolean {
  return ret === -EBUSY && (event === 'memory_failure' || event === 'soft_offline_page');
}

/** Of the `E` row of an input call. */
export function recordedResult(trace: Trace, row: number): RecordedResult {
  const args = trace.args(row);
  const marks = callMarks(args);
  const event = trace.event(row);
  const isTold = event !== 'alloc_pages' || tellsRequest(trace, row);
  const ret = trace.ret(row) === NONE || !isTold ? undefined : trace.ret(row);
  const byMonitor = marks.noted && event.endsWith('_memory');
  return {
    ret, served: isTold ? rowWords(trace, row, 'alloc_pages').served : undefined,
    released: event === 'free_reserved_page' ? rowWords(trace, row, event).released : undefined,
    why: marks.before ? 'before' : byMonitor ? 'monitor' : ret === undefined ? 'unknown'
      : isUnhandled(event, ret) ? 'page' : undefined,
  };
}
