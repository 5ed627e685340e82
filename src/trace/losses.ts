/**
 * Events that a recorder lost: between which rows they are missing, and from where on inputs may
 * be missing with them. Nobody knows which events they were.
 */
import { minOf } from '../base/long_lists.js';
import { onceFor } from '../base/once.js';
import { eventCode } from './build.js';
import { eventNames, eventTypes } from './events.js';
import { hiddenInputs } from './hidden_inputs.js';
import { NONE, type Trace } from './trace.js';
import type { Gap, Span } from './span.js';
import { rowWords } from './row_words.js';

export interface Losses {
  readonly gaps: readonly Gap[];
  /** The gaps of all CPUs together: ascending, none touches the next. */
  readonly spans: readonly Span[];
  /** Events that were lost, as far as it is said. */
  readonly events: number;
  /** Row behind which the first one may be missing; Infinity: nothing was lost. */
  readonly first: number;
  /** From this row on an input may be missing, and the state with it; Infinity: none. */
  readonly inputs: number;
}

const LOST = eventCode('lost_events');
/** Rows of these are events of a CPU's buffer; input rows repeat what others tell. */
const traced = new Set(eventNames
  .filter((name) => (eventTypes[name].role === 'outcome' && name !== 'pcp') ||
    name === 'tracing_mark_write' || name === 'mm_page_alloc' || name === 'mm_page_free')
  .map(eventCode));

/** Every loss of a trace; the same object each time. */
export const lossesOf = onceFor(findLosses);

/** May events of just before this row be missing? */
export function isLossy({ spans }: Losses, row: number): boolean {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const { from = 0, to = 0 } = spans[middle] ?? {};
    if (row > from && row < to) return true;
    if (row <= from) high = middle;
    else low = middle + 1;
  }
  return false;
}

/** Could a call that was seen to begin have returned unseen before row `end`? */
export function mayHaveReturned({ spans }: Losses, begin: number, end: number): boolean {
  return spans.some(({ from, to }) => to > begin && from < end);
}

const none: Losses = { gaps: [], spans: [], events: 0, first: Infinity, inputs: Infinity };

function findLosses(trace: Trace): Losses {
  const { event } = trace.columns;
  const rows: number[] = [];
  for (let row = 0; row < trace.length; row += 1) if (event.get(row) === LOST) rows.push(row);
  if (rows.length === 0) return none;
  const gaps = gapsOf(trace, rows);
  return {
    gaps, spans: merged(gaps), events: gaps.reduce((sum, gap) => sum + gap.events, 0),
    first: minOf(gaps.map(({ from }) => from)),
    inputs: hiddenInputs(trace, gaps),
  };
}

function merged(gaps: readonly Gap[]): readonly Span[] {
  const spans: { from: number; to: number }[] = [];
  for (const { from, to } of [...gaps].sort((a, b) => a.from - b.from)) {
    const last = spans.at(-1);
    if (last !== undefined && from < last.to) last.to = Math.max(last.to, to);
    else spans.push({ from, to });
  }
  return spans;
}

/**
 * A tracer says that it lost events when it prints the next event of that CPU: they are missing
 * since the last one. `full=1` is the other way round: nothing of the CPU follows.
 */
function gapsOf(trace: Trace, rows: readonly number[]): Gap[] {
  const gaps: Gap[] = [];
  const { cpu: cpus } = trace.columns;
  const last = new Map<number, number>();
  const lost = new Set(rows);
  for (let row = 0; row < trace.length; row += 1) {
    const cpu = cpus.get(row);
    if (lost.has(row)) gaps.push(gapAt(trace, row, last));
    else if (cpu !== NONE && isTraced(trace, row)) last.set(cpu, row);
  }
  return gaps;
}

function isTraced(trace: Trace, row: number): boolean {
  return traced.has(trace.columns.event.get(row));
}

function gapAt(trace: Trace, row: number, last: ReadonlyMap<number, number>): Gap {
  const cpu = trace.cpu(row);
  const { events = 0, full } = rowWords(trace, row, 'lost_events');
  if (full === true) return { row, events, from: row, to: Infinity };
  if (last.size === 0) {
    // Before any event: the buffers were overwritten, each up to its first event that is left.
    const to = lastFirstRow(trace, row, cpu);
    if (to !== undefined) return { row, events, from: -1, to };
    return { row, events, from: row - 1, to: row };
  }
  const from = cpu === NONE ? minOf(last.values()) : last.get(cpu) ?? -1;
  return { row, events, from, to: nextEvent(trace, row, cpu) };
}

/** The next event of the CPU (or of any), which comes right behind in the tracer's text. */
function nextEvent(trace: Trace, row: number, only: number): number {
  let next = row + 1;
  const isIt = (at: number): boolean => isTraced(trace, at) &&
    (only === NONE || trace.columns.cpu.get(at) === only);
  while (next < trace.length && !isIt(next)) next += 1;
  return next;
}

/** The row by which each CPU (or this one) had its first event; undefined: no row names a CPU. */
function lastFirstRow(trace: Trace, row: number, only: number): number | undefined {
  const { cpu: cpus } = trace.columns;
  const seen = new Set<number>();
  let found: number | undefined;
  for (let at = row + 1; at < trace.length; at += 1) {
    const cpu = cpus.get(at);
    if (cpu === NONE || (only !== NONE && cpu !== only) || seen.has(cpu)) continue;
    if (!isTraced(trace, at)) continue;
    seen.add(cpu);
    found = at;
    if (only !== NONE) break;
  }
  return found;
}
