/** Counters of zones: mm/vmstat.c. */
import { PAGE_SIZE } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';
import type { Zone } from '../include/mmzone.js';
import type { PcpLists } from './pages/zone_pages.js';

/** Memory is counted in units of so many bytes. */
const UNIT = 2 ** 27;

/** The position of the highest bit, from 1; 0 for 0. */
const fls = (value: number): number => 32 - Math.clz32(value);

/**
 * How much a CPU may keep back of a counter of this zone before it adds it in.
 * @kernel mm/vmstat.c v7.3 full
 */
export function calculate_normal_threshold(k: Kernel, zone: Zone): number {
  const mem = Math.floor(zone.managed_pages / (UNIT / PAGE_SIZE));
  return Math.min(125, 2 * fls(k.state.cpu_to_node.size) * (1 + fls(mem)));
}

/** nr_memmap_pages of /proc/vmstat, from v6.11 on. @kernel mm/vmstat.c v7.3 full */
export function memmap_pages_add(k: Kernel, delta: number): void {
  k.state.memmap_counted.pages += delta;
}

/** nr_memmap_boot_pages of /proc/vmstat, from v6.11 on. @kernel mm/vmstat.c v7.3 full */
export function memmap_boot_pages_add(k: Kernel, delta: number): void {
  k.state.memmap_counted.boot_pages += delta;
}

/** A list of another node's memory that nobody used for some rounds is emptied. */
function expires(k: Kernel, zone: Zone, pcp: PcpLists): boolean {
  if (pcp.expire === 0 || pcp.count === 0) return false;
  if (zone.nid === k.state.cpu_to_node.get(pcp.cpu)) {
    pcp.expire = 0;
    return false;
  }
  pcp.expire -= 1;
  if (pcp.expire === 0) k.drain_zone_pages(zone, pcp);
  return true;
}

/**
 * What vmstat does once in a while to the per-cpu lists of its CPU: they sink (from v6.7), and
 * those of other nodes are emptied when nobody used them.
 * @returns whether there is more to do the next time
 * @kernel mm/vmstat.c v7.3 reduced: no counters, so that nobody sets `expire` but who knows
 */
export function refresh_cpu_vm_stats(k: Kernel, cpu: number, do_pagesets: boolean): boolean {
  const { pages } = k.state;
  let changed = false;
  if (pages === undefined || !do_pagesets) return changed;
  for (const zone of k.for_each_populated_zone()) {
    const pcp = pages.zonePages(zone).pcp[cpu];
    if (pcp === undefined) continue;
    if (k.config.pcp_free === 'free_count' && k.decay_pcp_high(zone, pcp)) changed = true;
    if (expires(k, zone, pcp)) changed = true;
  }
  return changed;
}

/**
 * CPUs make their nodes N_CPU. It runs before the other CPUs are up, each of which adds its own
 * node (vmstat_cpu_online()): of the nodes that numa=fake= cuts from one, all get N_CPU by CPU 0
 * only.
 * @kernel mm/vmstat.c v7.3 full; and vmstat_cpu_online()
 */
export function init_cpu_node_state(k: Kernel): void {
  const { node_states, cpu_to_node } = k.state;
  for (const nid of node_states.online) {
    if (k.cpumask_of_node(nid).includes(0)) node_states.cpu.add(nid);
  }
  for (const cpu of k.for_each_online_cpu()) node_states.cpu.add(cpu_to_node.get(cpu) ?? 0);
}
