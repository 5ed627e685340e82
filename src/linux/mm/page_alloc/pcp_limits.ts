/** Sizes and life of the per-cpu page lists of a zone: mm/page_alloc.c. */
import type { Kernel, Preempt } from '../../base/kernel.js';
import { EINVAL } from '../../include/errno.js';
import type { PcpLimits, Zone } from '../../include/mmzone.js';
import type { PcpLists } from '../pages/zone_pages.js';

const BOOT_PAGESET: PcpLimits = { high: 0, batch: 1, high_min: 0, high_max: 0 };
const MIN_PERCPU_PAGELIST_HIGH_FRACTION = 8;
/** PAGE_SHIFT * 8. */
const OLD_BATCH_MAX = 96;

/**
 * pcp->batch: about a thousandth of the zone, of the form 2^n - 1.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function zone_batchsize(k: Kernel, zone: Zone): number {
  const bounded = Math.min(Math.floor(zone.managed_pages / 1024), k.config.pcp_batch_bound);
  const quarter = Math.max(Math.floor(bounded / 4), 1);
  const wanted = quarter + Math.floor(quarter / 2);
  let power = 1;
  while (power * 2 <= wanted) power *= 2;
  return Math.max(power - 1, k.config.pcp_batch_least);
}

/**
 * pcp->high: the low watermark (or `fraction` of the zone) shared by the CPUs of the node, by all
 * CPUs when the node has none; at least four batches.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function zone_highsize(
  k: Kernel, zone: Zone, batch: number, cpu_online: number, fraction: number,
): number {
  const total = fraction === 0
    ? k.wmark_pages(zone, 'low') : Math.floor(zone.managed_pages / fraction);
  const local = k.cpumask_of_node(zone.nid).length + cpu_online;
  const cpus = local === 0 ? k.for_each_online_cpu().length : local;
  return Math.max(Math.floor(total / Math.max(cpus, 1)), batch * 4);
}

/** Up to v5.13: a batch of 0 leaves no room; vm.percpu_pagelist_fraction sets batch as well. */
function oldLimits(zone: Zone, size: number, fraction: number): PcpLimits {
  if (fraction === 0) {
    return { high: size * 6, batch: Math.max(1, size), high_min: size * 6, high_max: size * 6 };
  }
  const high = Math.floor(zone.managed_pages / fraction);
  const quarter = Math.min(Math.max(1, Math.floor(high / 4)), OLD_BATCH_MAX);
  return { high, batch: quarter, high_min: high, high_max: high };
}

/** The limits that the version's rule gives this zone now. */
function limitsOf(k: Kernel, zone: Zone, cpu_online: number): PcpLimits {
  const size = k.zone_batchsize(zone);
  const fraction = k.state.percpu_pagelist_high_fraction;
  if (k.config.pcp_high === 'batches') return oldLimits(zone, size, fraction);
  const batch = Math.max(1, size);
  const high = k.zone_highsize(zone, batch, cpu_online, fraction);
  const high_max = k.config.pcp_high === 'low_wmark' || fraction > 0 ? high
    : k.zone_highsize(zone, batch, cpu_online, MIN_PERCPU_PAGELIST_HIGH_FRACTION);
  return { high, batch, high_min: high, high_max };
}

/** Writes the lists of all CPUs; zones without an own pageset share boot_pageset. */
function pagesetUpdate(k: Kernel, zone: Zone, limits: PcpLimits): void {
  if (zone.pageset === 'real') {
    Object.assign(zone.pcp, limits);
    zone.pcp_high_most = Math.max(zone.pcp_high_most, limits.high_max);
    return;
  }
  Object.assign(k.state.boot_pageset, limits);
  for (const pgdat of k.state.nodes) {
    for (const other of pgdat.node_zones) {
      if (other.pageset === 'boot') Object.assign(other.pcp, limits);
    }
  }
}

/** @kernel mm/page_alloc.c v7.3 full */
export function __zone_set_pageset_high_and_batch(
  k: Kernel, zone: Zone, high_min: number, high_max: number, batch: number,
): void {
  pagesetUpdate(k, zone, { high: high_min, batch, high_min, high_max });
}

/**
 * Gives the lists new sizes when they differ from those the zone remembers: a pageset that was
 * just allocated keeps the sizes of a boot pageset when the zone remembers the right ones.
 * @kernel mm/page_alloc.c v6.12 reduced: high rests at its minimum (it floats from v6.7)
 */
export function zone_set_pageset_high_and_batch(k: Kernel, zone: Zone, cpu_online: number): void {
  const { batch, high_min, high_max } = limitsOf(k, zone, cpu_online);
  const same = zone.pageset_high_min === high_min && zone.pageset_high_max === high_max &&
    zone.pageset_batch === batch;
  if (same && k.config.pcp_sizes_remembered) return;
  zone.pageset_high_min = high_min;
  zone.pageset_high_max = high_max;
  zone.pageset_batch = batch;
  k.__zone_set_pageset_high_and_batch(zone, high_min, high_max, batch);
}

/** per_cpu_pages_init(): nothing is known of what was freed and allocated. */
function renewed(pcp: PcpLists): void {
  pcp.high = 0;
  pcp.free_count = 0;
  pcp.free_factor = 0;
  pcp.alloc_factor = 0;
  pcp.prev_free_high_order = false;
}

/** Allocates the lists of a zone. @kernel mm/page_alloc.c v7.3 full: an old pageset leaks */
export function setup_zone_pageset(k: Kernel, zone: Zone): void {
  if (zone.pageset === 'real') zone.pageset_leaked += 1;
  zone.pageset = 'real';
  zone.pcp_high_most = 0;
  zone.free_high_batch.clear();
  Object.assign(zone.pcp, BOOT_PAGESET);
  k.state.pages?.zonePages(zone).pcp.forEach(renewed);
  k.zone_set_pageset_high_and_batch(zone, 0);
}

/**
 * A zone that was just made uses the boot pageset.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function zone_pcp_init(k: Kernel, zone: Zone): void {
  zone.pageset = 'boot';
  Object.assign(zone.pcp, k.state.boot_pageset);
  zone.pageset_high_min = BOOT_PAGESET.high_min;
  zone.pageset_high_max = BOOT_PAGESET.high_max;
  zone.pageset_batch = BOOT_PAGESET.batch;
}

/** Once per boot: until now all zones shared boot_pageset.
 * @kernel mm/page_alloc.c v7.3 reduced: no counters of nodes */
export function setup_per_cpu_pageset(k: Kernel): void {
  for (const zone of k.for_each_populated_zone()) k.setup_zone_pageset(zone);
}

/**
 * Waits until nobody has pcp_batch_high_lock: before sizes of lists are computed again.
 * @kernel mm/page_alloc.c v6.12 custom: there zone_pcp_update() takes it, zone by zone; here its
 *   callers wait before they begin, and nothing sleeps in it
 */
export function* wait_pcp_batch_high_lock(k: Kernel): Preempt<void> {
  if (!k.config.wmarks_update_pcp && !k.config.zone_pcp_update) return;
  yield* k.mutex_lock('pcp_batch_high_lock');
  k.mutex_unlock('pcp_batch_high_lock');
}

/** @kernel mm/page_alloc.c v7.3 full: its callers have waited for the lock */
export function zone_pcp_update(k: Kernel, zone: Zone, cpu_online: number): void {
  k.zone_set_pageset_high_and_batch(zone, cpu_online);
}

/**
 * vm.percpu_pagelist_high_fraction is written; 1 to 7 are refused.
 * @kernel mm/page_alloc.c v7.3 full: its callers have waited for the lock
 */
export function percpu_pagelist_high_fraction_sysctl_handler(
  k: Kernel, fraction: number,
): number {
  if (fraction !== 0 && fraction < MIN_PERCPU_PAGELIST_HIGH_FRACTION) return -EINVAL;
  if (fraction === k.state.percpu_pagelist_high_fraction) return 0;
  k.state.percpu_pagelist_high_fraction = fraction;
  for (const zone of k.for_each_populated_zone()) k.zone_set_pageset_high_and_batch(zone, 0);
  return 0;
}

/** @kernel mm/page_alloc.c v7.3 full: called before the CPU is in the mask of its node */
export function page_alloc_cpu_online(k: Kernel): void {
  if (!k.config.cpus_update_pcp) return;
  for (const zone of k.for_each_populated_zone()) k.zone_pcp_update(zone, 1);
}

/**
 * A CPU that has come up keeps a batch of a list that is freed in large blocks, if it has cache
 * enough for three of them. The x86 machines of the model have.
 * @kernel mm/page_alloc.c v7.3 reduced: the size of caches is not looked at
 */
export function setup_pcp_cacheinfo(k: Kernel, cpu: number): void {
  for (const zone of k.for_each_populated_zone()) zone.free_high_batch.add(cpu);
}

/**
 * Nobody would empty the lists of a CPU that is down.
 * @kernel mm/page_alloc.c v7.3 reduced: no caches of the LRU, no counters
 */
export function page_alloc_cpu_dead(k: Kernel, cpu: number): void {
  k.drain_pages_zone(cpu, undefined);
  if (!k.config.cpus_update_pcp) return;
  for (const zone of k.for_each_populated_zone()) k.zone_pcp_update(zone, 0);
}

/**
 * The zone lost its last page: back to the shared boot pageset. The sizes that the zone remembers
 * stay.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function zone_pcp_reset(k: Kernel, zone: Zone): void {
  if (zone.pageset === 'boot') return;
  if (k.populated_zone(zone)) zone.pageset_leaked += 1;
  zone.pageset = 'boot';
  Object.assign(zone.pcp, k.state.boot_pageset);
}

/**
 * No page stays on a per-cpu list of the zone until zone_pcp_enable().
 * The caller has pcp_batch_high_lock then.
 * @kernel mm/page_alloc.c v7.3 full
 */
export function* zone_pcp_disable(k: Kernel, zone: Zone): Preempt<void> {
  yield 'zone_pcp_disable';
  yield* k.mutex_lock('pcp_batch_high_lock');
  k.__zone_set_pageset_high_and_batch(zone, 0, 0, 1);
  yield* k.__drain_all_pages(zone, true);
}

/** @kernel mm/page_alloc.c v7.3 full */
export function zone_pcp_enable(k: Kernel, zone: Zone): void {
  k.__zone_set_pageset_high_and_batch(
    zone, zone.pageset_high_min, zone.pageset_high_max, zone.pageset_batch);
  k.mutex_unlock('pcp_batch_high_lock');
}
