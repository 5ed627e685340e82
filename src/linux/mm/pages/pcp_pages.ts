/**
 * Where pages are: on free lists, on per-cpu lists, allocated, or on their way. When a page goes
 * from one to the other is said by page_alloc/.
 */
import { FreeLists } from './free_lists.js';
import type { Kernel } from '../../base/kernel.js';
import { MIGRATE_MOVABLE, MIGRATE_PCPTYPES } from '../../include/migratetype.js';
import {
  PAGES_PER_SECTION, pageblock_nr_pages, pageblock_order, type Zone,
} from '../../include/mmzone.js';
import { PAGE_ALLOC_COSTLY_ORDER } from '../../include/page_alloc.js';
import { ALLOCATED, IN_FLIGHT, MIXED, NOTHING, ON_PCP, PageArena } from './arena.js';
import { ZonePages, type PcpLists } from './zone_pages.js';

const FIRST_THP_LIST = 12;

/** Told of each block that goes from a per-cpu list to the buddy allocator. */
export type DrainWatcher = (slot: number, order: number, type: number, cpu: number) => void;
/** Told of each block that is free for the first time. */
export type FreshWatcher = (pfn: number, order: number) => void;
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
  drained: DrainWatcher | undefined;
  fresh: FreshWatcher | undefined;
  touched: TouchWatcher | undefined;
  readonly #k: Kernel;
  readonly #byZone = new Map<Zone, ZonePages>();
  /** Hot-added sections that were online when pages were not told apart yet. */
  readonly #before: ReadonlySet<number>;
  /** See the switch migratetype_cached. */
  readonly cached: boolean;
  readonly #order0: boolean;
  readonly #hugePages: boolean;
  #lastZone: Zone | undefined;
  #lastPages: ZonePages | undefined;

  constructor(k: Kernel) {
    this.#k = k;
    this.cached = k.config.migratetype_cached;
    this.#order0 = k.config.pcp_orders === 'order0';
    this.#hugePages = k.machine.kconfig['TRANSPARENT_HUGEPAGE'] !== 'n';
    this.lists = new FreeLists(this.arena);
    this.#before = onlineSections(k);
  }

  /** An arrow function, so that it can be taken out of the object. */
  readonly zonePages = (zone: Zone): ZonePages => {
    if (zone === this.#lastZone) return this.#lastPages as ZonePages;
    const found = this.#byZone.get(zone) ?? this.#newZone(zone);
    this.#lastZone = zone;
    this.#lastPages = found;
    return found;
  };

  #newZone(zone: Zone): ZonePages {
    const cpus = Math.max(-1, ...this.#k.state.cpu_to_node.keys()) + 1;
    const made = new ZonePages(zone, this.zones.length + 1, this.arena, cpus);
    this.zones.push(made);
    this.#byZone.set(zone, made);
    return made;
  }

  protected setZone(block: number, pfn: number): void {
    const { zone, mixedZones } = this.arena;
    const found = this.#k.pfn_valid(pfn) ? this.#k.page_zone(pfn) : undefined;
    zone[block] = found === undefined ? 0 : this.zonePages(found).number;
    if (this.#zoneNumber(pfn) === this.#zoneNumber(pfn + pageblock_nr_pages - 1)) return;
    zone[block] = MIXED;
    mixedZones.set(block, Uint8Array.from({ length: pageblock_nr_pages },
      (_, at) => this.#zoneNumber(pfn + at)));
  }

  /** By the struct page; it is the model that looks, not the kernel, so that it costs nothing. */
  #zoneNumber(pfn: number): number {
    const { memmap, nodes } = this.#k.state;
    const content = this.#k.pfn_valid(pfn) ? memmap.get(pfn) : undefined;
    if (content?.kind !== 'init') return 0;
    const zone = nodes[content.nid]?.node_zones[content.zone];
    return zone === undefined ? 0 : this.zonePages(zone).number;
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
    return this.zones[this.arena.zoneAt(slot) - 1];
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
    return FIRST_THP_LIST + (!this.cached && type === MIGRATE_MOVABLE ? 1 : 0);
  }

  /** The list that a block which is being freed goes to. */
  listOf(slot: number): number {
    const type = this.arena.type[slot] as number;
    return this.pindex(
      this.arena.order[slot] as number, type < MIGRATE_PCPTYPES ? type : MIGRATE_MOVABLE);
  }

  // ---- a block's way, step by step: what is counted where -----------------------------------

  /** An allocated block loses its last reference: it is on no list, neither allocated nor free. */
  prepareFree(zp: ZonePages, slot: number, order: number): void {
    const { state, order: orders } = this.arena;
    const pages = 1 << order;
    if (state[slot] === ALLOCATED) zp.nr_allocated -= pages;
    else zp.nr_unknown -= pages;
    this.arena.note(slot);
    state[slot] = IN_FLIGHT;
    orders[slot] = order;
    zp.nr_in_flight += pages;
  }

  /** Single pages that are being freed are one block from now on. */
  joinInFlight(pfn: number, order: number): void {
    const { arena } = this;
    const first = this.slot(pfn);
    for (let slot = first + 1; slot < first + (1 << order); slot += 1) {
      arena.note(slot);
      arena.state[slot] = NOTHING;
    }
    arena.note(first);
    arena.order[first] = order;
  }

  /** A block that is being freed is the first of this CPU's list. */
  putFreed(zp: ZonePages, pcp: PcpLists, slot: number, order: number, type: number): void {
    const { arena } = this;
    const pages = 1 << order;
    arena.note(slot);
    arena.state[slot] = ON_PCP;
    arena.type[slot] = type;
    arena.cpu[slot] = pcp.cpu;
    arena.link(slot, pcp.heads + this.listOf(slot));
    pcp.count += pages;
    zp.nr_in_flight -= pages;
    zp.nr_pcp += pages;
    this.touched?.('pcp', pcp.cpu, pcp.cpu);
  }

  /** Pages of the CPU's lists that nobody can name are free: it is not known which ones. */
  drainUnnamed(zp: ZonePages, pcp: PcpLists, pages: number): void {
    pcp.unnamed -= pages;
    pcp.untold += pages;
    pcp.count -= pages;
    zp.nr_pcp -= pages;
    zp.nr_unknown += pages;
  }

  /** Order of a block that is taken off its per-cpu list; it is on no list then. */
  unlistPcp(zp: ZonePages, pcp: PcpLists, slot: number): number {
    const order = this.arena.order[slot] as number;
    this.arena.unlink(slot);
    pcp.count -= 1 << order;
    zp.nr_pcp -= 1 << order;
    return order;
  }

  /**
   * The migratetype by which a block leaves a per-cpu list: that of its pageblock, or (to v6.9) the
   * one that was read before, when no pageblock of the zone is isolated.
   */
  pcpType(zone: Zone, slot: number): number {
    const believes = this.cached && zone.nr_isolate_pageblock === 0;
    return believes ? this.arena.type[slot] as number : this.typeOf(slot);
  }

  /** At the tail of its list, or before the block `before` there. */
  putOnPcp(
    zp: ZonePages, pcp: PcpLists, slot: number, order: number, type: number,
    before = pcp.heads + this.pindex(order, type),
  ): void {
    this.#putOnPcp(zp, pcp, slot, order, type, before);
    pcp.count += 1 << order;
  }

  /** The same at the tail, not counted on the list yet: rmqueue_bulk(). */
  putFilled(zp: ZonePages, pcp: PcpLists, slot: number, order: number, type: number): void {
    this.#putOnPcp(zp, pcp, slot, order, type, pcp.heads + this.pindex(order, type));
  }

  #putOnPcp(
    zp: ZonePages, pcp: PcpLists, slot: number, order: number, type: number, before: number,
  ): void {
    const { arena } = this;
    arena.note(slot);
    arena.state[slot] = ON_PCP;
    arena.order[slot] = order;
    arena.type[slot] = type;
    arena.cpu[slot] = pcp.cpu;
    arena.linkTail(slot, before);
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
    arena.note(slot);
    arena.state[slot] = ALLOCATED;
    arena.order[slot] = order;
    arena.type[slot] = type;
    zp.nr_allocated += 1 << order;
  }

  /** Pages on the CPU's lists of the zone, or of all zones. */
  pcpCount(zone: Zone | undefined, cpu: number): number {
    this.touched?.('pcp', cpu, cpu);
    if (zone !== undefined) return this.zonePages(zone).pcp[cpu]?.count ?? 0;
    return this.zones.reduce((sum, zp) => sum + (zp.pcp[cpu]?.count ?? 0), 0);
  }
}
