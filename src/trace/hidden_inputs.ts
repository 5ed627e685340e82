/**
 * Which inputs of a trace may be unknown because events were lost. What a step of the recorder
 * wrote, its description tells; what a command or a hot-added DIMM did, only events tell.
 */
import { minOf } from '../base/long_lists.js';
import { eventCode } from './build.js';
import { callMarks } from './call_marks.js';
import { parameterWrites } from './kernel_text/recording/shell_writes.js';
import { NONE, type Trace } from './trace.js';
import type { Span } from './span.js';

interface Call {
  readonly event: 'add_memory' | 'offline';
  readonly begin: number;
  /** Infinity: it was not seen to return. */
  readonly end: number;
  readonly ret: number | undefined;
}

const EINTR = -4;
const MARK = eventCode('tracing_mark_write');
const SHELL = eventCode('shell');
const VIRTIO_MEM = eventCode('virtio_mem_config_changed');
const ADD = eventCode('add_memory');
const OFFLINE = eventCode('offline');
const PAGE_ALLOC = eventCode('mm_page_alloc');
/** What the recorder did by itself. */
const told = /^(wait|fill-memory|free-memory|offline-result block=\d+|cat \S+)$/;
const plainWrite = /^echo [\w \t-]+ > \S+$/;
const toTracefs = /^echo [\w \t-]+ > \/sys\/kernel\/(debug\/)?tracing\/\S+$/;

/** The first row from which on an input may be missing or incomplete; Infinity: none is. */
export function hiddenInputs(trace: Trace, gaps: readonly Span[]): number {
  const { calls, hasPages } = scan(trace);
  const rows = gaps.flatMap((gap) => [
    hiddenStep(trace, gap), ...calls.map((call) => hiddenCall(trace, call, gap, hasPages)),
  ]);
  return minOf(rows);
}

/** Calls whose outcome more decides than what their step wrote. */
function scan(trace: Trace): { readonly calls: readonly Call[]; readonly hasPages: boolean } {
  const { event, task } = trace.columns;
  const calls: Call[] = [];
  const open = new Map<string, number>();
  let hasPages = false;
  for (let row = 0; row < trace.length; row += 1) {
    const code = event.get(row);
    if (code === PAGE_ALLOC) hasPages = true;
    if (code !== ADD && code !== OFFLINE) continue;
    const key = `${code} ${task.get(row)}`;
    const begin = open.get(key) ?? row;
    if (trace.phase(row) === 'B') open.set(key, row);
    else {
      open.delete(key);
      const ret = trace.ret(row) === NONE ? undefined : trace.ret(row);
      calls.push({ event: nameOf(code), begin, end: row, ret });
    }
  }
  for (const [key, begin] of open) {
    calls.push({ event: nameOf(parseInt(key)), begin, end: Infinity, ret: undefined });
  }
  return { calls, hasPages };
}

const nameOf = (code: number): Call['event'] => (code === ADD ? 'add_memory' : 'offline');

/**
 * Of an add the range, and what it brings online by itself; of an offline, when a signal came, and
 * what single pages do to it.
 */
function hiddenCall(
  trace: Trace, call: Call, { from, to }: Span, hasPages: boolean,
): number {
  const { event, begin, end, ret } = call;
  if (end <= from) return Infinity;
  // A call that only the step told has its rows at the end of the step.
  const late = event === 'add_memory' && end < trace.length &&
    callMarks(trace.args(end)).noted && stepOf(trace, begin) < to;
  if (begin >= to && !late) return Infinity;
  if (event === 'add_memory') return Math.min(begin, from + 1);
  if (ret === EINTR) return begin;
  return hasPages && ret !== 0 ? Math.max(begin, from + 1) : Infinity;
}

/** The mark of the step that runs at this row, -1: none. */
function stepOf(trace: Trace, row: number): number {
  let at = Math.min(row, trace.length - 1);
  while (at >= 0 && !isStep(trace, at)) at -= 1;
  return at;
}

function isStep(trace: Trace, row: number): boolean {
  return trace.columns.event.get(row) === MARK && /^step \d+:/.test(trace.args(row));
}

/** Where no step runs; the first step of the gap that runs a command, or asks virtio-mem. */
function hiddenStep(trace: Trace, { from, to }: Span): number {
  const { event } = trace.columns;
  const step = stepOf(trace, Math.max(from, 0));
  if (step < 0) return from + 1;
  for (let row = step; row < Math.min(to, trace.length); row += 1) {
    const code = event.get(row);
    if (code === VIRTIO_MEM) return row;
    if (code === SHELL && !isTold(trace.args(row))) return Math.max(row, from + 1);
  }
  return Infinity;
}

function isTold(cmd: string): boolean {
  if (told.test(cmd) || toTracefs.test(cmd)) return true;
  return plainWrite.test(cmd) && parameterWrites(cmd).length === 1;
}
