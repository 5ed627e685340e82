/**
 * The order of things in a page-level trace. A hotplug call goes as far as the rows of its own task
 * say: each row that names a kernel function lets it run until it enters that function, and the `E`
 * row of the call lets it run to its end. A call that comes round its retry loop without anything
 * having changed meanwhile spins: it takes no step until something changes.
 */
import { hex } from '../../base/pfn.js';
import { isUnused, poolText } from '../../linux/include/hugetlb.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Trace } from '../../trace/trace.js';
import { deviceWorkOf, type DeviceWork } from './device_work.js';
import { PCPU_DRAIN, isPageEvent } from './events.js';
import { inTheWay } from './in_the_way.js';
import type { MovedPages } from './moved_pages.js';
import type { TracedCall } from '../calls.js';
import { deathRow } from '../cpu_death.js';
import { EmptiedRanges } from '../emptied_range.js';
import { isPacedCall } from '../paced_call.js';
import { CallCounts, scheduledBy } from '../recorded_schedule.js';
import { signalRows } from '../signals.js';
import { writeRow } from '../write_row.js';
import { PASSES_MAX, RETRY, keptText, timeText } from '../spin.js';
import type { Runnable, Schedule, Task } from '../tasks.js';

/**
 * Where a task stands that drains next. From v6.13 on compilers put __drain_all_pages() into its
 * callers, so that no row tells when it is entered.
 */
const drainsNext: ReadonlySet<string> = new Set(
  ['zone_pcp_disable', 'drain_all_pages', 'drain_pages_zone']);

/** Rows that say that a drain begins. */
const beginsDrain: ReadonlySet<string> = new Set([...drainsNext, '__drain_all_pages']);

/** Before and behind each batch of pages that move. */
const inMigration: ReadonlySet<string> = new Set(['mm_migrate_pages_start', 'mm_migrate_pages']);

/** The range is looked at when nothing is left in it that can be moved. */
const TEST = 'test_pages_isolated';

const AGAIN = 'scan_movable_pages() finds one again and again';

export class PageLevelSchedule implements Schedule {
  readonly #trace: Trace;
  readonly #calls: ReadonlyMap<number, TracedCall>;
  readonly #counts: CallCounts;
  readonly #recorded = new CallCounts();
  readonly #kernel: () => Kernel;
  readonly #moved: MovedPages;
  readonly #emptied: EmptiedRanges;
  /** State at the begin of the last pass of each call that is in its retry loop. */
  readonly #passes = new Map<number, string>();
  /** What policies remembered then, and how many passes the machine had stayed as it is. */
  readonly #kept = new Map<number, { readonly text: string; readonly passes: number }>();
  /** How often passes began in a state, while there are huge pages: they can move in a circle. */
  readonly #rounds = new Map<number, Map<string, number>>();
  /** Rows at which a signal comes for a task that takes memory offline. */
  readonly #signals: ReadonlyMap<number, string>;
  readonly #paces = new Map<number, boolean>();
  /** Of virtio-mem devices, by the row of what is asked for. */
  readonly #works: ReadonlyMap<number, DeviceWork>;
  /**
   * Its range is to be tested, and has a page that no row moves: the recorded kernel, which had
   * another policy, had none there.
   */
  #movesItself: Task | undefined;
  #row = -1;

  constructor(
    trace: Trace, calls: ReadonlyMap<number, TracedCall>, counts: CallCounts,
    kernel: () => Kernel, moved: MovedPages,
  ) {
    this.#trace = trace;
    this.#calls = calls;
    this.#counts = counts;
    this.#kernel = kernel;
    this.#moved = moved;
    this.#emptied = new EmptiedRanges(trace, kernel);
    this.#signals = signalRows(trace, calls);
    this.#works = deviceWorkOf(trace);
  }

  next(runnable: Runnable, row: number): Task | undefined {
    if (row !== this.#row) this.#enterRow(row);
    const task = runnable.find((one) => this.#mayRun(one, row));
    if (task !== undefined) this.#step(task, row);
    return task;
  }

  /** The call goes round its loop and nothing can let it out but another task. */
  spins(task: Task): boolean {
    const last = this.#passes.get(task.row);
    if (task.at !== RETRY || last === undefined) return false;
    const now = this.#now(task.row);
    return (now === last && !this.#countsOn(task.row)) || this.#isCircle(task.row, now);
  }

  /** A policy remembers something else than in the last pass, and may act on it in a later one. */
  #countsOn(row: number): boolean {
    const kept = this.#kept.get(row);
    return kept !== undefined && kept.text !== keptText(this.#kernel()) && kept.passes < PASSES_MAX;
  }

  /**
   * A pass goes on from the page that the one before it has moved, or from the first one. A state
   * that was there more often than there are such pages was there twice with the same one.
   */
  #isCircle(row: number, state: string): boolean {
    const { by_pfn } = this.#kernel().state.hugetlb;
    return (this.#rounds.get(row)?.get(state) ?? 0) > by_pfn.size + 1;
  }

  /** The cycle that a spinning call goes round, in words. */
  cycle(task: Task): string | undefined {
    if (!this.spins(task)) return undefined;
    const { start_pfn, end_pfn } = this.#emptied.of(task.row);
    const { pages, isolation_tests } = this.#kernel().state;
    const found = pages?.findMovable(start_pfn, end_pfn) ?? -1;
    if (found >= 0) {
      const stays = this.#passes.get(task.row) === this.#now(task.row);
      return `page ${hex(found)} ${stays ? 'cannot be moved' : 'moves within the range'}, ${AGAIN}`;
    }
    const tests = isolation_tests.length;
    const stuck = pages?.firstNotFree(start_pfn, end_pfn) ?? start_pfn;
    // All of it is free where somebody else has ended the isolation of a part.
    const where = stuck >= end_pfn ? 'a pageblock that is not isolated'
      : `page ${hex(stuck)} (${pages?.whereIs(stuck) ?? 'not known'})`;
    return `scan_movable_pages() finds nothing, test_pages_isolated() stops at ${where}, ` +
      `and again; ${tests} test${tests === 1 ? '' : 's'} so far`;
  }

  /** What a pass finds: where the range is not free, and how full the per-cpu lists are. */
  #now(row: number): string {
    const { pages, signalled } = this.#kernel().state;
    const { start_pfn, end_pfn } = this.#emptied.of(row);
    const signal = signalled.get(this.#trace.task(row));
    const zone = this.#kernel().page_zone(start_pfn);
    const counts = zone === undefined ? [] : pages?.zonePages(zone).pcp.map((pcp) => pcp.count);
    const { movable = -1, notFree, offLru } =
      pages === undefined ? {} : inTheWay(pages, start_pfn, end_pfn);
    // What keeps a page there can end while the page is still the first of the range.
    const found = [movable, notFree, offLru, movable >= 0 && pages?.isPinned(movable)];
    // A page that could not be moved can be when the pool, or free memory, has become larger.
    const room = movable === -1 ? '' : poolText(this.#kernel().state.hugetlb);
    return [start_pfn, ...found, counts, signal, room, timeText(this.#kernel())].join(' ');
  }

  #enterRow(row: number): void {
    for (const [at, pending] of this.#signals) {
      if (at > this.#row && at <= row) this.#kernel().state.signalled.set(pending, 'plain');
    }
    this.#row = row;
    if (row >= this.#trace.length) return;
    // What the worker did before was for somebody else, and need not have been replayed.
    for (const { first, task } of this.#works.values()) {
      if (first === row) this.#counts.align(task, this.#recorded);
    }
    if (this.#trace.phase(row) === 'E') return;
    this.#recorded.entered(this.#trace.task(row), this.#trace.event(row));
  }

  #step(task: Task, row: number): void {
    const isPaced = this.isPaced(task);
    if (task.at === RETRY) {
      this.#movesItself = isPaced && this.#tests(row) && this.spins(task) ? task : undefined;
    }
    this.#moved.told = isPaced && this.#movesItself !== task;
    if (task.at !== RETRY) return;
    const now = this.#now(task.row);
    const same = this.#passes.get(task.row) === now;
    const passes = same ? (this.#kept.get(task.row)?.passes ?? 0) + 1 : 0;
    this.#kept.set(task.row, { text: keptText(this.#kernel()), passes });
    this.#passes.set(task.row, now);
    if (isUnused(this.#kernel().state.hugetlb)) return;
    const rounds = this.#rounds.get(task.row) ?? new Map<string, number>();
    this.#rounds.set(task.row, rounds.set(now, (rounds.get(now) ?? 0) + 1));
  }

  #tests(row: number): boolean {
    return row < this.#trace.length && this.#trace.event(row) === TEST;
  }

  /** The trace has rows of what the task did. A call written by hand runs as far as it can. */
  isPaced(task: Task): boolean {
    return this.#workOf(task) !== undefined || this.#isPacedCall(task.row);
  }

  /** The worker of a device; not one that a timer of the device has begun. */
  #workOf(task: Task): DeviceWork | undefined {
    const work = this.#works.get(task.row);
    return work?.task === task.name ? work : undefined;
  }

  #isPacedCall(row: number): boolean {
    const known = this.#paces.get(row);
    if (known !== undefined) return known;
    const paced = isPacedCall(this.#trace, { row, end: this.#calls.get(row)?.end });
    this.#paces.set(row, paced);
    return paced;
  }

  /**
   * What the function does first comes before the next row of this task: it asks the workers, or
   * switches the lists off, so that whatever is freed from then on does not stay there.
   */
  #isAtOnce(event: string): boolean {
    if (event === 'zone_pcp_disable') return true;
    return event === 'drain_all_pages' && !this.#kernel().config.drain_remotely;
  }

  /**
   * It drains next, and no row says so before the one that comes behind that: it found nothing to
   * drain, so that it came before others put something on the lists. Not where workers drain.
   */
  #drainsUnseen(task: Task, row: number): boolean {
    if (!drainsNext.has(task.at) || !this.#kernel().config.drain_remotely) return false;
    const trace = this.#trace;
    const { event } = trace.columns;
    for (let at = row + 1; at < trace.length; at += 1) {
      if (trace.task(at) !== task.name) continue;
      const code = event.get(at);
      if (code === PCPU_DRAIN) return false;
      if (isPageEvent[code] === 1 || trace.phase(at) === 'E') continue;
      // Nor does a row that the task has come past in the replay.
      const name = trace.event(at);
      const isBehind = this.#counts.of(task.name, name) > this.#recorded.of(task.name, name);
      return !isBehind && !beginsDrain.has(name);
    }
    return false;
  }

  /** A huge page, which the task is to dissolve or to move. */
  #isInPool(pfn: number): boolean {
    return this.#kernel().state.hugetlb.by_pfn.has(pfn);
  }

  /** A range can take several batches, whose pages the rows move: it is tested after the last. */
  #comesToMigration(task: Task, event: string): boolean {
    const isBefore =
      this.#counts.of(task.name, TEST) === this.#recorded.of(task.name, TEST);
    return event === 'mm_migrate_pages_start' && isBefore && task.at !== 'migrate_pages';
  }

  #mayRun(task: Task, row: number): boolean {
    const call = this.#calls.get(task.row);
    if (call === undefined) return true;
    const trace = this.#trace;
    if (trace.event(task.row) === 'cpu_offline') return row >= deathRow(trace, task.row);
    if (writeRow(trace, task.row) > task.row) return row > writeRow(trace, task.row);
    const work = this.#workOf(task);
    // The work is queued at once.
    if (work !== undefined && row < work.first) return task.at === '';
    const end = work?.last ?? call.end;
    const over = row >= trace.length || (end !== undefined && row >= end);
    if (over || !this.isPaced(task)) return !this.spins(task);
    // What was begun at this row is done at once.
    if (task.at === 'set_migratetype_isolate' || this.#drainsUnseen(task, row)) return true;
    if (trace.task(row) !== task.name) return false;
    const event = trace.event(row);
    if (event === 'mm_page_pcpu_drain' && drainsNext.has(task.at)) {
      return this.#kernel().state.pages?.isOnPcp(trace.pfn(row)) === true;
    }
    if (event === 'mm_page_free') return this.#isInPool(trace.pfn(row)) && !this.spins(task);
    if (!scheduledBy.has(event) || !(event in this.#kernel())) return false;
    if (work !== undefined && inMigration.has(event)) return this.#comesToMigration(task, event);
    const ahead = this.#counts.of(task.name, event) - this.#recorded.of(task.name, event);
    if (ahead === 0 && task.at === event && this.#isAtOnce(event)) return true;
    if (ahead >= 0) return false;
    return event === TEST || !this.spins(task);
  }
}
