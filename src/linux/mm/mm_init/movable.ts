/** mm/mm_init.c: where ZONE_MOVABLE starts: kernelcore=, movablecore=, movable_node. */
import { at } from '../../../base/assert.js';
import { pfnDown, roundUp } from '../../../base/pfn.js';
import { parameter } from '../../../base/command_line.js';
import type { Kernel } from '../../base/kernel.js';
import { MAX_ORDER_NR_PAGES, ZONE_MOVABLE, ZONE_NORMAL } from '../../include/mmzone.js';

const PFN_4G = 0x100000;

interface Cores {
  kernelcore: number;
  movablecore: number;
}

/** `SIZE` or `N%` of all memory, in pages. */
function corePages(k: Kernel, name: string, totalpages: number): number {
  const text = parameter(k.machine.cmdline, name);
  if (text === undefined || text === 'mirror') return 0;
  const { value, rest } = k.memparse(text);
  if (k.config.core_in_percent && rest.startsWith('%')) {
    return Math.floor((totalpages * 100 * value) / 10000);
  }
  return pfnDown(value);
}

function requiredCores(k: Kernel, totalpages: number): Cores {
  const cores = {
    kernelcore: corePages(k, 'kernelcore', totalpages),
    movablecore: corePages(k, 'movablecore', totalpages),
  };
  if (cores.movablecore > 0) {
    const movable = Math.min(totalpages, roundUp(cores.movablecore, MAX_ORDER_NR_PAGES));
    cores.kernelcore = Math.max(cores.kernelcore, totalpages - movable);
  }
  return cores;
}

/** @kernel mm/mm_init.c v7.3 full */
export function find_usable_zone_for_movable(k: Kernel): void {
  const { boot } = k.state;
  for (let zone = ZONE_MOVABLE - 1; zone >= 0; zone -= 1) {
    const low = at(boot.arch_zone_lowest_possible_pfn, zone);
    if (at(boot.arch_zone_highest_possible_pfn, zone) > low) {
      boot.movable_zone = zone;
      return;
    }
  }
}

/** kernelcore=mirror is asked for, and heard. */
function mirrored(k: Kernel): boolean {
  return parameter(k.machine.cmdline, 'kernelcore') === 'mirror';
}

/**
 * kernelcore=mirror where no memory is mirrored: all above 4 GiB can be moved, and nothing is left
 * of ZONE_NORMAL; from v6.6 on it is passed over. Nothing says which memory is mirrored.
 * @kernel mm/mm_init.c v7.3 custom: the part of find_zone_movable_pfns_for_nodes() for mirrors
 */
export function find_unmirrored_pfns(k: Kernel): void {
  const { boot } = k.state;
  if (k.config.mirrored_kernelcore === 'needs_mirror') {
    k.pr_warn('The system has no mirror memory, ignore kernelcore=mirror.');
    return;
  }
  const ranges = k.for_each_mem_pfn_range(undefined);
  for (const { nid, start_pfn } of ranges.filter((one) => one.start_pfn >= PFN_4G)) {
    const known = boot.zone_movable_pfn.get(nid) ?? Infinity;
    boot.zone_movable_pfn.set(nid, Math.min(start_pfn, known));
  }
  if (ranges.some(({ start_pfn }) => start_pfn < PFN_4G)) {
    k.pr_warn('This configuration results in unmirrored kernel memory.');
  }
  k.align_zone_movable_pfns();
}

/**
 * Decides where ZONE_MOVABLE starts in each node.
 * @kernel mm/mm_init.c v6.12 reduced: no memory is mirrored
 */
export function find_zone_movable_pfns_for_nodes(k: Kernel): void {
  const { boot } = k.state;
  k.find_usable_zone_for_movable();
  if (k.mhp_parameters().movable_node) {
    for (const region of boot.memory.filter((one) => one.hotplug)) {
      const start = pfnDown(region.start);
      const known = boot.zone_movable_pfn.get(region.nid) ?? Infinity;
      boot.zone_movable_pfn.set(region.nid, Math.min(start, known));
    }
    k.align_zone_movable_pfns();
    return;
  }
  if (mirrored(k)) {
    k.find_unmirrored_pfns();
    return;
  }
  const totalpages = k.for_each_mem_pfn_range(undefined)
    .reduce((pages, range) => pages + range.end_pfn - range.start_pfn, 0);
  const { kernelcore } = requiredCores(k, totalpages);
  if (kernelcore === 0 || kernelcore >= totalpages) return;
  k.spread_kernelcore(kernelcore);
  k.align_zone_movable_pfns();
}

/** Takes `required` pages for the kernel from all nodes, as evenly as they have them.
 * @kernel mm/mm_init.c v6.12 custom: the loop of find_zone_movable_pfns_for_nodes() */
export function spread_kernelcore(k: Kernel, required: number): void {
  const nodes = k.for_each_node_state('possible')
    .filter((nid) => k.for_each_mem_pfn_range(nid).length > 0);
  let usable_nodes = nodes.length;
  let left = required;
  do {
    let share = Math.floor(left / usable_nodes);
    for (const nid of nodes) {
      if (left < share) share = Math.floor(left / usable_nodes);
      left = takeKernelcore(k, nid, share, left);
    }
    usable_nodes -= 1;
  } while (usable_nodes > 0 && left > usable_nodes);
}

/** Moves the movable start of one node up by `share` pages; returns what is left to find. */
function takeKernelcore(k: Kernel, nid: number, share: number, required: number): number {
  const { boot } = k.state;
  const usable_startpfn = at(boot.arch_zone_lowest_possible_pfn, boot.movable_zone);
  let remaining = share;
  let left = required;
  for (const range of k.for_each_mem_pfn_range(nid)) {
    let start = Math.max(range.start_pfn, boot.zone_movable_pfn.get(nid) ?? 0);
    if (start >= range.end_pfn) continue;
    if (start < usable_startpfn) {
      const kernel_pages = Math.min(range.end_pfn, usable_startpfn) - start;
      remaining -= Math.min(kernel_pages, remaining);
      left -= Math.min(kernel_pages, left);
      if (range.end_pfn <= usable_startpfn) {
        boot.zone_movable_pfn.set(nid, range.end_pfn);
        continue;
      }
      start = usable_startpfn;
    }
    const pages = Math.min(range.end_pfn - start, remaining);
    boot.zone_movable_pfn.set(nid, start + pages);
    left -= Math.min(left, pages);
    remaining -= pages;
    if (remaining === 0) break;
  }
  return left;
}

/** Rounds to the largest block; from v5.18 on a start behind the node is none.
 * @kernel mm/mm_init.c v6.12 custom: the end of find_zone_movable_pfns_for_nodes() */
export function align_zone_movable_pfns(k: Kernel): void {
  const { boot } = k.state;
  for (const [nid, pfn] of [...boot.zone_movable_pfn]) {
    const aligned = roundUp(pfn, MAX_ORDER_NR_PAGES);
    const [, end_pfn] = k.get_pfn_range_for_nid(nid);
    const isBehind = aligned >= end_pfn;
    if (isBehind && k.config.movable_start_checked) boot.zone_movable_pfn.delete(nid);
    else boot.zone_movable_pfn.set(nid, aligned);
  }
}

/**
 * Cuts a zone's range at the start of ZONE_MOVABLE; with kernelcore=mirror it stays, and what of it
 * can be moved is absent there.
 * @kernel mm/mm_init.c v7.2 full
 */
export function adjust_zone_range_for_zone_movable(
  k: Kernel, nid: number, zone: number, node_end_pfn: number, [start, end]: [number, number],
): [start: number, end: number] {
  const { boot } = k.state;
  const movable = boot.zone_movable_pfn.get(nid);
  if (movable === undefined) return [start, end];
  if (zone === ZONE_MOVABLE) {
    const high = at(boot.arch_zone_highest_possible_pfn, boot.movable_zone);
    return [movable, Math.min(node_end_pfn, high)];
  }
  if (start < movable && end > movable && !mirrored(k)) return [start, movable];
  return start >= movable ? [end, end] : [start, end];
}

/**
 * To v5.17: a ZONE_MOVABLE that would begin behind the end of its node spans nothing, and all pages
 * between the two are missing from its absent ones: they are present.
 */
function pagesBehindNode(k: Kernel, nid: number): number {
  const { boot } = k.state;
  const [, node_end_pfn] = k.get_pfn_range_for_nid(nid);
  const end = Math.min(node_end_pfn, at(boot.arch_zone_highest_possible_pfn, boot.movable_zone));
  return Math.max(0, (boot.zone_movable_pfn.get(nid) ?? 0) - end);
}

/**
 * Pages that a zone has of a range of its node. With kernelcore=mirror those that ZONE_MOVABLE has
 * are no others' (to v7.2; v7.3 cuts the zones).
 * @kernel mm/mm_init.c v7.2 custom: zone_absent_pages_in_node(), as what is not absent
 */
export function zone_present_pages(
  k: Kernel, nid: number, zone: number, [start, end]: readonly [number, number],
): number {
  if (end <= start) return zone === ZONE_MOVABLE ? pagesBehindNode(k, nid) : 0;
  const split = mirrored(k) && k.state.boot.zone_movable_pfn.has(nid);
  return split && zone === ZONE_NORMAL ? 0 : k.present_pages_in_range(nid, start, end);
}
