/** mm/mm_init.c: zones are sized and get their struct pages. */
import { at } from '../../../base/assert.js';
import { PAGE_SIZE, clamp, hex } from '../../../base/pfn.js';
import type { Kernel } from '../../base/kernel.js';
import { ENOMEM } from '../../include/errno.js';
import {
  MAX_NR_ZONES, ZONE_DEVICE, ZONE_DMA, ZONE_MOVABLE, ZONE_NAMES, type Pgdat, type Zone,
} from '../../include/mmzone.js';
import { hasZone } from '../../include/mmzone/zone_type.js';

/** `[mem 0x...-0x...]` of a range of pages, 16 digits. */
function mem(start_pfn: number, end_pfn: number): string {
  return `[mem ${hex(start_pfn * PAGE_SIZE, 16)}-${hex(end_pfn * PAGE_SIZE - 1, 16)}]`;
}

/**
 * Zones up to the last that this kernel knows: CONFIG_ZONE_DEVICE adds it, and is taken to be on.
 * Without CONFIG_ZONE_DMA the kernel's first is another one; here DMA stays, and has no page.
 */
function zoneNames(k: Kernel): readonly string[] {
  return hasZone(k, ZONE_DEVICE) ? ZONE_NAMES : ZONE_NAMES.slice(0, ZONE_DEVICE);
}

function emptyZone(nid: number, index: number, count: number): Zone {
  return {
    nid, index, name: at(ZONE_NAMES, index), zone_start_pfn: 0, spanned_pages: 0,
    present_pages: 0, present_early_pages: 0, managed_pages: 0, nr_free_pages: 0,
    nr_isolated_pages: 0, nr_isolate_pageblock: 0, contiguous: false,
    watermark: { min: 0, low: 0, high: 0, promo: 0 }, watermark_boost: 0,
    lowmem_reserve: new Array<number>(count).fill(0), pageset: 'boot',
    pcp: { high: 0, batch: 1, high_min: 0, high_max: 0 }, pageset_high_min: 0,
    pageset_high_max: 0, pageset_batch: 1, pageset_leaked: 0,
    free_high_batch: new Set(), pcp_high_most: 0,
  };
}

function emptyPgdat(nid: number, zones: number): Pgdat {
  const node_zones = Array.from({ length: zones }, (_, index) => emptyZone(nid, index, zones));
  return {
    nid, node_zones, node_start_pfn: 0, node_spanned_pages: 0, node_present_pages: 0,
    nr_zones: 0, node_zonelists: [[], []], node_order: [], kswapd: false, kcompactd: false,
    totalreserve_pages: 0,
    initialised: false,
  };
}

/**
 * A pgdat for every node number up to the largest possible one.
 * @kernel mm/mm_init.c v6.12 custom: node numbers that are not possible get one too
 */
export function setup_nr_node_ids(k: Kernel): void {
  const { nodes, node_states } = k.state;
  const count = Math.max(...node_states.possible) + 1;
  for (let nid = nodes.length; nid < count; nid += 1) {
    nodes.push(emptyPgdat(nid, zoneNames(k).length));
  }
}

/**
 * Sizes nodes and zones, then initialises struct pages.
 * @kernel mm/mm_init.c v7.3 reduced: memmap_init() is called here, there by mm_core_init_early()
 */
export function free_area_init(k: Kernel, max_zone_pfns: readonly number[]): void {
  k.set_zone_limits(max_zone_pfns);
  k.find_zone_movable_pfns_for_nodes();
  k.print_zone_ranges();
  for (const { start_pfn, end_pfn } of k.for_each_mem_pfn_range(undefined)) {
    k.subsection_map_init(start_pfn, end_pfn - start_pfn);
  }
  k.setup_nr_node_ids();
  k.init_unavailable_mem();
  for (const nid of k.for_each_node_state('possible')) k.free_area_init_one(nid);
  k.memmap_init();
}

/** The limits that zones cannot leave. @kernel mm/mm_init.c v6.12 custom: part of free_area_init */
export function set_zone_limits(k: Kernel, max_zone_pfns: readonly number[]): void {
  const { boot } = k.state;
  let start_pfn = k.memblock_start_of_DRAM();
  for (let zone = 0; zone < MAX_NR_ZONES; zone += 1) {
    boot.arch_zone_lowest_possible_pfn[zone] = 0;
    boot.arch_zone_highest_possible_pfn[zone] = 0;
    if (zone === ZONE_MOVABLE) continue;
    const end_pfn = Math.max(max_zone_pfns[zone] ?? 0, start_pfn);
    boot.arch_zone_lowest_possible_pfn[zone] = start_pfn;
    boot.arch_zone_highest_possible_pfn[zone] = end_pfn;
    start_pfn = end_pfn;
  }
}

/** @kernel mm/mm_init.c v6.12 custom: the part of free_area_init that prints */
export function print_zone_ranges(k: Kernel): void {
  const { boot } = k.state;
  k.pr_info('Zone ranges:');
  zoneNames(k).forEach((name, zone) => {
    if (zone === ZONE_MOVABLE || !hasZone(k, zone)) return;
    const low = at(boot.arch_zone_lowest_possible_pfn, zone);
    const high = at(boot.arch_zone_highest_possible_pfn, zone);
    k.pr_info(`  ${name.padEnd(8)} ${low === high ? 'empty' : mem(low, high)}`);
  });
  k.pr_info('Movable zone start for each node');
  for (const nid of [...boot.zone_movable_pfn.keys()].sort((a, b) => a - b)) {
    k.pr_info(`  Node ${nid}: ${hex((boot.zone_movable_pfn.get(nid) ?? 0) * PAGE_SIZE, 16)}`);
  }
  k.pr_info('Early memory node ranges');
  for (const { nid, start_pfn, end_pfn } of k.for_each_mem_pfn_range(undefined)) {
    k.pr_info(`  node ${String(nid).padStart(3)}: ${mem(start_pfn, end_pfn)}`);
  }
}

/** One possible node; it need not be online. @kernel mm/mm_init.c v6.12 custom: a loop body */
export function free_area_init_one(k: Kernel, nid: number): void {
  const { nodes, node_states } = k.state;
  const online = node_states.online.has(nid);
  if (!online && !k.config.offline_nodes_initialised) return;
  if (!online && k.config.memoryless_node_printed) {
    k.pr_info(`Initializing node ${nid} as memoryless`);
  }
  const pgdat = at(nodes, nid);
  k.free_area_init_node(nid);
  if (pgdat.node_present_pages === 0) return;
  node_states.memory.add(nid);
  k.check_for_memory(pgdat);
}

/** @kernel mm/mm_init.c v7.3 full */
export function check_for_memory(k: Kernel, pgdat: Pgdat): void {
  const first = pgdat.node_zones.slice(0, ZONE_MOVABLE).find((zone) => k.populated_zone(zone));
  if (first !== undefined) k.state.node_states.normal_memory.add(pgdat.nid);
}

/** Span of a node's memory. @kernel mm/mm_init.c v7.3 full */
export function get_pfn_range_for_nid(k: Kernel, nid: number): [start: number, end: number] {
  const ranges = k.for_each_mem_pfn_range(nid);
  return [ranges[0]?.start_pfn ?? 0, ranges.at(-1)?.end_pfn ?? 0];
}

/** What a node is set up with. */
function initmem(k: Kernel, start_pfn: number, end_pfn: number): string {
  if (start_pfn !== end_pfn) return mem(start_pfn, end_pfn);
  return k.config.memoryless_node_named ? 'as memoryless' : `[mem ${hex(0, 16)}-${hex(0, 16)}]`;
}

/** @kernel mm/mm_init.c v6.12 custom: printed in place there */
export function print_initmem(k: Kernel, nid: number, start_pfn: number, end_pfn: number): void {
  k.pr_info(`Initmem setup node ${nid} ${initmem(k, start_pfn, end_pfn)}`);
}

/** @kernel mm/mm_init.c v7.3 full */
export function free_area_init_node(k: Kernel, nid: number): void {
  const pgdat = at(k.state.nodes, nid);
  const [start_pfn, end_pfn] = k.get_pfn_range_for_nid(nid);
  pgdat.node_start_pfn = start_pfn;
  pgdat.initialised = true;
  k.print_initmem(nid, start_pfn, end_pfn);
  k.calculate_node_totalpages(pgdat, start_pfn, end_pfn);
  k.free_area_init_core(pgdat);
}

/** @kernel mm/mm_init.c v7.3 full */
export function calculate_node_totalpages(
  k: Kernel, pgdat: Pgdat, node_start_pfn: number, node_end_pfn: number,
): void {
  pgdat.node_present_pages = 0;
  pgdat.node_spanned_pages = node_end_pfn - node_start_pfn;
  let spanned = 0;
  for (const zone of pgdat.node_zones) {
    const [start, end] = k.zone_range_in_node(pgdat.nid, zone.index, node_start_pfn, node_end_pfn);
    zone.spanned_pages = end - start;
    zone.zone_start_pfn = end > start ? start : 0;
    zone.present_pages = k.zone_present_pages(pgdat.nid, zone.index, [start, end]);
    zone.present_early_pages = zone.present_pages;
    pgdat.node_present_pages += zone.present_pages;
    spanned += zone.spanned_pages;
  }
  if (k.config.node_spanned === 'zones') pgdat.node_spanned_pages = spanned;
}

/**
 * Start and end of a zone in a node; both alike when it has none of it.
 * @kernel mm/mm_init.c v6.12 custom: zone_spanned_pages_in_node(), with its two results in one
 */
export function zone_range_in_node(
  k: Kernel, nid: number, zone: number, node_start_pfn: number, node_end_pfn: number,
): [start: number, end: number] {
  const { boot } = k.state;
  const low = at(boot.arch_zone_lowest_possible_pfn, zone);
  const high = at(boot.arch_zone_highest_possible_pfn, zone);
  const nothing: [number, number] = [node_start_pfn, node_start_pfn];
  if (node_start_pfn === node_end_pfn) return nothing;
  const whole = k.config.mirrored_kernelcore === 'whole_zone';
  const [start, end] = k.adjust_zone_range_for_zone_movable(nid, zone, node_end_pfn,
    whole ? [low, high] : [clamp(node_start_pfn, low, high), clamp(node_end_pfn, low, high)]);
  if (end < node_start_pfn || start > node_end_pfn) return nothing;
  return [Math.max(start, node_start_pfn), Math.min(end, node_end_pfn)];
}

/** Gives each zone its first managed pages: an estimate until memblock_free_all().
 * @kernel mm/mm_init.c v7.3 full */
export function free_area_init_core(k: Kernel, pgdat: Pgdat): void {
  for (const zone of pgdat.node_zones) {
    k.zone_init_internals(zone, k.zone_freesize(zone));
    if (zone.spanned_pages > 0) {
      k.init_currently_empty_zone(zone, zone.zone_start_pfn, zone.spanned_pages);
    }
  }
}

/** What free_area_init_core() takes for free in a zone.
 * @kernel mm/mm_init.c v6.12 custom: an argument there */
export function zone_freesize(k: Kernel, zone: Zone): number {
  const { present_pages } = zone;
  if (!k.config.memmap_pages_estimated) return present_pages;
  const memmap_pages = k.calc_memmap_size(zone.spanned_pages, present_pages);
  const { dma_reserve } = k.state.boot;
  let freesize = present_pages;
  if (freesize >= memmap_pages) freesize -= memmap_pages;
  else {
    k.pr_warn(`  ${zone.name} zone: ${memmap_pages} memmap pages exceeds freesize ${freesize}`);
  }
  return zone.index === ZONE_DMA && freesize > dma_reserve ? freesize - dma_reserve : freesize;
}

/** Bytes of a struct page: 64 when it is aligned for SLUB or carries a memory cgroup. */
function structPageBytes(k: Kernel): number {
  const { SLUB, MEMCG } = k.machine.kconfig;
  return SLUB === 'n' && MEMCG === 'n' ? 56 : 64;
}

/** Pages that the struct pages of a zone take. @kernel mm/page_alloc.c v6.1 full */
export function calc_memmap_size(k: Kernel, spanned: number, present: number): number {
  const pages = spanned > present + Math.floor(present / 16) ? present : spanned;
  return Math.ceil(pages * structPageBytes(k) / PAGE_SIZE);
}

/** @kernel mm/mm_init.c v7.3 full */
export function zone_init_internals(k: Kernel, zone: Zone, remaining_pages: number): void {
  zone.managed_pages = remaining_pages;
  k.zone_pcp_init(zone);
}

/** @kernel mm/mm_init.c v7.3 full */
export function init_currently_empty_zone(
  k: Kernel, zone: Zone, start_pfn: number, _nr_pages: number,
): void {
  const pgdat = at(k.state.nodes, zone.nid);
  pgdat.nr_zones = Math.max(pgdat.nr_zones, zone.index + 1);
  zone.zone_start_pfn = start_pfn;
}

/** A node comes to life after boot: its zones start empty. @returns 0 or -ENOMEM
 * @kernel mm/mm_init.c v7.3 reduced: no vmstat counters; a node of the boot that comes back gets
 *   counters anew */
export function free_area_init_core_hotplug(k: Kernel, pgdat: Pgdat): number {
  if (pgdat.per_cpu_nodestats === undefined && k.alloc_percpu() === 0) {
    if (k.config.nodestats_checked) return -ENOMEM;
    k.oops('free_area_init_core_hotplug', `node ${pgdat.nid} has no counters for its CPUs`);
  }
  pgdat.per_cpu_nodestats = true;
  pgdat.nr_zones = 0;
  pgdat.node_start_pfn = 0;
  pgdat.node_present_pages = 0;
  for (const zone of pgdat.node_zones) {
    zone.present_pages = 0;
    k.zone_init_internals(zone, 0);
  }
  return 0;
}

/** All struct pages are initialised: zones without a gap are found.
 * @kernel mm/mm_init.c v7.3 reduced: deferred pages were initialised before */
export function page_alloc_init_late(k: Kernel): void {
  for (const zone of k.for_each_populated_zone()) k.set_zone_contiguous(zone);
}
