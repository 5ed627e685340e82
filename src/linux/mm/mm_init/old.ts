/** mm/page_alloc.c: how struct pages were initialised up to v5.13, zone by zone. */
import { at } from '../../../base/assert.js';
import { pfnDown, pfnUp, roundUp } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { PAGES_PER_SECTION, type Zone } from '../../include/mmzone.js';

/** The gaps of memory below `end_pfn`, as [start, end) of pfns.
 * @kernel mm/page_alloc.c v5.10 custom: a list, where the kernel loops */
export function memory_gaps(k: Kernel, end_pfn: number): [start: number, end: number][] {
  const found: [number, number][] = [];
  let next = 0;
  for (const range of k.for_each_mem_pfn_range(undefined)) {
    if (next < range.start_pfn) found.push([next, range.start_pfn]);
    next = range.end_pfn;
  }
  if (next < end_pfn) found.push([next, end_pfn]);
  return found;
}

/** Each zone of each online node, by number: memmap_init_zone() of it.
 * @kernel mm/page_alloc.c v5.13 custom: called while nodes are sized there */
export function memmap_init_by_zone(k: Kernel): void {
  for (const nid of k.for_each_node_state('online')) {
    for (const zone of at(k.state.nodes, nid).node_zones) {
      if (zone.spanned_pages > 0) k.memmap_init_zone(zone);
    }
  }
}

/**
 * Zones by node and number: each gets its memory, the holes before it, and what is left of the
 * section it ends in, which the zone behind it initialises once more.
 * @kernel mm/page_alloc.c v5.12 custom: memmap_init_zone() of each zone, whose hole_pfn is static
 */
export function memmap_init_zones_and_holes(k: Kernel): void {
  let hole_pfn = 0;
  for (const nid of k.for_each_node_state('online')) {
    for (const zone of at(k.state.nodes, nid).node_zones) {
      if (zone.spanned_pages > 0) hole_pfn = k.memmap_init_zone_and_holes(zone, hole_pfn);
    }
  }
}

/** @returns where the next hole may start @kernel mm/page_alloc.c v5.12 full */
export function memmap_init_zone_and_holes(k: Kernel, zone: Zone, first_hole: number): number {
  const zone_end = k.zone_end_pfn(zone);
  const intoZone = (pfn: number): number => Math.min(Math.max(pfn, zone.zone_start_pfn), zone_end);
  const hole = (start: number, end: number): number =>
    start < end ? k.init_hole_pages(start, end, zone.index, zone.nid) : 0;
  let hole_pfn = first_hole;
  let pages = 0;
  for (const range of k.for_each_mem_pfn_range(zone.nid)) {
    const [start, end] = [intoZone(range.start_pfn), intoZone(range.end_pfn)];
    if (start < end) k.memmap_init_range(start, end - start, zone.nid, zone.index, 'early');
    pages += hole(hole_pfn, start);
    hole_pfn = end;
  }
  pages += hole(hole_pfn, roundUp(zone_end, PAGES_PER_SECTION));
  if (pages > 0) k.pr_info(`  ${zone.name} zone: ${pages} pages in unavailable ranges`);
  return hole_pfn;
}

/** Struct pages of the memory of a zone, and of nothing else.
 * @kernel mm/page_alloc.c v5.10 full */
export function memmap_init_zone(k: Kernel, zone: Zone): void {
  for (const range of k.for_each_mem_pfn_range(zone.nid)) {
    const start = Math.max(range.start_pfn, zone.zone_start_pfn);
    const end = Math.min(range.end_pfn, k.zone_end_pfn(zone));
    if (start < end) k.memmap_init_range(start, end - start, zone.nid, zone.index, 'early');
  }
}

/** All pages of a zone's span that have a memmap and are not known to be another node's.
 * @kernel mm/page_alloc.c v5.4 full */
export function memmap_init_zone_span(k: Kernel, zone: Zone): void {
  const { memmap, costs } = k.state;
  const zone_end = k.zone_end_pfn(zone);
  for (const [from, to] of k.memory_gaps(zone_end)) {
    const start = Math.max(from, zone.zone_start_pfn);
    for (const run of memmap.runs(start, Math.min(to, zone_end))) {
      costs.pages_initialised += run.end - run.start;
      memmap.set(run.start, run.end,
        { kind: 'init', nid: zone.nid, zone: zone.index, reserved: false, hole: true });
    }
  }
  for (const range of k.for_each_mem_pfn_range(zone.nid)) {
    const start = Math.max(range.start_pfn, zone.zone_start_pfn);
    const end = Math.min(range.end_pfn, zone_end);
    if (start < end) k.memmap_init_range(start, end - start, zone.nid, zone.index, 'early');
  }
}

/** The end of the section that memory ends in.
 * @kernel mm/page_alloc.c v5.4 custom: in place there */
export function last_section_end(k: Kernel): number {
  return roundUp(k.state.boot.max_pfn, PAGES_PER_SECTION);
}

function zeroed(k: Kernel, pages: number): void {
  if (pages > 0) k.pr_info(`Zeroed struct page in unavailable ranges: ${pages} pages`);
}

/** All holes, up to the end of the last section, are reserved pages of node 0, zone 0.
 * @kernel mm/page_alloc.c v5.10 full */
export function init_unavailable_mem_node0(k: Kernel): void {
  const end = k.last_section_end();
  zeroed(k, k.memory_gaps(end)
    .reduce((pages, [start, to]) => pages + k.init_hole_pages(start, to, 0, 0), 0));
}

/**
 * Holes below `end_pfn`, which is the end of memory if it is not given, are zeroed: they read as
 * pages of node 0, zone 0, not reserved.
 * @kernel mm/page_alloc.c v5.4 full
 */
export function zero_resv_unavail(k: Kernel, end_pfn: number = k.state.boot.max_pfn): void {
  const { memmap } = k.state;
  let pages = 0;
  for (const [start, end] of k.memory_gaps(end_pfn)) {
    for (const run of memmap.runs(start, end)) {
      memmap.set(run.start, run.end,
        { kind: 'init', nid: 0, zone: 0, reserved: false, hole: true });
      pages += run.end - run.start;
    }
  }
  zeroed(k, pages);
}

/** All holes are zeroed, up to the end of memory or of the section it ends in.
 * @kernel mm/page_alloc.c v5.4 custom: zero_resv_unavail(), with the end by version */
export function zero_holes(k: Kernel): void {
  const { max_pfn } = k.state.boot;
  k.zero_resv_unavail(k.config.holes_end === 'section' ? k.last_section_end() : max_pfn);
}

/**
 * Holes that are reserved are zeroed, and only those, also behind the end of memory.
 * @kernel mm/page_alloc.c v4.19 custom: zero_resv_unavail() of v4.15 to v4.19
 */
export function zero_reserved_holes(k: Kernel): void {
  const { memmap, boot } = k.state;
  let pages = 0;
  for (const [from, to] of k.memory_gaps(k.last_section_end())) {
    for (const reserved of boot.reserved) {
      const start = Math.max(from, pfnDown(reserved.start));
      const end = Math.min(to, pfnUp(reserved.end));
      if (start >= end) continue;
      for (const run of memmap.runs(start, end)) {
        memmap.set(run.start, run.end,
          { kind: 'init', nid: 0, zone: 0, reserved: false, hole: true });
        pages += run.end - run.start;
      }
    }
  }
  if (pages > 0) k.pr_info(`Reserved but unavailable: ${pages} pages`);
}
