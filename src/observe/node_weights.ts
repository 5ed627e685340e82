/** What orders the nodes of a fallback list: mm/page_alloc.c, find_next_best_node(). */
import type { Kernel } from '../linux/base/kernel.js';
import { distanceOf } from '../linux/base/faked_nodes.js';

/** Distance with the penalties for nodes below and for nodes with CPUs: what orders the nodes. */
export function nodeWeight(
  k: Kernel, from: number, to: number, cpu: ReadonlySet<number>,
): number {
  return distanceOf(k, from, to) + (to < from ? 1 : 0) + (cpu.has(to) ? 1 : 0);
}
