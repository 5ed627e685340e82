/**
 * The one writer of corrections: wherever the trace shows that a page was in another place than the
 * model has it, inference proposes what must have happened, and the model is set right here. Each
 * correction is counted by its cause, and the zone and the lists that it touched are known, until
 * nothing of the zone is left.
 */
import {
  causeIndex, countsByCause, type Causes, type CorrectionCause,
} from '../../observe/facts/causes.js';
import type { Kernel } from '../../linux/base/kernel.js';
import { flush, freeHighFrom } from '../../linux/mm/page_alloc/pcp_order.js';
import { FREE, NOTHING, ON_PCP } from '../../linux/mm/pages/arena.js';
import type { Pages } from '../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../linux/mm/pages/zone_pages.js';
import {
  blockWith, drainBlock, freeBlock, gatherFree, gatherPages, makeAllocated, retypeBlocks,
  takeUnlisted, takeUnnamed,
} from './fixes.js';
import type { Claim } from './inference/claims.js';
import type { Overflow } from './inference/overflow_drains.js';
import type { Refilled } from './inference/refill_order.js';
import type { VmstatRound } from './inference/vmstat_drains.js';

/** No list of a CPU, or all of them. */
const ANY_CPU = -1;

export class Corrections {
  /** By the cause's place in the list; a hole: it never was one. */
  readonly #counts: number[] = [];
  /** By zone number. */
  #zones: Causes[] = [];
  /** By zone number, then by CPU; what may have touched any list is in `#anyList`. */
  #lists: Causes[][] = [];
  #anyList: Causes[] = [];
  /** Of all zones. */
  #everywhere: Causes = 0;
  #last = { cause: 'events_lost' as CorrectionCause, index: causeIndex('events_lost') };
  #k: Kernel | undefined;
  #pages: Pages | undefined;

  /** The model's pages; from now on those are set right. */
  booted(k: Kernel, pages: Pages): void {
    this.#k = k;
    this.#pages = pages;
    this.#zones = [];
    this.#lists = [];
    this.#anyList = [];
  }

  /** Of a range that begins here so many pages are taken to be in use. */
  useUnseen(used: number, start: number): number {
    const zp = used === 0 ? undefined : this.zoneOf(start);
    if (zp !== undefined) this.#note('used_unseen', zp, ANY_CPU, used);
    return used;
  }

  /** How often the model was set right, by cause. */
  get counts(): ReadonlyMap<CorrectionCause, number> {
    return countsByCause(this.#counts);
  }

  of(cause: CorrectionCause): number {
    return this.#counts[causeIndex(cause)] ?? 0;
  }

  /** What the pages of this zone, and their number, depend on. */
  inZone(zp: ZonePages): Causes {
    return this.#everywhere | (this.#zones[zp.number] ?? 0);
  }

  /** What is on this CPU's lists of the zone depends on these. */
  onList(zp: ZonePages, cpu: number): Causes {
    return this.#everywhere | (this.#anyList[zp.number] ?? 0) |
      (this.#lists[zp.number]?.[cpu] ?? 0);
  }

  /** The zone that the page at this pfn is in; undefined: in none. */
  zoneOf(pfn: number): ZonePages | undefined {
    const slot = this.#pages?.arena.slotOf(pfn) ?? -1;
    return slot < 0 ? undefined : this.#pages?.zoneOf(slot);
  }

  /** What the pages of any zone depend on. */
  anywhere(): Causes {
    return this.#zones.reduce((all, one) => all | one, this.#everywhere);
  }

  /** A zone that has no pages any more is established: nothing of it depends on what was. */
  forgetEmpty(): void {
    for (const { number, zone } of this.#pages?.zones ?? []) {
      if (zone.present_pages > 0) continue;
      this.#zones[number] = 0;
      this.#lists[number] = [];
      this.#anyList[number] = 0;
    }
  }

  /** Counts a correction; the bit of its cause. */
  #count(cause: CorrectionCause, times: number): Causes {
    // Most follow one of the same cause.
    if (cause !== this.#last.cause) this.#last = { cause, index: causeIndex(cause) };
    const { index } = this.#last;
    this.#counts[index] = (this.#counts[index] ?? 0) + times;
    return 1 << index;
  }

  /** Counts a correction of a zone; `cpu`: whose lists it touched, ANY_CPU when not known. */
  #note(cause: CorrectionCause, zp: ZonePages, cpu: number = ANY_CPU, times = 1): void {
    const { number } = zp;
    const bit = this.#count(cause, times);
    this.#zones[number] = (this.#zones[number] ?? 0) | bit;
    if (cpu === ANY_CPU) this.#anyList[number] = (this.#anyList[number] ?? 0) | bit;
    else this.#touch(zp, cpu, bit);
  }

  #touch(zp: ZonePages, cpu: number, bit: Causes): void {
    const lists = this.#lists[zp.number] ??= [];
    lists[cpu] = (lists[cpu] ?? 0) | bit;
  }

  /** Events were lost: the pages of the whole machine began anew. */
  begunAnew(): void {
    this.#everywhere |= this.#count('events_lost', 1);
  }

  /** A block is freed: the model has it allocated, exactly so, from now on. */
  allocateBeforeFree(zp: ZonePages, slot: number, order: number): void {
    const cause = makeAllocated(this.#pages as Pages, zp, slot, order);
    if (cause !== undefined) this.#note(cause, zp);
  }

  /** A block is allocated that is neither on a list nor in the buddy allocator as a whole. */
  takeUnlisted(zp: ZonePages, slot: number, order: number, listOf: number | undefined): void {
    this.#note(takeUnlisted(this.#pages as Pages, zp, slot, order, listOf), zp);
  }

  /** These pages come online: rows told of some before that, which nobody can have had. */
  takeFresh(pfn: number, order: number): void {
    const pages = this.#pages as Pages;
    const { state, order: orders } = pages.arena;
    const first = pages.arena.slotOf(pfn);
    for (let slot = first; first >= 0 && slot < first + (1 << order);) {
      const zp = state[slot] === NOTHING ? undefined : pages.zoneOf(slot);
      const size = zp === undefined ? 1 : 1 << (orders[slot] as number);
      if (zp !== undefined) {
        this.#note('alloc_not_free', zp);
        pages.takeBlock(zp, slot);
        // The zone's pages that the rows told of are others, of which nobody knows.
        zp.nr_unknown += size;
      }
      slot += size;
    }
  }

  /** A block is allocated of which the model has parts in several places. */
  gather(zp: ZonePages, slot: number, order: number): void {
    this.#note('alloc_not_free', zp);
    gatherPages(this.#pages as Pages, zp, slot, order);
  }

  /** A block is allocated that is on another list than the request takes from. */
  takeFromOther(zp: ZonePages, slot: number): void {
    this.#note('alloc_from_elsewhere', zp);
    this.#pages?.takeFromPcp(zp, slot);
  }

  /** A block is allocated that is isolated in the model, which leaves it there. */
  passOver(zp: ZonePages): void {
    this.#note('alloc_isolated', zp);
  }

  /** The kernel's list had this block where the model's has another: they change places. */
  exchange(zp: ZonePages, slot: number, listed: number | undefined, order: number): void {
    const pages = this.#pages as Pages;
    this.#note('alloc_from_elsewhere', zp);
    pages.lists.carve(zp, pages.lists.blockOf(slot), slot, order);
    if (listed === undefined) return;
    pages.takeFromPcp(zp, listed);
    freeBlock(this.#k as Kernel, pages, zp, listed, order);
  }

  /** Blocks that are on lists had left them, by no event: they are allocated. */
  takeUnseen(cause: CorrectionCause, zp: ZonePages, slots: readonly number[]): void {
    const pages = this.#pages as Pages;
    const { state, order, type, cpu } = pages.arena;
    for (const slot of slots) {
      if (state[slot] !== ON_PCP) continue;
      const size = order[slot] as number;
      const list = type[slot] as number;
      this.#note(cause, zp, cpu[slot]);
      pages.takeFromPcp(zp, slot);
      pages.setAllocated(zp, slot, size, list);
    }
  }

  /** A block that is allocated had been freed, by no event, and goes to the buddy allocator. */
  freeUnseen(zp: ZonePages, slot: number, order: number): void {
    const pages = this.#pages as Pages;
    this.#note('free_unseen', zp);
    pages.prepareFree(zp, slot, order);
    this.#k?.free_one_page(pages.arena.pfnOf(slot), order);
  }

  /** So many pages are on lists at the first snapshot, and nobody can name them. */
  setUnnamed(zp: ZonePages, counted: readonly (number | undefined)[]): void {
    for (const [cpu, pcp] of zp.pcp.entries()) {
      const more = (counted[cpu] ?? 0) - pcp.unnamed;
      if (more === 0) continue;
      this.#note('first_snapshot', zp, cpu);
      pcp.unnamed += more;
      pcp.count += more;
      zp.nr_pcp += more;
      zp.nr_unknown -= more;
    }
  }

  /** In a zone of the boot a block has left the buddy allocator. */
  followRefill(zp: ZonePages, slot: number, order: number, pcp: PcpLists | undefined,
    type: number): void {
    const pages = this.#pages as Pages;
    const { arena } = pages;
    this.#note('list_of_boot', zp, pcp?.cpu);
    const block = blockWith(pages, slot);
    if (block >= 0 && arena.state[block] === FREE && (arena.order[block] as number) >= order) {
      pages.lists.carve(zp, block, slot, order);
    } else {
      gatherFree(pages, zp, slot, order, block);
    }
    if (pcp !== undefined) pages.putOnPcp(zp, pcp, slot, order, type);
    else zp.nr_unknown += 1 << order;
  }

  /** In a zone of the boot a block has come to the buddy allocator from a list. */
  followDrain(zp: ZonePages, slot: number, order: number, cpu: number): void {
    const pages = this.#pages as Pages;
    const { state } = pages.arena;
    const block = blockWith(pages, slot);
    this.#note('list_of_boot', zp, state[slot] === ON_PCP ? pages.arena.cpu[slot] : cpu);
    if (state[slot] === ON_PCP) drainBlock(this.#k as Kernel, pages, zp, slot);
    else if (block < 0 || state[block] === ON_PCP) {
      const down = (this.#k as Kernel).state.offline_cpus;
      if (block < 0) takeUnnamed(zp, order, cpu, down);
      else gatherPages(pages, zp, slot, order);
      freeBlock(this.#k as Kernel, pages, zp, slot, order);
    }
  }

  /** A block leaves its list that the model would keep: not a drain of the model. */
  drainMissed(zp: ZonePages, slot: number): void {
    this.#leaveList('drain_missed', zp, slot);
  }

  /** The block goes from its list to the buddy allocator, by no drain of the model. */
  #leaveList(cause: CorrectionCause, zp: ZonePages, slot: number): void {
    const pages = this.#pages as Pages;
    const { drained } = pages;
    this.#note(cause, zp, pages.arena.cpu[slot]);
    pages.drained = undefined;
    drainBlock(this.#k as Kernel, pages, zp, slot);
    pages.drained = drained;
  }

  /** Interrupts of the kernel come while a task has a list. */
  get interrupted(): boolean {
    return this.#k?.config.pcp_interrupted === true;
  }

  /** A block that is freed goes past its list, which was locked. */
  passList(zp: ZonePages, slot: number, order: number, cpu: number): void {
    this.#note('list_passed', zp, cpu);
    this.#k?.free_one_page((this.#pages as Pages).arena.pfnOf(slot), order);
  }

  /** Blocks that are on lists had gone past them when they were freed. */
  passLate(zp: ZonePages, slots: readonly number[]): void {
    for (const slot of slots) this.#leaveList('list_passed', zp, slot);
  }

  /** A list had sunk so low that it overflowed on the free before, or gives back more. */
  overflow(
    zp: ZonePages, { pcp, high, pindex, below, all = false, more = 0, freed = 0 }: Overflow,
  ): void {
    const k = this.#k as Kernel;
    if (more > 0) {
      this.#note('freed_more', zp, pcp.cpu);
      pcp.free_count = Math.max(pcp.free_count, freed);
      k.free_pcppages_bulk(zp.zone, more, pcp, pindex);
      return;
    }
    const cause = below === undefined ? 'high_sunk' : 'zone_below_high';
    this.#note(all ? 'freed_more' : cause, zp, pcp.cpu);
    pcp.high = high;
    if (all) pcp.free_count = Math.max(pcp.free_count, freeHighFrom(k, zp));
    const level = below ?? k.nr_pcp_high(pcp, zp.zone, zp.zone.pcp.batch, false);
    flush(k, zp, pcp, { high: level, free_high: all }, pindex);
  }

  /** A list has sunk so low by a snapshot: it overflows earlier, and no page has moved yet. */
  sink(zp: ZonePages, pcp: PcpLists, high: number): void {
    this.#touch(zp, pcp.cpu, this.#count('high_sunk', 1));
    pcp.high = high;
  }

  /** vmstat comes by on this CPU. Its lists are as they must have been for what that drained. */
  vmstat(cpu: number, rounds: readonly VmstatRound[]): void {
    for (const { zp, pages, high, expire } of rounds) {
      const pcp = zp.pcp[cpu] as PcpLists;
      if (pages > 0) this.#note('drain_unexplained', zp, cpu, pages);
      else if (high !== pcp.high) this.#touch(zp, cpu, this.#count('high_raised', 1));
      pcp.high = high;
      pcp.expire = expire;
    }
    this.#k?.refresh_cpu_vm_stats(cpu, true);
  }

  /** A list is drained until it has so many pages left. */
  drainTo(zp: ZonePages, pcp: PcpLists, left: number): void {
    const { high_min, batch } = zp.zone.pcp;
    while (pcp.count > Math.max(left, 0)) {
      const before = pcp.count;
      this.#note('drain_unexplained', zp, pcp.cpu, 0);
      this.#k?.free_pcppages_bulk(zp.zone, Math.min(before - left, batch), pcp, 0);
      this.#note('drain_unexplained', zp, pcp.cpu, before - pcp.count);
    }
    // decay_pcp_high(): a list that floats is as high as it is full now.
    pcp.high = Math.max(pcp.count, high_min);
  }

  /** A refill brings another block than in the model; counted also when the model has it in use. */
  refillOther(zp: ZonePages, pcp: PcpLists, refilled: Refilled): void {
    const pages = this.#pages as Pages;
    const { arena } = pages;
    const { slot, order, type, next, back } = refilled;
    this.#note('refill_elsewhere', zp);
    if (back !== undefined) this.#freeListed(zp, back);
    if (arena.state[slot] === ON_PCP && arena.order[slot] === order) pages.takeFromPcp(zp, slot);
    else {
      const block = pages.lists.blockOf(slot);
      if (block < 0 || (arena.order[block] as number) < order) return;
      pages.lists.carve(zp, block, slot, order);
    }
    pages.putOnPcp(zp, pcp, slot, order, type, next);
  }

  /** A list that was being filled read as empty. */
  passUncounted(zp: ZonePages, pcp: PcpLists): void {
    this.#note('refill_uncounted', zp, pcp.cpu);
  }

  /** Blocks that a refill of the model has brought, and that of the machine has not, are free. */
  putBack(zp: ZonePages, slots: readonly number[]): void {
    for (const slot of slots) {
      this.#note('refill_elsewhere', zp);
      this.#freeListed(zp, slot);
    }
  }

  /** A block that is on a list is free. */
  #freeListed(zp: ZonePages, slot: number): void {
    const pages = this.#pages as Pages;
    const order = pages.arena.order[slot] as number;
    pages.takeFromPcp(zp, slot);
    freeBlock(this.#k as Kernel, pages, zp, slot, order);
  }

  /** The row of a huge page is about the pool. */
  notePool(pfn: number): void {
    const zp = this.zoneOf(pfn);
    if (zp !== undefined) this.#note('pool_page', zp);
  }

  /** mm_page_alloc_extfrag: the pageblocks are of the type of the request now. */
  retype(zp: ZonePages, claim: Claim): void {
    if (retypeBlocks(this.#k as Kernel, this.#pages as Pages, zp, claim)) {
      this.#note('pageblock_claimed', zp);
    }
  }
}
