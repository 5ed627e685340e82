/**
 * Frees that passed by the per-cpu lists. An interrupt that frees while the task that it stopped
 * has the lock of the lists does not get it (pcp_spin_trylock(), mm/page_alloc.c, v6.2 and later;
 * from v6.0 on also because another CPU drains them), and the block goes to the buddy allocator.
 * No event says so; but a block that leaves the buddy allocator next, and was not drained, had gone
 * there.
 */
import { PAGE_SIZE } from '../../../base/pfn.js';
import { pageblock_order } from '../../../linux/include/mmzone.js';
import { onceFor } from '../../../base/once.js';
import type { Trace } from '../../../trace/trace.js';
import {
  ALLOC, BATCHED, EXTFRAG, FREE_ROW, PCPU_DRAIN, ZONE_LOCKED, isMarked, isPageEvent, pageRowsOf,
} from '../events.js';
import { NO_ROW, PageHistory } from '../history.js';
import { rowWords } from '../../../trace/row_words.js';

/** One bit for each row that is a mm_page_free. */
export interface PassedLists {
  /** The block went past the lists: it left the buddy allocator next. */
  readonly seen: Uint8Array;
  /** So too if interrupts can find a list's lock taken, though nothing told of it again. */
  readonly locked: Uint8Array;
  /** Rows of one interrupt's frees each of which that is not known; none was seen again. */
  readonly unsure: readonly (readonly number[])[];
}

export const passedLists = onceFor((trace: Trace): PassedLists => {
  const finder = new Finder(trace);
  if (pageRowsOf(trace).hasRefills) finder.find();
  return finder;
});

/** Nobody knows what happened around these rows; ascending. */
function seamsOf(trace: Trace): readonly number[] {
  return [...pageRowsOf(trace).others].filter((row) => {
    const event = trace.event(row);
    return event === 'lost_events' ||
      (event === 'nr_free_pages' && rowWords(trace, row, event).traced !== true);
  });
}

/** Orders of blocks of which a list can have a page. */
const wholes = [1, 2, 3, pageblock_order] as const;

/** What puts a single page on a list of the row's CPU. */
const puts: ReadonlySet<number> = new Set([FREE_ROW, BATCHED, ZONE_LOCKED]);

/** Frees of one CPU and task that follow each other: an interrupt frees several blocks. */
interface Run {
  readonly task: number;
  readonly rows: number[];
}

/** Ends of zones by address; above, zones are taken to differ from block to block. */
const ZONE_ENDS = [2 ** 24 / PAGE_SIZE, 2 ** 32 / PAGE_SIZE] as const;

/** Pages of which this is equal are of one zone. */
function zonesOf(trace: Trace): (pfn: number) => string {
  const { header } = trace;
  const ranges = [...pageRowsOf(trace).others].filter((row) => trace.event(row) === 'srat_mem')
    .map((row) => {
      const { start = NaN, end = NaN } = rowWords(trace, row, 'srat_mem');
      return { start: start / PAGE_SIZE, end: end / PAGE_SIZE, nid: trace.nid(row) };
    });
  return (pfn) => {
    const nid = ranges.find(({ start, end }) => pfn >= start && pfn < end)?.nid ?? 0;
    const below = ZONE_ENDS.findIndex((end) => pfn < end);
    return `${nid} ${below >= 0 ? below : Math.floor(pfn * PAGE_SIZE / header.block_size) + 2}`;
  };
}

function mark(bits: Uint8Array, rows: readonly number[]): void {
  for (const row of rows) bits[row >>> 3] = (bits[row >>> 3] as number) | (1 << (row & 7));
}

class Finder implements PassedLists {
  readonly seen: Uint8Array;
  readonly locked: Uint8Array;
  readonly unsure: (readonly number[])[] = [];
  readonly #trace: Trace;
  readonly #late: Uint8Array;
  readonly #zoneOf: (pfn: number) => string;
  readonly #seams: readonly number[];
  /** Index of the next seam. */
  #seam = 0;
  /** By CPU. */
  readonly #runs = new Map<number, Run>();

  constructor(trace: Trace) {
    this.#trace = trace;
    this.seen = new Uint8Array(Math.ceil(trace.length / 8));
    this.locked = new Uint8Array(this.seen.length);
    this.#late = pageRowsOf(trace).deferred.late;
    this.#seams = seamsOf(trace);
    this.#zoneOf = zonesOf(trace);
  }

  find(): void {
    const { event } = this.#trace.columns;
    for (let row = 0; row < this.#trace.length; row += 1) {
      if (row === this.#seams[this.#seam]) this.#passSeam();
      const code = event.get(row);
      if (isPageEvent[code] === 1) this.#pageRow(row, code);
    }
    this.#passSeam();
  }

  #passSeam(): void {
    for (const run of this.#runs.values()) this.#end(run);
    this.#runs.clear();
    this.#seam += 1;
  }

  #pageRow(row: number, code: number): void {
    const cpu = this.#trace.columns.cpu.get(row);
    const task = this.#trace.columns.task.get(row);
    const run = this.#runs.get(cpu);
    const isFree = code === FREE_ROW && !isMarked(this.#late, row);
    if (isFree && run?.task === task) {
      run.rows.push(row);
      return;
    }
    if (run !== undefined) this.#end(run);
    if (isFree) this.#runs.set(cpu, { task, rows: [row] });
    else this.#runs.delete(cpu);
  }

  /** Whose lock is held is said by each zone's pages: the lists of others are free. */
  #end({ rows }: Run): void {
    const zones = new Map<string, number[]>();
    for (const row of rows) {
      const zone = this.#zoneOf(this.#trace.columns.pfn.get(row));
      const known = zones.get(zone);
      if (known === undefined) zones.set(zone, [row]);
      else known.push(row);
    }
    for (const some of zones.values()) this.#endZone(some);
  }

  #endZone(rows: readonly number[]): void {
    const taken = rows.map((row) => this.#isTakenNext(row));
    const first = taken.indexOf(true);
    const locked = rows.filter((row) => this.#isLocked(row));
    // What was freed between two of them went the same way, though it was not seen again.
    if (first >= 0) mark(this.seen, rows.slice(first, taken.lastIndexOf(true) + 1));
    if (locked.length === 0) return;
    if (this.#passed(locked)) mark(this.locked, locked);
    else if (locked.every((row) => this.#after(row) === NO_ROW)) this.unsure.push(locked);
  }

  /** The page's next row, as far as nothing is unknown on the way there. */
  #after(row: number): number {
    const { after } = PageHistory.of(this.#trace).around(this.#trace.columns.pfn.get(row), row);
    return after > (this.#seams[this.#seam] ?? Infinity) ? NO_ROW : after;
  }

  #isTakenNext(row: number): boolean {
    const after = this.#after(row);
    if (after === NO_ROW) return false;
    const code = this.#trace.columns.event.get(after);
    if (code !== ZONE_LOCKED && code !== EXTFRAG) return false;
    return wholes.every((order) => !this.#leavesWith(order, row, after));
  }

  /** Between these rows the page was drained or allocated as a part of a block of this order. */
  #leavesWith(order: number, row: number, end: number): boolean {
    const { pfn, event, order: orders } = this.#trace.columns;
    const page = pfn.get(row);
    const first = page - page % 2 ** order;
    if (first === page) return false;
    const history = PageHistory.of(this.#trace);
    for (let at = history.around(first, row).after; at !== NO_ROW && at < end;
      at = history.around(first, at).after) {
      const leaves = event.get(at) === PCPU_DRAIN || event.get(at) === ALLOC;
      if (leaves && orders.get(at) >= order) return true;
    }
    return false;
  }

  /** An interrupt frees while preemption is off as often as with a list's lock, or more often. */
  #isLocked(row: number): boolean {
    return rowWords(this.#trace, row, 'mm_page_free').irq === true;
  }

  /**
   * One interrupt's frees, all of them with locks held: those of a list, when one is known to have
   * left the buddy allocator, or when the list gave others that it had before, and none of these.
   */
  #passed(rows: readonly number[]): boolean {
    const { event } = this.#trace.columns;
    const next = rows.map((row) => this.#after(row));
    const isListed = next.some((row) => row !== NO_ROW &&
      (event.get(row) === ALLOC || event.get(row) === PCPU_DRAIN));
    if (isListed) return false;
    return rows.some((row) => this.#isTakenNext(row)) || this.#isPassedOver(rows);
  }

  /**
   * A list gives what came last. One of the same zone and migratetype that came before these frees
   * is allocated before any of them is.
   */
  #isPassedOver(rows: readonly number[]): boolean {
    const { event, cpu, order, migratetype, pfn } = this.#trace.columns;
    const history = PageHistory.of(this.#trace);
    const begin = rows[0] as number;
    const lists = new Set(rows.map((row) => {
      const { before } = history.around(pfn.get(row), row - 1);
      return before !== NO_ROW && event.get(before) === ALLOC && order.get(row) === 0
        ? `${this.#zoneOf(pfn.get(row))} ${migratetype.get(before)}` : '';
    }));
    // Where they are of several lists, one of these says nothing of the others.
    if (lists.size !== 1) return false;
    const end = Math.min(this.#trace.length, this.#seams[this.#seam] ?? Infinity);
    for (let at = (rows.at(-1) as number) + 1; at < end; at += 1) {
      const isSame = event.get(at) === ALLOC && cpu.get(at) === cpu.get(begin) &&
        order.get(at) === 0 && lists.has(`${this.#zoneOf(pfn.get(at))} ${migratetype.get(at)}`);
      if (!isSame) continue;
      const { before } = history.around(pfn.get(at), at - 1);
      if (before !== NO_ROW && before < begin && cpu.get(before) === cpu.get(at) &&
        puts.has(event.get(before))) return true;
    }
    return false;
  }
}
