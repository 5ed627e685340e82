/**
 * Per-cpu page lists over the buddy allocator: how blocks are freed, allocated and drained, step by
 * step. The functions of the kernel that policies can replace call these; a replay without such a
 * policy calls them directly.
 */
import { FreeLists } from './free_lists.js';
import type { Kernel } from '../../base/kernel.js';
import { MIGRATE_MOVABLE, MIGRATE_PCPTYPES } from '../../include/migratetype.js';
import {
  PAGES_PER_SECTION, pageblock_nr_pages, pageblock_order, type Zone,
} from '../../include/mmzone.js';
import { ALLOCATED, IN_FLIGHT, NOTHING, ON_PCP, PageArena } from './arena.js';
import { listByList, roundRobin, type Give } from './pcp_bulk.js';
import { ZonePages, type PcpLists } from './zone_pages.js';

const PAGE_ALLOC_COSTLY_ORDER = 3;
/** CONFIG_PCP_BATCH_SCALE_MAX: its default. */
const PCP_BATCH_SCALE_MAX = 5;
const FIRST_THP_LIST = 12;

/** Told of each block that goes from a per-cpu list to the buddy allocator. */
export type DrainWatcher = (slot: number, order: number, type: number, cpu: number) => void;
/** Told what a step reads or writes; for finding out which steps can be swapped. */
export type TouchWatcher = (what: 'pcp' | 'type' | 'pages', from: number, to: number) => void;

/** Sections of hot-added blocks that are online. */
function onlineSections(k: Kernel): ReadonlySet<number> {
  const found = new Set<number>();
  for (const { early, start_pfn, nr_pages } of k.state.memory_blocks.values()) {
    if (early) continue;
    for (let pfn = start_pfn; pfn < start_pfn + nr_pages; pfn += PAGES_PER_SECTION) {
      const section = Math.floor(pfn / PAGES_PER_SECTION);
      if (k.state.sections.online(section)) found.add(section);
    }
  }
  return found;
}

export class PcpPages {
  readonly arena = new PageArena();
  readonly lists: FreeLists;
  /** By ZonePages.number; 0 is none. */
  readonly zones: ZonePages[] = [];
  /** Counts whatever happened to a page. */
  changes = 0;
  /** Allocations and frees come from a trace: nothing moves by itself. */
  traced = false;
  drained: DrainWatcher | undefined;
  touched: TouchWatcher | undefined;
  readonly #k: Kernel;
  readonly #byZone = new Map<Zone, ZonePages>();
  /** Hot-added sections that were online before we looked. */
  readonly #before: ReadonlySet<number>;
  readonly #cached: boolean;
  readonly #order0: boolean;
  readonly #hugePages: boolean;
  readonly #roundRobin: boolean;
  readonly freeRule: 'batch' | 'free_factor' | 'free_count';

  constructor(k: Kernel) {
    this.#k = k;
    this.#cached = k.config.migratetype_cached;
    this.#order0 = k.config.pcp_orders === 'order0';
    this.#hugePages = k.machine.kconfig['TRANSPARENT_HUGEPAGE'] !== 'n';
    this.#roundRobin = k.config.pcp_bulk === 'round_robin';
    this.freeRule = k.config.pcp_free;
    this.lists = new FreeLists(this.arena, !this.#cached);
    this.#before = onlineSections(k);
  }

  zonePages(zone: Zone): ZonePages {
    const known = this.#byZone.get(zone);
    if (known !== undefined) return known;
    const cpus = Math.max(-1, ...this.#k.state.cpu_to_node.keys()) + 1;
    const made = new ZonePages(zone, this.zones.length + 1, this.arena, cpus);
    this.zones.push(made);
    this.#byZone.set(zone, made);
    return made;
  }

  protected setZone(block: number, pfn: number): void {
    const zone = this.#k.pfn_valid(pfn) ? this.#k.page_zone(pfn) : undefined;
    this.arena.zone[block] = zone === undefined ? 0 : this.zonePages(zone).number;
  }

  #touch(section: number): number {
    const { arena } = this;
    const place = arena.touch(section);
    const first = arena.blocksOf(place);
    const before = this.#k.state.sections.early(section) || this.#before.has(section);
    arena.known[place] = before ? 0 : 1;
    for (let i = 0; i < PAGES_PER_SECTION / pageblock_nr_pages; i += 1) {
      const pfn = section * PAGES_PER_SECTION + i * pageblock_nr_pages;
      this.setZone(first + i, pfn);
      arena.blockType[first + i] = this.#k.state.pageblocks.get(pfn);
    }
    return place;
  }

  /** The slot of a page, wherever it is. */
  slot(pfn: number): number {
    const section = Math.floor(pfn / PAGES_PER_SECTION);
    return this.slotAt(section, pfn - section * PAGES_PER_SECTION);
  }

  /** The slot of the page at this place of a section. */
  slotAt(section: number, offset: number): number {
    const place = this.arena.placeOf(section);
    return (place < 0 ? this.#touch(section) : place) * PAGES_PER_SECTION + offset;
  }

  /** The zone's state; undefined for a page that no zone has. */
  zoneOf(slot: number): ZonePages | undefined {
    return this.zones[(this.arena.zone[slot >>> pageblock_order] as number) - 1];
  }

  typeOf(slot: number): number {
    return this.arena.blockType[slot >>> pageblock_order] as number;
  }

  /** pcp_allowed_order(). */
  pcpOrder(order: number): boolean {
    if (this.#order0) return order === 0;
    return order <= PAGE_ALLOC_COSTLY_ORDER || (this.#hugePages && order === pageblock_order);
  }

  /** order_to_pindex(). */
  pindex(order: number, type: number): number {
    if (order <= PAGE_ALLOC_COSTLY_ORDER) return order * MIGRATE_PCPTYPES + type;
    // Huge pages had one list up to v6.9.
    return FIRST_THP_LIST + (!this.#cached && type === MIGRATE_MOVABLE ? 1 : 0);
  }

  /** The list that a block which is being freed goes to. */
  listOf(slot: number): number {
    const type = this.arena.type[slot] as number;
    return this.pindex(
      this.arena.order[slot] as number, type < MIGRATE_PCPTYPES ? type : MIGRATE_MOVABLE);
  }

  // ---- the free path ------------------------------------------------------------------------

  /** F0 to F1: an allocated block loses its last reference. */
  prepareFree(zp: ZonePages, slot: number, order: number): void {
    const { state, order: orders } = this.arena;
    const pages = 1 << order;
    if (state[slot] === ALLOCATED) zp.nr_allocated -= pages;
    else zp.nr_unknown -= pages;
    this.changes += 1;
    this.arena.note(slot);
    state[slot] = IN_FLIGHT;
    orders[slot] = order;
    zp.nr_in_flight += pages;
  }

  /** free_one_page(): from being freed to the buddy allocator, by the type of its pageblock. */
  freeToBuddy(zp: ZonePages, slot: number, order: number): void {
    this.changes += 1;
    zp.nr_in_flight -= 1 << order;
    this.release(zp, slot, order, false);
  }

  protected release(zp: ZonePages, slot: number, order: number, tail: boolean): void {
    if (this.#cached || order <= pageblock_order) {
      this.lists.free(zp, slot, order, this.typeOf(slot), tail);
      return;
    }
    this.arena.note(slot);
    this.arena.state[slot] = NOTHING;
    for (let part = slot; part < slot + (1 << order); part += pageblock_nr_pages) {
      this.lists.free(zp, part, pageblock_order, this.typeOf(part), tail);
    }
  }

  /**
   * F3 to F6: the block goes on the list of a CPU by the type that was read before, and what is
   * too much for the list goes to the buddy allocator.
   */
  commit(
    zp: ZonePages, slot: number, order: number, type: number, cpu: number, flushes = true,
  ): void {
    const { arena } = this;
    const pcp = zp.pcp[cpu] as PcpLists;
    const pages = 1 << order;
    this.changes += 1;
    arena.note(slot);
    arena.state[slot] = ON_PCP;
    arena.type[slot] = type;
    const pindex = this.listOf(slot);
    arena.cpu[slot] = cpu;
    arena.link(slot, pcp.heads + pindex);
    pcp.count += pages;
    zp.nr_in_flight -= pages;
    zp.nr_pcp += pages;
    this.touched?.('pcp', cpu, cpu);
    if (zp.zone.pcp.high === 0) this.#k.state.costs.pages_past_pcp += pages;
    if (!flushes || (zp.followed && zp.zone.pcp.high > 0)) return;
    if (this.freeRule === 'free_count') this.#flushByCount(zp, pcp, order, pindex);
    else this.#flushByFactor(zp, pcp, order, pindex);
  }

  #flushByFactor(zp: ZonePages, pcp: PcpLists, order: number, pindex: number): void {
    const { batch } = zp.zone.pcp;
    const all = this.#k.config.pcp_free_high && pcp.free_factor > 0 && order > 0 &&
      order <= PAGE_ALLOC_COSTLY_ORDER;
    const high = all ? 0 : zp.zone.pcp.high;
    if (pcp.count < high) return;
    let count = batch;
    if (all) count = pcp.count;
    else if (this.freeRule === 'free_factor') {
      if (high < batch) count = 1;
      else {
        const most = high - batch;
        count = batch << pcp.free_factor;
        const ends = this.#k.config.pcp_doubling_ends && pcp.free_factor >= PCP_BATCH_SCALE_MAX;
        if (count < most && !ends) pcp.free_factor += 1;
        count = Math.max(batch, Math.min(count, most));
      }
    }
    this.bulk(zp, pcp, count, pindex);
  }

  #flushByCount(zp: ZonePages, pcp: PcpLists, order: number, pindex: number): void {
    const { batch, high_min, high_max } = zp.zone.pcp;
    const most = batch << PCP_BATCH_SCALE_MAX;
    const large = order > 0 && order <= PAGE_ALLOC_COSTLY_ORDER;
    pcp.alloc_factor >>= 1;
    const all = large && pcp.free_count >= batch && pcp.prev_free_high_order &&
      (!zp.free_high_batch || pcp.count >= batch);
    pcp.prev_free_high_order = large;
    if (pcp.free_count < most) pcp.free_count += 1 << order;
    pcp.high = Math.max(high_min, Math.min(pcp.high, high_max));
    let { high } = pcp;
    if (high > 0 && all) {
      pcp.high = Math.max(high - most, high_min);
      high = 0;
    } else if (high > 0 && high_min !== high_max && zp.belowHigh) {
      pcp.high = Math.max(high - Math.max(pcp.free_count, batch), high_min);
      high = Math.max(pcp.count, high_min);
    } else if (high > 0 && high_min !== high_max && pcp.count >= high) {
      const need = pcp.free_count + batch;
      if (pcp.high < need) pcp.high = Math.max(high_min, Math.min(need, high_max));
    }
    if (pcp.count < high) return;
    let count = 1;
    if (all) count = Math.min(pcp.count, most);
    else if (high >= batch) count = Math.max(batch, Math.min(pcp.free_count, high - batch));
    this.bulk(zp, pcp, count, pindex);
  }

  /** free_pcppages_bulk(): as many pages, or a part of a block more; see pcp_bulk.ts. */
  bulk(zp: ZonePages, pcp: PcpLists, wanted: number, pindex: number): void {
    let count = Math.min(wanted, pcp.count);
    // Pages that were there before we looked are the oldest.
    const unnamed = Math.min(count, pcp.unnamed);
    if (unnamed > 0) this.#drainUnnamed(zp, pcp, unnamed);
    count -= unnamed;
    const lists = { heads: pcp.heads, order0: this.#order0 };
    const give: Give = (slot) => {
      this.arena.unlink(slot);
      this.#toBuddy(zp, pcp, slot, this.arena.order[slot] as number);
    };
    if (this.#roundRobin) roundRobin(this.arena, lists, count, give);
    else listByList(this.arena, lists, count, pindex, give);
  }

  /** Each of them counts as free when a row of the trace names it. */
  #drainUnnamed(zp: ZonePages, pcp: PcpLists, pages: number): void {
    pcp.unnamed -= pages;
    pcp.count -= pages;
    zp.nr_pcp -= pages;
    zp.nr_unknown += pages;
  }

  /** A block that was just unlinked from a per-cpu list. */
  #toBuddy(zp: ZonePages, pcp: PcpLists, slot: number, order: number): void {
    this.changes += 1;
    pcp.count -= 1 << order;
    zp.nr_pcp -= 1 << order;
    const believes = this.#cached && zp.zone.nr_isolate_pageblock === 0;
    const type = believes ? this.arena.type[slot] as number : this.typeOf(slot);
    this.lists.free(zp, slot, order, type, false);
    this.drained?.(slot, order, type, pcp.cpu);
  }

  /** A block leaves its per-cpu list for the buddy allocator. */
  drainBlock(zp: ZonePages, slot: number): void {
    this.arena.unlink(slot);
    const pcp = zp.pcp[this.arena.cpu[slot] as number] as PcpLists;
    this.#toBuddy(zp, pcp, slot, this.arena.order[slot] as number);
  }

  /** decay_pcp_high() has drained: a list that floats is as high as it is full now. */
  decayHigh(zp: ZonePages, cpu: number): void {
    const pcp = zp.pcp[cpu];
    if (pcp !== undefined) pcp.high = Math.max(pcp.count, zp.zone.pcp.high_min);
  }

  // ---- allocation ---------------------------------------------------------------------------

  /** __rmqueue(). */
  #rmqueue(zp: ZonePages, order: number, type: number): number {
    const slot = this.lists.smallest(zp, order, type);
    return slot >= 0 ? slot : this.lists.fallback(zp, order, type);
  }

  /** nr_pcp_alloc(), or the batch of older versions: blocks that an empty list asks for. */
  refillCount(zp: ZonePages, pcp: PcpLists, order: number): number {
    const { batch, high_min, high_max } = zp.zone.pcp;
    if (this.freeRule !== 'free_count') return batch > 1 ? Math.max(batch >> order, 2) : batch;
    pcp.high = Math.max(high_min, Math.min(pcp.high, high_max));
    if (pcp.high < batch) return 1;
    let count = order === 0 ? batch << pcp.alloc_factor : batch;
    // With a larger list this refill could have been spared.
    if (high_min !== high_max && !zp.belowHigh) {
      pcp.high = Math.min(pcp.high + count, high_max);
    }
    if (order === 0) {
      const room = Math.max(pcp.high - pcp.count - batch, batch);
      if (count <= room && pcp.alloc_factor < PCP_BATCH_SCALE_MAX) pcp.alloc_factor += 1;
      count = Math.min(count, room);
    }
    return count > 1 ? Math.max(count >> order, 2) : count;
  }

  /** An allocation makes the next flushes smaller. */
  noteAllocation(pcp: PcpLists): void {
    pcp.free_factor >>= 1;
    pcp.free_count >>= 1;
  }

  /** Blocks go from the buddy allocator to the tail of a list, `first` before all others. */
  refill(zp: ZonePages, pcp: PcpLists, order: number, type: number, count: number): void {
    for (let i = 0; i < count; i += 1) {
      const slot = this.#rmqueue(zp, order, type);
      if (slot < 0) return;
      this.putOnPcp(zp, pcp, slot, order, type);
    }
  }

  /** At the tail of its list, or before the block `before` there. */
  putOnPcp(
    zp: ZonePages, pcp: PcpLists, slot: number, order: number, type: number,
    before = pcp.heads + this.pindex(order, type),
  ): void {
    const { arena } = this;
    arena.note(slot);
    arena.state[slot] = ON_PCP;
    arena.order[slot] = order;
    arena.type[slot] = type;
    arena.cpu[slot] = pcp.cpu;
    arena.linkTail(slot, before);
    pcp.count += 1 << order;
    zp.nr_pcp += 1 << order;
  }

  takeFromPcp(zp: ZonePages, slot: number): void {
    const { arena } = this;
    const pages = 1 << (arena.order[slot] as number);
    const pcp = zp.pcp[arena.cpu[slot] as number] as PcpLists;
    arena.unlink(slot);
    arena.state[slot] = NOTHING;
    pcp.count -= pages;
    zp.nr_pcp -= pages;
  }

  setAllocated(zp: ZonePages, slot: number, order: number, type: number): void {
    const { arena } = this;
    this.changes += 1;
    arena.note(slot);
    arena.state[slot] = ALLOCATED;
    arena.order[slot] = order;
    arena.type[slot] = type;
    zp.nr_allocated += 1 << order;
  }

  /** A block that the buddy allocator gives to a caller, -1 when it has none. */
  takeFree(zone: Zone, order: number, type: number): number {
    const zp = this.zonePages(zone);
    const slot = this.#rmqueue(zp, order, type);
    if (slot >= 0) this.setAllocated(zp, slot, order, type);
    return slot;
  }

  // ---- drains -------------------------------------------------------------------------------

  /** Pages on the CPU's lists of the zone, or of all zones. */
  pcpCount(zone: Zone | undefined, cpu: number): number {
    this.touched?.('pcp', cpu, cpu);
    if (zone !== undefined) return this.zonePages(zone).pcp[cpu]?.count ?? 0;
    return this.zones.reduce((sum, zp) => sum + (zp.pcp[cpu]?.count ?? 0), 0);
  }

  /** drain_pages_zone(): everything on the CPU's lists. */
  drainCpu(zone: Zone | undefined, cpu: number): void {
    this.touched?.('pcp', cpu, cpu);
    for (const zp of zone === undefined ? this.zones : [this.zonePages(zone)]) {
      const pcp = zp.pcp[cpu];
      if (pcp !== undefined) this.bulk(zp, pcp, pcp.count, 0);
    }
  }
}
