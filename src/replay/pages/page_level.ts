/**
 * Replay of page-level events. The trace says which page was allocated or freed, by which CPU; the
 * model says where the page was and where it goes: which list, when a list overflows, by which
 * migratetype a page enters the buddy allocator. Where the page was somewhere else in the model,
 * the model follows the trace and counts it.
 */
import type { Kernel } from '../../linux/base/kernel.js';
import { HUGETLB_PAGE_ORDER } from '../../linux/include/hugetlb.js';
import { MIGRATE_PCPTYPES, MIGRATE_UNMOVABLE } from '../../linux/include/migratetype.js';
import { ON_PCP } from '../../linux/mm/pages/arena.js';
import { noteAllocation } from '../../linux/mm/page_alloc/pcp_order.js';
import { Pages } from '../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../linux/mm/pages/zone_pages.js';
import type { StandIns } from '../../patch/compose.js';
import type { Patch } from '../../patch/define.js';
import type { Trace } from '../../trace/trace.js';
import { CheckedPages } from './checked.js';
import { changesFreePath } from './free_path.js';
import { freeWays } from './free_ways.js';
import { PageFrees } from './frees.js';
import { PoolRows } from './pool_rows.js';
import { SlabPages } from './slab_pages.js';
import { HotplugCalls } from '../hotplug_calls.js';
import { followedZones } from './followed_zones.js';
import { FreeBalance, type FreeDifference } from './free_balance.js';
import { LostPages } from './inference/lost_pages.js';
import { ModulePages } from './inference/module_pages.js';
import { MovedPages } from './moved_pages.js';
import { Corrections } from './corrections.js';
import { noCounts, type Drain } from './counts.js';
import { PageHolds } from './holds.js';
import {
  ALLOC, BATCHED, EXTFRAG, FREE_ROW, PCPU_DRAIN, ZONE_LOCKED, isPageEvent, isRead, pageRowsOf,
  type Begin, type FreeMarks,
} from './events.js';
import { RecordedDrains } from './drains.js';
import { goneBeforeDrain } from './inference/offline_drains.js';
import { RecordedRefills } from './refills.js';
import { checkCpu } from './known_cpu.js';
import { ListRows } from './list_rows.js';
import { RowWindow } from './row_window.js';
import { takenInFront, usedBefore } from './inference/unseen_allocations.js';

const EMPTY = -1;

export class PageLevel {
  readonly counts = noCounts();
  readonly corrections = new Corrections();
  readonly drains: Drain[] = [];
  /** Most that a zone's pages ever failed to add up to its managed pages, and where. */
  worstImbalance = { pages: 0, row: -1 };
  readonly #trace: Trace;
  readonly #begin: Begin;
  readonly #hasRefills: boolean;
  readonly #window: RowWindow;
  /** Who does what the row says. */
  #task = 0;
  readonly #hotplug = new HotplugCalls();
  readonly #pool: PoolRows;
  readonly #module: ModulePages;
  readonly #slab: SlabPages;
  readonly #lost: LostPages;
  readonly #drains: RecordedDrains;
  readonly #lists: ListRows;
  readonly #refills: RecordedRefills;
  readonly #balance: FreeBalance;
  readonly #frees: PageFrees;
  readonly holds: PageHolds;
  readonly moved = new MovedPages();
  /** Where run() stopped last. */
  #stopped = EMPTY;
  #checked: CheckedPages | undefined;
  #k: Kernel | undefined;
  #pages: Pages | undefined;
  #row = -1;

  /** Undefined for a trace without page-level events. */
  static of(trace: Trace, series: readonly Patch[]): PageLevel | undefined {
    return pageRowsOf(trace).has ? new PageLevel(trace, series) : undefined;
  }

  /** For any trace; `deferred` when it is the begin of another one: see PageRows. */
  static always(trace: Trace, series: readonly Patch[], deferred?: FreeMarks): PageLevel {
    return new PageLevel(trace, series, deferred);
  }

  private constructor(trace: Trace, series: readonly Patch[], deferred?: FreeMarks) {
    this.#trace = trace;
    const begin = pageRowsOf(trace).begin;
    this.#hasRefills = pageRowsOf(trace).hasRefills;
    this.#begin = deferred === undefined ? begin : { row: 0, early: new Map() };
    this.#lost = new LostPages(trace);
    this.#pool = new PoolRows(trace, this.#hotplug, this.corrections);
    this.#slab = new SlabPages(trace);
    this.#module = new ModulePages(trace, (pfn) => {
      const zone = this.#pages?.zoneOf(this.#pages.slot(pfn))?.zone;
      return zone === undefined ? undefined : `${zone.nid}/${zone.name}`;
    });
    this.holds = new PageHolds(trace);
    this.#window = new RowWindow(trace);
    const { counts, corrections } = this;
    this.#drains = new RecordedDrains(trace, counts, this.#hotplug, corrections);
    this.#lists = new ListRows(trace, corrections, this.#hotplug);
    this.#refills = new RecordedRefills(
      trace, this.#window, counts, corrections, () => this.#row);
    this.#balance = new FreeBalance(trace, corrections);
    this.#frees = new PageFrees({
      trace, ways: freeWays(trace, deferred), counts, corrections,
      throughTable: changesFreePath(series), hotplug: this.#hotplug, pool: this.#pool,
      holds: this.holds, note: (cpu, zp) => this.#note(cpu, zp),
    });
  }

  /** Free pages of each zone at each snapshot. */
  get differences(): readonly FreeDifference[] {
    return this.#balance.differences;
  }

  /** The machine has booted: from here on pages are told apart. */
  booted(k: Kernel): void {
    const pages = new Pages(k);
    this.#k = k;
    this.#pages = pages;
    this.holds.kernel = k;
    k.state.pages = pages;
    this.#pool.booted(k);
    this.#setOutside(k, pages);
    this.moved.told = true;
    this.corrections.booted(k, pages);
    this.#drains.booted(k, pages);
    this.#lists.booted(k, pages);
    this.#refills.booted(k, pages);
    this.#frees.booted(k, pages);
    this.#checked?.booted(k, pages);
    pages.drained = (slot, order, migratetype, cpu) => {
      this.counts.modelDrains += 1;
      const zp = pages.zoneOf(slot);
      const causes = zp === undefined ? 0 : this.corrections.onList(zp, cpu);
      this.drains.push({
        row: this.#row, pfn: pages.arena.pfnOf(slot), order, migratetype, cpu, causes,
      });
    };
  }

  /** What was there before the recording began, nobody can name. */
  #setOutside(k: Kernel, pages: Pages): void {
    pages.setOutside({
      used: (start, end) => this.corrections.useUnseen(
        usedBefore(this.#trace, pages, start, end, this.#row), start),
    }, k.state.nodes.flatMap((pgdat) => pgdat.node_zones));
  }

  /** What stands in for functions of the kernel as long as the trace is replayed. */
  get standIns(): StandIns {
    return {
      ...followedZones, ...this.moved.standIns, ...this.#pool.standIns, ...this.#refills.standIns,
    };
  }

  /** The trace is over: whatever the kernel does from now on it does by itself. */
  over(): void {
    this.moved.told = false;
    this.#pool.end();
  }

  /** Events were lost: nobody knows where a page is now. */
  #forget(row: number): void {
    this.#lost.pass(row);
    this.holds.forget();
    this.#balance.gap();
    if (this.#k !== undefined) this.booted(this.#k);
    this.corrections.begunAnew();
  }

  /** From the boot on all invariants of pages are looked at after every event. */
  checkInvariants(): this {
    this.#checked = new CheckedPages();
    return this;
  }

  /** What was wrong after which row, when it is looked for: the first time. */
  get violated(): { readonly row: number; readonly text: string } | undefined {
    return this.#checked?.violated;
  }

  /**
   * Replays up to `most` page-level rows from `row` on; the row to go on with. It stops before a
   * row in which a task that takes memory offline drains a page that the model has on a list: that
   * task is to drain first. Asked again, it goes on.
   */
  run(row: number, most = Infinity): number {
    const window = this.#window;
    const begin = this.#begin;
    const end = Math.min(this.#trace.length, row + most);
    let next = row;
    while (next < end) {
      const at = window.at(next);
      const code = window.rows.event[at] as number;
      if (isPageEvent[code] !== 1) break;
      if (next >= begin.row || (begin.early.size > 0 && isRead(begin, this.#nidOf(next), next))) {
        if (code === PCPU_DRAIN && this.#stopsAt(next)) break;
        if (code === FREE_ROW && this.#dissolves(next, window.rows.pfn[at] as number)) break;
        this.#event(code, next, at);
      }
      next += 1;
    }
    return next;
  }

  #nidOf(row: number): number | undefined {
    return this.#pages?.zoneOf(this.#pages.slot(this.#trace.pfn(row)))?.zone.nid;
  }

  /** run() stopped before a row of its own: a task is to do first what the row says. */
  stopped(row: number): boolean {
    return this.#stopped === row;
  }

  /** A task that takes memory offline frees a huge page of the pool: the model's task does. */
  #dissolves(row: number, pfn: number): boolean {
    if (!this.#pool.has(pfn) || this.#stopped === row || this.#lost.inside) return false;
    if (!this.#hotplug.offlines(this.#trace.task(row))) return false;
    this.#stopped = row;
    return true;
  }

  #stopsAt(row: number): boolean {
    if (this.#stopped === row || this.#lost.inside) return false;
    const { task, pfn } = this.#trace.columns;
    if (!this.#hotplug.offlines(this.#trace.strings[task.get(row)] as string)) return false;
    if (this.#pages?.isOnPcp(pfn.get(row)) !== true) return false;
    this.#stopped = row;
    // What the task does now it does at this row.
    this.#row = row;
    const zp = this.#pages.zoneOf(this.#pages.slot(pfn.get(row)));
    if (zp?.partial === false) {
      this.corrections.takeUnseen(
        'unseen_before_drain', zp, goneBeforeDrain(this.#trace, this.#pages, zp, row));
    }
    return true;
  }

  /** `at` is the row's place in the window. */
  #event(code: number, row: number, at: number): void {
    if (row >= this.#lost.next) this.#forget(row);
    const window = this.#window.rows;
    const pages = this.#pages;
    const pfn = window.pfn[at] as number;
    const section = window.section[at] as number;
    if (pages === undefined || section < 0 || this.#lost.inside) return;
    this.#row = row;
    const cpu = window.cpu[at] as number;
    const order = window.order[at] as number;
    this.#task = window.task[at] as number;
    if (row === this.holds.releaseRow) this.#letGo(row, cpu);
    if (this.counts.events === 0) this.#balance.begin();
    this.counts.events += 1;
    const slot = pages.slotAt(section, window.offset[at] as number);
    const zp = pages.zoneOf(slot);
    if (zp === undefined) return;
    if (cpu >>> 0 >= zp.pcp.length) checkCpu(zp, cpu, this.#trace, row);
    if (code === ALLOC) this.#allocate(zp, slot, order, row, cpu, at);
    else if (code === FREE_ROW) this.#frees.free(zp, slot, pfn, order, row, cpu);
    else if (code === BATCHED) {
      this.#note(cpu, zp);
      this.#frees.commitLate(zp, slot, pfn, cpu);
    } else if (code === PCPU_DRAIN) this.#drains.drain(zp, slot, row, cpu);
    else if (code === ZONE_LOCKED) this.#refills.refill(zp, slot, order, at, cpu);
    else if (code === EXTFRAG) this.#refills.steal(zp, slot, order, at, cpu, row);
    if (this.#checked !== undefined) this.#checked.after(row);
    const imbalance = zp.imbalance();
    if (imbalance !== 0 && Math.abs(imbalance) > Math.abs(this.worstImbalance.pages)) {
      this.worstImbalance = { pages: imbalance, row };
    }
  }

  #allocate(
    zp: ZonePages, slot: number, order: number, row: number, cpu: number, at: number,
  ): void {
    const pages = this.#pages as Pages;
    const { arena } = pages;
    const type = Math.min(this.#window.rows.migratetype[at] as number, MIGRATE_PCPTYPES - 1);
    this.counts.allocs += 1;
    this.#note(cpu);
    this.#balance.allocated(zp.number);
    // In a trace written by hand: isolated, the allocation would have got another page.
    if (!this.moved.told && pages.isIsolatedFree(slot)) {
      this.corrections.passOver(zp);
      return;
    }
    const hold = this.holds.any ? this.holds.of(arena.pfnOf(slot)) : undefined;
    if (hold !== undefined) {
      const { nid, index } = zp.zone;
      this.holds.begin(hold, this.#row, (k) => k.rmqueue(nid, index, order, type, cpu));
      return;
    }
    const pcp = zp.pcp[cpu];
    const listed = pcp !== undefined && pages.pcpOrder(order);
    if (listed) noteAllocation(pcp);
    if (arena.state[slot] === ON_PCP && arena.order[slot] === order) {
      // Not the first of its list.
      if (arena.state[arena.prev[slot] as number] === ON_PCP) {
        const gone = takenInFront(this.#trace, pages, zp, slot, row);
        if (gone.length > 0) this.corrections.takeUnseen('unseen_allocation', zp, gone);
      }
      if (listed && arena.cpu[slot] === cpu) {
        this.counts.allocsFromList += 1;
        pages.takeFromPcp(zp, slot);
      } else this.corrections.takeFromOther(zp, slot);
    } else {
      this.#takeElsewhere(pages, zp, listed ? pcp : undefined, slot, order, type, cpu);
    }
    const used = this.#slab.typeOf(row, this.#window.rows.args[at] as number, order, type);
    pages.setAllocated(zp, slot, order, this.#module.has(row) ? MIGRATE_UNMOVABLE : used);
    if (order === HUGETLB_PAGE_ORDER) this.#pool.allocated(row, arena.pfnOf(slot));
  }

  #takeElsewhere(
    pages: Pages, zp: ZonePages, pcp: PcpLists | undefined, slot: number, order: number,
    type: number, cpu: number,
  ): void {
    const { arena } = pages;
    if (this.#balance.wasTaken(pages, slot, order)) {
      pages.takeBlock(zp, slot);
      return;
    }
    const block = pages.lists.blockOf(slot);
    if (block < 0) {
      this.corrections.takeUnlisted(zp, slot, order, pcp === undefined ? undefined : cpu);
      return;
    }
    if (1 << (arena.order[block] as number) < 1 << order) {
      this.corrections.gather(zp, slot, order);
      return;
    }
    if (pcp === undefined) {
      pages.lists.carve(zp, block, slot, order);
      return;
    }
    const head = pcp.heads + pages.pindex(order, type);
    // Where the lists follow the trace, that tells each page of a refill.
    const told = this.#hasRefills;
    if (!told && arena.next[head] === head) this.#refills.fill(zp, pcp, order, type);
    if (arena.state[slot] === ON_PCP && arena.order[slot] === order) {
      this.counts.allocsFromList += 1;
      pages.takeFromPcp(zp, slot);
      return;
    }
    const listed = arena.next[head] as number;
    this.corrections.exchange(zp, slot, listed === head ? undefined : listed, order);
  }

  /** A block was allocated on this CPU, or freed to its list of a zone. */
  #note(cpu: number, zp?: ZonePages): void {
    this.#drains.note(cpu, this.#task, zp === undefined ? 0 : zp.number);
    this.#refills.note(cpu);
  }

  /** A row that is no page-level event is replayed next. */
  beforeRow(row: number): void {
    const trace = this.#trace;
    this.#checked?.before(row, this.#hotplug.running);
    const event = trace.event(row);
    if (row >= this.#lost.next) this.#forget(row);
    this.#row = row;
    this.corrections.forgetEmpty();
    this.holds.beforeRow(row, event);
    this.#module.beforeRow(row, event);
    if (event === 'nr_free_pages') this.#compareFree(row);
    else if (event === 'pcp') this.#lists.takeHigh(row);
    else if (event === 'zone_pcp_disable') this.#lists.takeGone(row);
    else if (event === 'lost_events') this.#balance.gap();
    else this.#hotplug.row(trace, row);
  }

  /** What was held goes on: the last of it is what was freed last on this CPU. */
  #letGo(row: number, cpu: number): void {
    const pages = this.#pages as Pages;
    for (const { pfn } of this.holds.letGo(row)) this.#note(cpu, pages.zoneOf(pages.slot(pfn)));
  }

  #compareFree(row: number): void {
    const trace = this.#trace;
    const zone = this.#k?.state.nodes[trace.nid(row)]?.node_zones[trace.zone(row)];
    if (zone !== undefined && this.#pages !== undefined) {
      this.#balance.settle(this.#pages, zone, row);
    }
  }
}
