/** Everything that an explored window can change, kept so that the kernel can be set back to it. */
import type { Kernel } from '../mm/kernel.js';
import { pageblock_nr_pages, type Zone } from '../mm/mmzone.js';
import type { PcpLists, ZonePages } from '../mm/zone_pages.js';
import type { Window } from './window.js';

type Numbers = Record<string, number>;

/** Fields of an object that are numbers, booleans or texts. */
function plainFields(from: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(
    ([, value]) => typeof value !== 'object' && typeof value !== 'function'));
}

function keepZone(zone: Zone): () => void {
  const fields = plainFields(zone);
  const watermark = { ...zone.watermark };
  const reserve = [...zone.lowmem_reserve];
  const pcp = { ...zone.pcp };
  // Only what may be written: the others are read-only fields of the same value.
  const writable: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    if (key !== 'nid' && key !== 'index' && key !== 'name') writable[key] = value;
  }
  return () => {
    Object.assign(zone, writable);
    Object.assign(zone.watermark, watermark);
    Object.assign(zone.pcp, pcp);
    for (const [index, value] of reserve.entries()) zone.lowmem_reserve[index] = value;
  };
}

function keepPcp(pcp: PcpLists): () => void {
  const { count, unnamed, free_factor, free_count, alloc_factor, high } = pcp;
  const order = pcp.prev_free_high_order;
  return () => {
    pcp.count = count;
    pcp.unnamed = unnamed;
    pcp.free_factor = free_factor;
    pcp.free_count = free_count;
    pcp.alloc_factor = alloc_factor;
    pcp.high = high;
    pcp.prev_free_high_order = order;
    pcp.uncounted = 0;
    pcp.locked = false;
  };
}

function keepZonePages(zp: ZonePages): () => void {
  const { nr_pcp, nr_allocated, nr_in_flight, nr_unknown, nr_listed } = zp;
  const pcp = zp.pcp.map(keepPcp);
  const zone = keepZone(zp.zone);
  return () => {
    zp.nr_pcp = nr_pcp;
    zp.nr_allocated = nr_allocated;
    zp.nr_in_flight = nr_in_flight;
    zp.nr_unknown = nr_unknown;
    zp.nr_listed = nr_listed;
    zp.trylock_free_pages.length = 0;
    for (const back of pcp) back();
    zone();
  };
}

/** The arrays of page numbers: only frames that were written since are copied back. */
function keepArena(k: Kernel): () => void {
  const { pages } = k.state;
  if (pages === undefined) return () => undefined;
  const { arena } = pages;
  const { next, prev, state, order, type, cpu, blockType } = arena;
  const kept = {
    next: next.slice(), prev: prev.slice(), state: state.slice(), order: order.slice(),
    type: type.slice(), cpu: cpu.slice(), blockType: blockType.slice(),
  };
  const journal: number[] = [];
  arena.journal = journal;
  const noted = new Uint8Array(next.length);
  arena.noted = noted;
  return () => {
    for (const frame of journal) {
      noted[frame] = 0;
      next[frame] = kept.next[frame] as number;
      prev[frame] = kept.prev[frame] as number;
      state[frame] = kept.state[frame] as number;
      order[frame] = kept.order[frame] as number;
      type[frame] = kept.type[frame] as number;
      cpu[frame] = kept.cpu[frame] as number;
    }
    journal.length = 0;
    blockType.set(kept.blockType);
  };
}

function keepLists(k: Kernel): () => void {
  const { log, faults, isolation_tests, costs, added } = k.state;
  const lengths = [log.length, faults.length, isolation_tests.length] as const;
  const cost: Numbers = { ...costs } as unknown as Numbers;
  const states = [...added].map(([id, state]) => [id, structuredClone(state)] as const);
  return () => {
    [log.length, faults.length, isolation_tests.length] = lengths;
    Object.assign(costs, cost);
    for (const [id, state] of states) added.set(id, structuredClone(state));
    k.state.signalled.clear();
    k.state.mem_hotplug_lock = 'free';
    k.state.mem_hotplug_readers = 0;
    for (const lock of Object.values(k.state.locks)) {
      lock.held = false;
      lock.readers = 0;
    }
  };
}

/** Remembers the state now; the result sets the kernel back to it. */
export function keepState(k: Kernel, window: Window): () => void {
  const zones = (k.state.pages?.zones ?? []).map(keepZonePages);
  const parts = [...zones, keepArena(k), keepLists(k)];
  const types = new Map<number, number>();
  const keep = (start: number, end: number): void => {
    for (let pfn = start; pfn < end; pfn += pageblock_nr_pages) {
      types.set(pfn, k.state.pageblocks.get(pfn));
    }
  };
  keep(window.start_pfn, window.start_pfn + window.nr_pages);
  for (const { what, pfns: [pfn = 0], order } of window.tasks.flatMap(({ steps }) => steps)) {
    if (what === 'contig') keep(pfn, pfn + order * pageblock_nr_pages);
  }
  return () => {
    for (const back of parts) back();
    for (const [pfn, type] of types) k.state.pageblocks.set(pfn, pfn + pageblock_nr_pages, type);
  };
}
