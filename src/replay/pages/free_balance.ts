/**
 * Free pages of a zone in each snapshot, and in the model at that point; and what the difference
 * is made of, by name.
 *
 * Every managed page is free, on a per-cpu list or in use. So a difference of the free pages is
 * made up by the other two, and a snapshot has both: the lists are printed, the rest is in use.
 */
import { maxOf, minOf } from '../../base/long_lists.js';
import { ALLOCATED } from '../../linux/mm/pages/arena.js';
import type { Pages } from '../../linux/mm/pages/pages.js';
import type { Zone } from '../../linux/include/mmzone.js';
import type { ZonePages } from '../../linux/mm/pages/zone_pages.js';
import type { Trace } from '../../trace/trace.js';
import type { Causes } from '../../observe/facts/causes.js';
import type { Corrections } from './corrections.js';
import { onceFor } from '../../base/once.js';
import { pageRowsOf } from './events.js';
import { passedByCount } from './inference/passed_by_count.js';
import { missingFromLists } from './inference/unseen_allocations.js';
import { changesWhileRead, whileRead, whileReadFirst } from './inference/while_read.js';
import { rowWords } from '../../trace/row_words.js';

/** What of a difference has one cause. */
export interface FreePart {
  readonly cause: 'lists' | 'counter' | 'in_use' | 'compacted' | 'unexplained';
  /** Free pages that the snapshot has more than the model, below 0: fewer. */
  readonly pages: number;
  /** How far the cause can reach by what the kernel itself counts; undefined: no bound. */
  readonly most?: number;
}

/** Pages on the lists of each CPU; undefined: of a CPU that is offline none are printed. */
export type Listed = readonly (number | undefined)[];

/** Free pages of a zone in a snapshot, and in the model at that point. */
export interface FreeDifference {
  readonly row: number;
  readonly nid: number;
  readonly zone: number;
  readonly recorded: number;
  readonly model: number;
  /** Pages on the per-cpu lists of each CPU; undefined: the snapshot does not say. */
  readonly lists: { readonly recorded: Listed; readonly model: readonly number[] } | undefined;
  /** Allocations that the kernel counted since the first snapshot, and those with an event. */
  readonly allocations: { readonly counted: number; readonly traced: number } | undefined;
  /** Nothing happened that the trace has no events of: the snapshot was taken under tracing. */
  readonly seamless: boolean;
  /** Adds up to recorded - model; empty when they are equal. */
  readonly parts: readonly FreePart[];
  /**
   * Pages of per-cpu lists that nothing explains; undefined: not all was traced. Those that are
   * missing there were allocated in bulk, of which there are no events, as the kernel's count of
   * allocations must say where it counts them.
   */
  readonly listsUnexplained: number | undefined;
  /** The zone had pages before the recording began: its lists follow the trace. */
  readonly followed: boolean;
  /** Corrections that the model's numbers depend on. */
  readonly causes: Causes;
}

/** The words of an nr_free_pages row. */
interface Counted {
  readonly pcp: Listed;
  readonly threshold: number;
  readonly allocations: number;
  readonly traced: boolean;
}

function countedIn(trace: Trace, row: number): Counted | undefined {
  const { pcp, stat_threshold = 0, allocations = 0, traced = false } =
    rowWords(trace, row, 'nr_free_pages');
  return pcp === undefined ? undefined : { pcp, threshold: stat_threshold, allocations, traced };
}

/** So many pages CPUs may keep back from the counter of free pages. */
function unfoldedOf(counted: Counted | undefined): number {
  if (counted === undefined) return 0;
  return counted.threshold * counted.pcp.filter((count) => count !== undefined).length;
}

const sum = (values: Listed): number =>
  values.reduce<number>((all, one) => all + (one ?? 0), 0);

/** What one zone is compared with. */
interface Compared {
  readonly difference: number;
  /** Pages that the recorded lists have more than the model's. */
  readonly lists: number;
  /** Allocations that no event tells of. */
  readonly untraced: number;
  /** Counters of free pages may be off by so many: what each CPU has not folded in. */
  readonly unfolded: number;
  /** Pages that compaction moved so far: of those that it moved to there is no event. */
  readonly compacted: number;
  readonly seamless: boolean;
}

function partsOf(one: Compared): readonly FreePart[] {
  const { difference, lists, untraced, unfolded, compacted, seamless } = one;
  if (difference === 0) return [];
  const parts: FreePart[] = [];
  const add = (cause: FreePart['cause'], pages: number, most?: number): void => {
    if (pages !== 0) parts.push({ cause, pages, ...(most === undefined ? {} : { most }) });
  };
  if (!seamless && untraced !== 0) {
    add('lists', -lists);
    add('in_use', difference + lists);
  } else if (Math.abs(difference) <= unfolded) add('counter', difference, unfolded);
  else if (difference < 0 && -difference <= unfolded + compacted) {
    add('compacted', difference, unfolded + compacted);
  } else add('unexplained', difference);
  return parts;
}

/** Rows that tell of pages which compaction moved, and how many there were so far. */
const compactions = onceFor((trace: Trace) => {
  let sum = 0;
  const found: { readonly row: number; readonly sum: number }[] = [];
  for (const row of pageRowsOf(trace).others) {
    if (trace.event(row) !== 'mm_migrate_pages') continue;
    const { reason, nr_succeeded = 0 } = rowWords(trace, row, 'mm_migrate_pages');
    if (reason !== 'compaction') continue;
    sum += nr_succeeded;
    found.push({ row, sum });
  }
  return found;
});

function compactedBefore(trace: Trace, row: number): number {
  return compactions(trace).findLast((one) => one.row < row)?.sum ?? 0;
}

export class FreeBalance {
  readonly differences: FreeDifference[] = [];
  readonly #trace: Trace;
  readonly #corrections: Corrections;
  /** By zone number: allocations that the trace has an event of. */
  #traced = new Uint32Array(64);
  /** By zone number: what the kernel had counted at the first snapshot. */
  readonly #first: number[] = [];
  /** By zone number: by how much the count that the model began with may be off. */
  readonly #firstUnfolded: number[] = [];
  /** From the first snapshot on all was traced. */
  #seamless = true;
  #began = false;
  /** Blocks that were taken from their lists because a snapshot has fewer there. */
  readonly #taken = new Set<number>();

  constructor(trace: Trace, corrections: Corrections) {
    this.#trace = trace;
    this.#corrections = corrections;
  }

  /** An allocation from this zone. */
  allocated(zone: number): void {
    this.#traced[zone] = (this.#traced[zone] as number) + 1;
  }

  /** The allocation of this block was known by a snapshot before its row came. */
  wasTaken({ arena }: Pages, slot: number, order: number): boolean {
    return this.#taken.delete(slot) && arena.state[slot] === ALLOCATED &&
      arena.order[slot] === order;
  }

  /** Tracing was off, or events were lost. */
  gap(): void {
    this.#seamless = false;
  }

  /**
   * An nr_free_pages row: the model takes over what it says of the lists, where no event can, and
   * is counted then. What was taken over is a correction, and what is counted depends on it.
   */
  settle(pages: Pages, zone: Zone, row: number): void {
    const printed = countedIn(this.#trace, row);
    const zp = pages.zonePages(zone);
    const counted = printed === undefined || !this.#began || zp.partial ? printed
      : { ...printed, pcp: this.#atRow(pages, zp, printed.pcp, row) };
    if (zp.number >= this.#traced.length) {
      const longer = new Uint32Array(zp.number * 2);
      longer.set(this.#traced);
      this.#traced = longer;
    }
    if (counted?.traced !== true) this.gap();
    if (!this.#began) this.#begin(zp, counted);
    if (counted !== undefined && this.#seamless) this.#setRight(pages, zp, row, counted);
    this.differences.push(this.#difference(pages, zp, row, counted));
  }

  /**
   * Pages on the lists as they were at the row of the snapshot: those of a CPU that had so many as
   * were printed a little later, while the snapshot was still being read, are as in the model.
   */
  #atRow(pages: Pages, zp: ZonePages, printed: Listed, row: number): Listed {
    if (zp.pcp.every(({ count }, cpu) => (printed[cpu] ?? count) === count)) return printed;
    const reading = whileRead(this.#trace, row);
    return printed.map((recorded, cpu) => {
      const count = zp.pcp[cpu]?.count;
      if (count === undefined || recorded === undefined) return recorded;
      const isLater = changesWhileRead(this.#trace, pages, zp, reading, cpu)
        .includes(recorded - count);
      return isLater ? count : recorded;
    });
  }

  /** What the counts of a snapshot say of lists, where no event tells of it. */
  #setRight(pages: Pages, zp: ZonePages, row: number, counted: Counted): void {
    const [trace, corrections] = [this.#trace, this.#corrections];
    if (!zp.partial) {
      const missing = missingFromLists(trace, pages, zp, counted.pcp, row);
      corrections.takeUnseen('unseen_by_count', zp, missing);
      for (const slot of missing) this.#taken.add(slot);
    }
    if (!corrections.interrupted) return;
    corrections.passLate(zp, passedByCount(trace, pages, zp, row, {
      free: trace.nr_pages(row) - zp.zone.nr_free_pages,
      unfolded: unfoldedOf(counted) + (this.#firstUnfolded[zp.number] ?? 0),
      listed: sum(zp.pcp.map((pcp) => pcp.count)) - sum(counted.pcp),
    }));
  }

  /** The first page-level event comes: what the lists had before it is known. */
  begin(): void {
    this.#began = true;
  }

  /** Of a zone that was there before, so many pages are on lists, and cannot be named. */
  #begin(zp: ZonePages, counted: Counted | undefined): void {
    this.#first[zp.number] = counted?.allocations ?? 0;
    this.#firstUnfolded[zp.number] = zp.partial ? unfoldedOf(counted) : 0;
    if (!zp.partial || counted === undefined) return;
    this.#corrections.setUnnamed(zp, counted.pcp);
  }

  /**
   * So many pages more, on the recorded lists of a zone whose lists follow the trace, nothing
   * explains. What was printed is of some time while the snapshot was read, the first one, too.
   */
  #unexplained(pages: Pages, zp: ZonePages, row: number, more: number): number {
    if (more === 0 || !zp.partial) return more;
    const [first, last] = [whileReadFirst(this.#trace, zp.zone.nid), whileRead(this.#trace, row)]
      .map((reading) => changesWhileRead(this.#trace, pages, zp, reading)) as [number[], number[]];
    const most = maxOf(last) - minOf(first);
    const least = minOf(last) - maxOf(first);
    return more - Math.min(Math.max(more, least), most);
  }

  #difference(
    pages: Pages, zp: ZonePages, row: number, counted: Counted | undefined,
  ): FreeDifference {
    const { zone } = zp;
    const recorded = this.#trace.nr_pages(row);
    const model = zone.nr_free_pages;
    const lists = counted === undefined ? undefined
      : { recorded: counted.pcp, model: zp.pcp.map((pcp) => pcp.count) };
    const traced = this.#traced[zp.number] as number;
    const allocations = counted === undefined ? undefined
      : { counted: counted.allocations - (this.#first[zp.number] ?? 0), traced };
    const untraced = allocations === undefined ? 0 : allocations.counted - allocations.traced;
    // With vm.numa_stat=0 a kernel counts none, and so bounds nothing.
    const counts = counted === undefined || counted.allocations > 0 || traced === 0;
    const more = lists === undefined ? 0 : sum(lists.recorded) - sum(lists.model);
    // Of what a CPU was allocating when the first snapshot was read the event came after it: it was
    // counted already, and on no list.
    const begun = Math.min(Math.max(more, 0), Math.max(-untraced, 0), zp.pcp.length);
    const bulk = counts ? Math.min(Math.max(-more, 0), Math.max(untraced, 0)) : Math.max(-more, 0);
    const parts = partsOf({
      difference: recorded - model, lists: more, untraced,
      unfolded: unfoldedOf(counted) + (this.#firstUnfolded[zp.number] ?? 0),
      compacted: zp.partial ? compactedBefore(this.#trace, row) : 0, seamless: this.#seamless,
    });
    return {
      row, nid: zone.nid, zone: zone.index, recorded, model, lists, allocations,
      seamless: this.#seamless, parts, followed: zp.partial,
      causes: this.#corrections.inZone(zp),
      listsUnexplained: this.#seamless && lists !== undefined
        ? this.#unexplained(pages, zp, row, more - begun + bulk) : undefined,
    };
  }
}
