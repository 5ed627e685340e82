/**
 * Zonelists: which zones a node's allocations may use, in which order, and who rebuilds them.
 */
import type { Kernel } from '../../base/kernel.js';
import {
  MAX_NR_ZONES, NUMA_NO_NODE, ZONE_MOVABLE, ZONE_NAMES, ZONE_NORMAL, ZONELIST_FALLBACK,
  ZONELIST_NOFALLBACK, pageblock_nr_pages, type Pgdat, type Zonelist,
} from '../../include/mmzone.js';

/** A node with CPUs is one unit farther away: its memory is likely in use. */
const PENALTY_FOR_NODE_WITH_CPUS = 1;

/** Room for node_load[] below one unit of distance: 2^CONFIG_NODES_SHIFT, 1024 in distributions. */
function maxNumnodes(k: Kernel): number {
  return 2 ** Number(k.machine.kconfig['NODES_SHIFT'] ?? 10);
}

/** CONFIG_NUMA: known to be off, or taken to be on. */
function isNuma(k: Kernel): boolean {
  return k.machine.kconfig['NUMA'] !== 'n';
}

/** The zones of a node that go into lists, highest first. @kernel mm/page_alloc.c v7.3 full */
export function build_zonerefs_node(k: Kernel, pgdat: Pgdat): Zonelist {
  const zonerefs: Zonelist = [];
  for (let zone_idx = MAX_NR_ZONES - 1; zone_idx >= 0; zone_idx -= 1) {
    const zone = pgdat.node_zones[zone_idx];
    if (zone === undefined || !k.populated_zone(zone)) continue;
    zonerefs.push({ zone, zone_idx });
    k.check_highest_zone(zone_idx);
  }
  return zonerefs;
}

/**
 * The mask of the node's CPUs is not empty. x86 fills it when it identifies a CPU (numa_add_cpu()),
 * which even for the first one comes after the lists of boot are built.
 */
function hasCpus(k: Kernel, nid: number): boolean {
  if (k.state.system_state === 'booting') return false;
  return k.cpumask_of_node(nid).length > 0;
}

/** How far `n` is as the next fallback of `node`; the smallest wins. */
function fallbackValue(k: Kernel, node: number, n: number): number {
  let value = k.node_distance(node, n);
  if (n < node) value += 1;
  if (hasCpus(k, n)) value += PENALTY_FOR_NODE_WITH_CPUS;
  if (k.config.node_load_scaled) value *= k.state.node_states.online.size;
  return value * maxNumnodes(k) + (k.state.node_load[n] ?? 0);
}

/**
 * The node that comes next in the fallback order of `node`; it is added to `used`. NUMA_NO_NODE
 * when all nodes with memory are used.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function find_next_best_node(k: Kernel, node: number, used: Set<number>): number {
  const listed = k.node_state(node, 'memory') || !k.config.memoryless_local_node_skipped;
  if (!used.has(node) && listed) {
    used.add(node);
    return node;
  }
  let best = NUMA_NO_NODE;
  let least = Infinity;
  for (const n of k.for_each_node_state('memory')) {
    if (used.has(n)) continue;
    const value = fallbackValue(k, node, n);
    if (value >= least) continue;
    least = value;
    best = n;
  }
  if (best !== NUMA_NO_NODE) used.add(best);
  return best;
}

/** FALLBACK list from the node order. @kernel mm/page_alloc.c v7.3 full */
export function build_zonelists_in_node_order(
  k: Kernel, pgdat: Pgdat, node_order: readonly number[],
): void {
  const list = node_order.flatMap((nid) => {
    const node = k.state.nodes[nid];
    return node === undefined ? [] : k.build_zonerefs_node(node);
  });
  pgdat.node_zonelists[ZONELIST_FALLBACK] = list;
  k.state.costs.zonerefs_written += list.length;
}

/** The list for __GFP_THISNODE. @kernel mm/page_alloc.c v7.3 full */
export function build_thisnode_zonelists(k: Kernel, pgdat: Pgdat): void {
  const list = k.build_zonerefs_node(pgdat);
  pgdat.node_zonelists[ZONELIST_NOFALLBACK] = list;
  k.state.costs.zonerefs_written += list.length;
}

/** Makes the first node of a distance group less attractive to the nodes that come later. */
function addNodeLoad(k: Kernel, nid: number, load: number): void {
  const before = k.state.node_load[nid] ?? 0;
  const after = { add_one: before + 1, add_load: before + load, set_load: load };
  k.state.node_load[nid] = after[k.config.node_load_step];
}

/** @kernel mm/page_alloc.c v7.3 full: without CONFIG_NUMA there is one node, and one list */
export function build_zonelists(k: Kernel, pgdat: Pgdat): void {
  const local = pgdat.nid;
  const used = new Set<number>();
  const node_order: number[] = [];
  let load = k.state.node_states.online.size;
  let prev = local;
  for (;;) {
    const node = k.find_next_best_node(local, used);
    if (node === NUMA_NO_NODE) break;
    if (k.node_distance(local, node) !== k.node_distance(local, prev)) addNodeLoad(k, node, load);
    node_order.push(node);
    prev = node;
    load -= 1;
  }
  k.build_zonelists_in_node_order(pgdat, node_order);
  pgdat.node_order = node_order;
  if (!isNuma(k)) return;
  k.build_thisnode_zonelists(pgdat);
  if (!k.config.fallback_order_printed) return;
  k.pr_info(`Fallback order for Node ${local}: ${node_order.map((nid) => `${nid} `).join('')}`);
}

/**
 * A node that is not online yet gets its own lists only; else the lists of all nodes are built.
 * @kernel mm/page_alloc.c v7.3 reduced: no sequence count, numa_mem is not built on x86
 */
export function __build_all_zonelists(k: Kernel, self: Pgdat | undefined): void {
  k.state.node_load.length = 0;
  if (self !== undefined && !k.node_state(self.nid, 'online')) {
    k.build_zonelists(self);
    return;
  }
  for (const nid of k.for_each_node_state(k.config.zonelists_of)) {
    const pgdat = k.state.nodes[nid];
    if (pgdat !== undefined) k.build_zonelists(pgdat);
  }
}

/** @kernel mm/page_alloc.c v7.3 reduced: cpusets are not modelled */
export function build_all_zonelists_init(k: Kernel): void {
  k.__build_all_zonelists(undefined);
  Object.assign(k.state.boot_pageset, { high: 0, batch: 1, high_min: 0, high_max: 0 });
}

/** Number of migratetypes of this configuration: decides when grouping is off. */
function migrateTypes(k: Kernel): number {
  const { CMA, MEMORY_ISOLATION } = k.machine.kconfig;
  return 4 + (CMA === 'y' ? 1 : 0) + (MEMORY_ISOLATION === 'n' ? 0 : 1);
}

/** @kernel mm/page_alloc.c v6.12 full */
export function build_all_zonelists(k: Kernel, pgdat: Pgdat | undefined): void {
  k.state.costs.zonelist_rebuilds += 1;
  if (k.state.system_state === 'booting') {
    k.build_all_zonelists_init();
  } else {
    if (k.config.zonelists_stop_machine) k.state.costs.stop_machine += 1;
    k.__build_all_zonelists(pgdat);
  }
  k.state.vm_total_pages = k.nr_free_zone_pages(ZONE_MOVABLE);
  const grouping = k.state.vm_total_pages < pageblock_nr_pages * migrateTypes(k) ? 'off' : 'on';
  const order = k.config.built_line_names_order ? ' in Node order' : '';
  k.pr_info(`Built ${k.state.node_states.online.size} zonelists${order}, ` +
    `mobility grouping ${grouping}.  Total pages: ${k.state.vm_total_pages}`);
  if (isNuma(k)) k.pr_info(`Policy zone: ${ZONE_NAMES[k.state.policy_zone]}`);
}

/**
 * Managed pages above the high watermark, over the zones up to `offset` in the fallback list of
 * the node that runs.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function nr_free_zone_pages(k: Kernel, offset: number): number {
  const list = k.state.nodes[k.numa_node_id()]?.node_zonelists[ZONELIST_FALLBACK] ?? [];
  let sum = 0;
  for (const { zone, zone_idx } of list) {
    if (zone_idx > offset) continue;
    sum += Math.max(0, zone.managed_pages - k.wmark_pages(zone, 'high'));
  }
  return sum;
}

/** What GFP_USER can get. @kernel mm/page_alloc.c v7.3 full */
export function nr_free_buffer_pages(k: Kernel): number {
  return k.nr_free_zone_pages(ZONE_NORMAL);
}
