/** Page-level state of one zone: where its lists begin and how many pages are where. */
import { MIGRATE_TYPES } from '../../include/migratetype.js';
import { MAX_PAGE_ORDER, type Zone } from '../../include/mmzone.js';
import type { PageArena } from './arena.js';

/** Lists of orders 0 to 3 for three migratetypes, and two for huge pages. */
export const NR_PCP_LISTS = 14;
export const NR_FREE_LISTS = (MAX_PAGE_ORDER + 1) * MIGRATE_TYPES;

/** struct per_cpu_pages: the lists of one CPU in one zone. */
export class PcpLists {
  readonly cpu: number;
  /** Slot of the first list's head. */
  readonly heads: number;
  /** Pages on the lists, also those that we cannot name. */
  count = 0;
  /** Pages of `count` that nobody can name. */
  unnamed = 0;
  /** Pages that nobody could name and that were drained: rows are still to say which. */
  untold = 0;
  /** Pages that the list was filled with and that `count` does not have yet. */
  uncounted = 0;
  /** A task is between taking and giving back the lists. */
  locked = false;
  free_factor = 0;
  free_count = 0;
  alloc_factor = 0;
  /** PCPF_PREV_FREE_HIGH_ORDER. */
  prev_free_high_order = false;
  /** Floats between high_min and high_max (from v6.7). */
  high = 0;
  /** Rounds of vmstat until a list of another node's memory is emptied; 0: not. */
  expire = 0;

  constructor(cpu: number, heads: number) {
    this.cpu = cpu;
    this.heads = heads;
  }
}

export class ZonePages {
  readonly zone: Zone;
  /** Number of the zone in PageArena.zone; from 1. */
  readonly number: number;
  /** Slot of the head of the list of order 0, migratetype 0. */
  readonly heads: number;
  readonly pcp: readonly PcpLists[];
  /** Pages on per-cpu lists, of allocated blocks, of blocks being freed. */
  nr_pcp = 0;
  nr_allocated = 0;
  nr_in_flight = 0;
  /** Managed pages in use that nobody can name. */
  nr_unknown = 0;
  /** Of an offline that is half way: taken out of the allocator, and managed as yet. */
  nr_leaving = 0;
  /**
   * Some pages of the zone are in no block here (see outside.ts), nor is it known how full its
   * per-cpu lists are.
   */
  partial = false;
  /** zone->trylock_free_pages: slots of blocks that frees which must not wait left here. */
  readonly trylock_free_pages: number[] = [];
  /** Free pages that are on our lists; the rest of NR_FREE_PAGES cannot be named. */
  nr_listed = 0;

  constructor(zone: Zone, number: number, arena: PageArena, cpus: number) {
    this.zone = zone;
    this.number = number;
    this.heads = arena.makeLists(NR_FREE_LISTS);
    const pcp: PcpLists[] = [];
    for (let cpu = 0; cpu < cpus; cpu += 1) {
      pcp.push(new PcpLists(cpu, arena.makeLists(NR_PCP_LISTS)));
    }
    this.pcp = pcp;
  }

  /** ZONE_BELOW_HIGH: as an allocation would set it and a free clear it at this moment. */
  get belowHigh(): boolean {
    return this.zone.nr_free_pages <= this.zone.watermark.high;
  }

  /** Pages too many (or, below 0, too few) for the managed pages of the zone. */
  imbalance(): number {
    const { zone } = this;
    return zone.nr_free_pages + zone.nr_isolated_pages + this.nr_pcp + this.nr_allocated +
      this.nr_in_flight + this.nr_unknown + this.nr_leaving - zone.managed_pages;
  }
}
