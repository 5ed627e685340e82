/** mm/mm_init.c: struct pages of memory, of holes, and of what memblock has reserved. */
import { at } from '../../../base/assert.js';
import { hex, roundUp } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { intoZone } from '../../base/zone_range.js';
import {
  MAX_NR_ZONES, PAGES_PER_SECTION, pageblock_nr_pages, ZONE_NAMES, type MigrateType, type Zone,
} from '../../include/mmzone.js';
import { pfn_to_section_nr } from '../../include/sections.js';

/**
 * Struct pages of all memory, in order of address; a hole gets the links of the zone behind it,
 * the one after the last memory those of the last zone.
 * @kernel mm/mm_init.c v7.3 full
 */
export function memmap_init(k: Kernel): void {
  let hole_pfn = 0;
  let zone_id = 0;
  let last = { end_pfn: 0, nid: 0 };
  for (const range of k.for_each_mem_pfn_range(undefined)) {
    for (const zone of at(k.state.nodes, range.nid).node_zones) {
      if (!k.populated_zone(zone)) continue;
      hole_pfn = k.memmap_init_zone_range(zone, range.start_pfn, range.end_pfn, hole_pfn);
      zone_id = zone.index;
    }
    last = range;
  }
  const end_pfn = roundUp(last.end_pfn, PAGES_PER_SECTION);
  if (hole_pfn < end_pfn) k.init_unavailable_range(hole_pfn, end_pfn, zone_id, last.nid);
}

/**
 * The part of [start_pfn, end_pfn) that is the zone's, and the hole before it.
 * @returns where the next hole may start
 * @kernel mm/mm_init.c v7.3 full
 */
export function memmap_init_zone_range(
  k: Kernel, zone: Zone, start_pfn: number, end_pfn: number, hole_pfn: number,
): number {
  const start = intoZone(k, start_pfn, zone);
  const end = intoZone(k, end_pfn, zone);
  if (start >= end) return hole_pfn;
  k.memmap_init_range(start, end - start, zone.nid, zone.index, 'early');
  if (hole_pfn < start) k.init_unavailable_range(hole_pfn, start, zone.index, zone.nid);
  return end;
}

/**
 * Writes links of pages that have memory.
 * @kernel mm/mm_init.c v7.3 reduced: deferred pages are written now, only where they start is
 *   kept; nobody asks for isolated pageblocks
 */
export function memmap_init_range(
  k: Kernel, start_pfn: number, nr_pages: number, nid: number, zone: number,
  context: 'early' | 'hotplug', migratetype: MigrateType = 'Movable',
): void {
  const end_pfn = start_pfn + nr_pages;
  if (context === 'early') {
    k.defer_init(at(at(k.state.nodes, nid).node_zones, zone), start_pfn, end_pfn);
  }
  k.__init_single_pages(start_pfn, end_pfn, zone, nid, 'memory');
  const first = roundUp(start_pfn, pageblock_nr_pages);
  const end = roundUp(end_pfn, pageblock_nr_pages);
  if (first < end) k.set_pageblock_migratetype(first, end, migratetype);
}

/** Links of the pages in [start_pfn, end_pfn), as memory or as a reserved hole.
 * @kernel mm/mm_init.c v6.12 custom: __init_single_page() of many pages */
export function __init_single_pages(
  k: Kernel, start_pfn: number, end_pfn: number, zone: number, nid: number,
  what: 'memory' | 'hole',
): void {
  const { memmap, costs } = k.state;
  costs.pages_initialised += end_pfn - start_pfn;
  for (const run of memmap.runs(start_pfn, end_pfn)) {
    if (run.content.kind === 'init' && !run.content.hole) {
      costs.pages_reinitialised += run.end - run.start;
    }
  }
  const hole = what === 'hole';
  memmap.set(start_pfn, end_pfn, { kind: 'init', nid, zone, reserved: hole, hole });
}

/** The pages of [start_pfn, end_pfn) that are initialised are PG_reserved.
 * @kernel mm/page_alloc.c v6.1 custom: for a range, __SetPageReserved() of memmap_init_range() */
export function memmap_set_reserved(k: Kernel, start_pfn: number, end_pfn: number): void {
  for (const { start, end, content } of k.state.memmap.runs(start_pfn, end_pfn)) {
    if (content.kind === 'init') k.state.memmap.set(start, end, { ...content, reserved: true });
  }
}

/**
 * The highest zone of a node starts with one section of initialised pages, the rest is deferred:
 * notes where.
 * @kernel mm/mm_init.c v6.12 custom: of a range, where the kernel asks for each page
 */
export function defer_init(k: Kernel, zone: Zone, start_pfn: number, end_pfn: number): void {
  const { boot, nodes } = k.state;
  if (k.machine.kconfig['DEFERRED_STRUCT_PAGE_INIT'] !== 'y') return;
  const pgdat = at(nodes, zone.nid);
  const zone_end = k.config.deferred_from === 'range' ? end_pfn : k.zone_end_pfn(zone);
  if (boot.deferring.end_pfn !== zone_end) {
    boot.deferring = { end_pfn: zone_end, nr_initialised: 0 };
  }
  if (boot.first_deferred_pfn.has(zone.nid)) return;
  const highest = zone_end >= pgdat.node_start_pfn + pgdat.node_spanned_pages;
  const left = Math.max(0, PAGES_PER_SECTION - boot.deferring.nr_initialised);
  const deferred = highest ? roundUp(start_pfn + left, PAGES_PER_SECTION) : end_pfn;
  if (deferred < end_pfn) boot.first_deferred_pfn.set(zone.nid, deferred);
  else boot.deferring.nr_initialised += highest ? end_pfn - start_pfn : 0;
  k.state.costs.pages_initialised_early += Math.min(deferred, end_pfn) - start_pfn;
}

/** Pieces of [start_pfn, end_pfn) whose pages have a memmap: whole sections at boot. */
function validPieces(k: Kernel, start_pfn: number, end_pfn: number): [number, number][] {
  const { sections } = k.state;
  const pieces: [number, number][] = [];
  const last = Math.min(Math.ceil(end_pfn / PAGES_PER_SECTION) - 1, sections.highest_present);
  for (let nr = pfn_to_section_nr(start_pfn); nr <= last; nr += 1) {
    if (!sections.present(nr)) continue;
    const from = Math.max(start_pfn, nr * PAGES_PER_SECTION);
    const to = Math.min(end_pfn, (nr + 1) * PAGES_PER_SECTION);
    const piece = pieces.at(-1);
    if (piece?.[1] === from) piece[1] = to;
    else pieces.push([from, to]);
  }
  return pieces;
}

/** Pages of the range that have a struct page become reserved pages of the zone, without a word.
 * @kernel mm/mm_init.c v6.12 custom: init_unavailable_range() without its message */
export function init_hole_pages(
  k: Kernel, spfn: number, epfn: number, zone: number, nid: number,
): number {
  let pages = 0;
  for (const [start, end] of validPieces(k, spfn, epfn)) {
    k.__init_single_pages(start, end, zone, nid, 'hole');
    pages += end - start;
  }
  return pages;
}

/** @kernel mm/mm_init.c v6.12 full */
export function init_unavailable_range(
  k: Kernel, spfn: number, epfn: number, zone: number, nid: number,
): void {
  const pages = k.init_hole_pages(spfn, epfn, zone, nid);
  if (pages === 0) return;
  k.pr_info(`On node ${nid}, zone ${ZONE_NAMES[zone]}: ${pages} pages in unavailable ranges`);
}

/** Holes that are initialised before all else.
 * @kernel mm/page_alloc.c v5.12 custom: nothing is since then */
export function init_unavailable_mem(_k: Kernel): void {}

/** The zone of a node that spans a page; MAX_NR_ZONES when none does. */
function spanningZone(k: Kernel, nid: number, pfn: number): number {
  const zone = at(k.state.nodes, nid).node_zones.find((one) => k.zone_spans_pfn(one, pfn));
  return zone?.index ?? MAX_NR_ZONES;
}

/** Pfns in (start, end) where the node by memblock, the zone or deferral may change. */
function borders(k: Kernel, start: number, end: number): number[] {
  const all = new Set([start, end]);
  for (const range of k.for_each_mem_pfn_range(undefined)) {
    all.add(range.start_pfn).add(range.end_pfn);
  }
  for (const pgdat of k.state.nodes) {
    for (const zone of pgdat.node_zones) all.add(zone.zone_start_pfn).add(k.zone_end_pfn(zone));
  }
  for (const pfn of k.state.boot.first_deferred_pfn.values()) all.add(pfn);
  return [...all].filter((pfn) => pfn >= start && pfn <= end).sort((a, b) => a - b);
}

/**
 * A reserved range. With DEBUG_VM_PGFLAGS a page that was never initialised stops the boot here.
 * @kernel mm/mm_init.c v6.12 full
 */
export function reserve_bootmem_region(k: Kernel, start_pfn: number, end_pfn: number): void {
  const pfns = borders(k, start_pfn, end_pfn);
  pfns.slice(1).forEach((to, index) => {
    const from = pfns[index] ?? start_pfn;
    k.init_reserved_page(from, to);
    for (const { start, end, content } of k.state.memmap.runs(from, to)) {
      if (content.kind === 'poison' && k.machine.kconfig['DEBUG_VM_PGFLAGS'] === 'y') {
        k.BUG('reserve_bootmem_region', `page ${hex(start)} was not initialised`);
      }
      if (content.kind !== 'init') continue;
      k.state.memmap.set(start, end, { ...content, reserved: true });
    }
  });
}

/**
 * A reserved range whose struct pages count as deferred is initialised; a hole counts as the
 * first online node's, whose zones need not span it: then its zone is none at all.
 * @kernel mm/mm_init.c v6.12 full
 */
export function init_reserved_page(k: Kernel, start_pfn: number, end_pfn: number): void {
  const nid = k.early_pfn_to_nid(start_pfn);
  if (start_pfn < (k.state.boot.first_deferred_pfn.get(nid) ?? Infinity)) return;
  const zone = spanningZone(k, nid, start_pfn);
  const hole = k.__early_pfn_to_nid(start_pfn) < 0;
  for (const { start, end } of k.state.memmap.runs(start_pfn, end_pfn)) {
    k.state.memmap.set(start, end, { kind: 'init', nid, zone, reserved: true, hole });
  }
}
