/** Counters of zones: mm/vmstat.c. */
import { PAGE_SIZE } from '../../base/pfn.js';
import type { Kernel } from '../base/kernel.js';
import type { Zone } from '../include/mmzone.js';

/** Memory is counted in units of so many bytes. */
const UNIT = 2 ** 27;

/** The position of the highest bit, from 1; 0 for 0. */
const fls = (value: number): number => 32 - Math.clz32(value);

/**
 * How much a CPU may keep back of a counter of this zone before it adds it in.
 * @kernel mm/vmstat.c v6.12 full
 */
export function calculate_normal_threshold(k: Kernel, zone: Zone): number {
  const mem = Math.floor(zone.managed_pages / (UNIT / PAGE_SIZE));
  return Math.min(125, 2 * fls(k.state.cpu_to_node.size) * (1 + fls(mem)));
}
