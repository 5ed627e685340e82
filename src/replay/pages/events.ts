/** Which rows of a trace are page-level events, and what can be said of them before the replay. */
import { maxOf } from '../../base/long_lists.js';
import { onceFor } from '../../base/once.js';
import { eventCode } from '../../trace/build.js';
import type { Trace } from '../../trace/trace.js';
import { isPoolAllocation } from './pool_allocation.js';
import { rowWords } from '../../trace/row_words.js';

export const ALLOC = eventCode('mm_page_alloc');
export const FREE_ROW = eventCode('mm_page_free');
export const BATCHED = eventCode('mm_page_free_batched');
export const ZONE_LOCKED = eventCode('mm_page_alloc_zone_locked');
export const PCPU_DRAIN = eventCode('mm_page_pcpu_drain');
export const EXTFRAG = eventCode('mm_page_alloc_extfrag');

/** One flag for each event code: it is about single pages. */
export const isPageEvent = new Uint8Array(256);
for (const code of [ALLOC, FREE_ROW, BATCHED, ZONE_LOCKED, PCPU_DRAIN, EXTFRAG]) {
  isPageEvent[code] = 1;
}

/** One bit for each row that is a mm_page_free. */
export interface FreeMarks {
  /** Its page is put on its list only by a later mm_page_free_batched. */
  readonly late: Uint8Array;
  /**
   * Not so, and a mm_page_free_batched of its CPU comes before another batch begins there: when
   * one came before, too, an interrupt frees while a batch is put on the lists.
   */
  readonly inside: Uint8Array;
}

export function isMarked(bits: Uint8Array, row: number): boolean {
  return (((bits[row >>> 3] as number) >> (row & 7)) & 1) === 1;
}

function mark(bits: Uint8Array, row: number): void {
  bits[row >>> 3] = (bits[row >>> 3] as number) | (1 << (row & 7));
}

/** What is the same for every replay of a trace, found out in one pass. */
export interface PageRows {
  /** The trace says which pages were allocated and freed, or is to be replayed page by page. */
  readonly has: boolean;
  /** It says which pages the pool of huge pages got. */
  readonly hasPool: boolean;
  /** It says which pages left the buddy allocator. */
  readonly hasRefills: boolean;
  /** Rows that are about something else, ascending. */
  readonly others: Int32Array;
  readonly deferred: FreeMarks;
  /** What happened to pages before these rows is in the first snapshot. */
  readonly begin: Begin;
}

/** From which row on a trace tells what happens to pages. */
export interface Begin {
  /** Of all nodes. */
  readonly row: number;
  /** Of those whose zones the first snapshot read before the last ones. */
  readonly early: ReadonlyMap<number, number>;
}

/** The first snapshot had read the zones of this node when the row's event came, and not all. */
export function isRead({ early }: Begin, nid: number | undefined, row: number): boolean {
  return nid !== undefined && row >= (early.get(nid) ?? Infinity);
}

export const pageRowsOf = onceFor(findPageRows);

function findPageRows(trace: Trace): PageRows {
  const { event, pfn, cpu } = trace.columns;
  const late = new Uint8Array(Math.ceil(trace.length / 8));
  const inside = new Uint8Array(late.length);
  /** By CPU: a mm_page_free_batched comes next, of what follows each other. */
  const open: boolean[] = [];
  const others = new Int32Array(trace.length);
  const pending = new Set<number>();
  let first = trace.length;
  let has = false;
  let hasPool = false;
  let hasRefills = false;
  for (let row = trace.length - 1; row >= 0; row -= 1) {
    const code = event.get(row);
    if (isPageEvent[code] !== 1) others[--first] = row;
    else if (code === ZONE_LOCKED) hasRefills = true;
    else if (code === BATCHED) {
      pending.add(pfn.get(row));
      open[cpu.get(row)] = true;
    }
    else if (code === ALLOC) {
      has = true;
      hasPool ||= isPoolAllocation(trace, row);
    }
    else if (code === FREE_ROW) {
      has = true;
      if (pending.size > 0 && pending.delete(pfn.get(row))) {
        mark(late, row);
        open[cpu.get(row)] = false;
      } else if (open[cpu.get(row)] === true) mark(inside, row);
    }
  }
  const rows = others.slice(first);
  const begin = beginOf(trace, rows);
  return {
    has: has || asksForHugePages(trace, rows), hasPool: hasPool || begin.row > 0, others: rows,
    hasRefills, deferred: { late, inside }, begin,
  };
}

const WRITE = eventCode('write_parameter');
const USE = eventCode('hugetlb_no_page');

/**
 * Written by hand, with huge pages: which block they are in matters. A recording would have rows of
 * pages if those were known.
 */
function asksForHugePages(trace: Trace, others: Int32Array): boolean {
  const { event } = trace.columns;
  const asks = others.some((row) => event.get(row) === USE ||
    (event.get(row) === WRITE && trace.args(row).includes('hugepages')));
  return asks && !others.some((row) => trace.event(row) === 'snapshot');
}

/** The first rows after the first snapshot was read. */
function beginOf(trace: Trace, others: Int32Array): Begin {
  const times = new Map<number, number>();
  for (const row of others) {
    if (trace.event(row) !== 'nr_free_pages') continue;
    const readAt = rowWords(trace, row, 'nr_free_pages').read_at;
    if (readAt === undefined) break;
    times.set(trace.nid(row), readAt);
  }
  const snapshot = others.find((row) => trace.event(row) === 'snapshot');
  if (snapshot === undefined || times.size === 0) return { row: 0, early: new Map() };
  const { event } = trace.columns;
  // Not by the times of other rows: the log's clock can be ahead of the trace's.
  const isBefore = (row: number, time: number): boolean =>
    isPageEvent[event.get(row)] !== 1 || trace.time_ns(row) < time;
  const rows = [...times].map(([nid, time]) => {
    let row = snapshot;
    while (row < trace.length && isBefore(row, time)) row += 1;
    return [nid, row] as const;
  });
  const last = maxOf(rows.map(([, row]) => row));
  return { row: last, early: new Map(rows.filter(([, row]) => row < last)) };
}

/**
 * The row before which a held free went on. The command that let it go was noted when it was typed;
 * what was seen of the page later says more: it was on its list when the drain began that found
 * it. A page that was not seen again is let go at once.
 */
export function releaseRow(trace: Trace, row: number, pfn: number): number {
  const { event, task, pfn: pfns } = trace.columns;
  const drain = eventCode('__drain_all_pages');
  const lastDrain = new Map<number, number>();
  for (let at = row + 1; at < trace.length; at += 1) {
    const code = event.get(at);
    if (code === drain) lastDrain.set(task.get(at), at);
    if (isPageEvent[code] !== 1 || pfns.get(at) !== pfn) continue;
    if (code === PCPU_DRAIN) return lastDrain.get(task.get(at)) ?? at;
    return code === BATCHED ? at : row;
  }
  return row;
}
