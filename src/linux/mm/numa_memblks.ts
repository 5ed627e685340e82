/** mm/numa_memblks.c (up to v6.11 arch/x86/mm/numa.c): which node memory belongs to. */
import { PAGE_SIZE, hex, roundUp } from '../../base/pfn.js';
import type { NumaBlock } from '../base/boot_state.js';
import type { Kernel } from '../base/kernel.js';
import { NUMA_NO_NODE } from '../include/mmzone.js';

/** A range of bytes as `[mem %#010Lx-%#010Lx]` prints it. */
function mem(start: number, end: number): string {
  return `[mem ${hex(start, 8)}-${hex(end - 1, 8)}]`;
}

/**
 * A table of distances, a byte each. Searched from the top of memory it is far from any zone whose
 * reserved pages are counted; with movable_node memblock searches upwards until nodes are known.
 * @kernel mm/numa_memblks.c v7.3 reduced: only where it matters
 */
export function numa_alloc_distance(k: Kernel): void {
  const { movable_node } = k.mhp_parameters();
  if (!movable_node || k.config.bottom_up_from !== 'memory') return;
  const { numa_nodes_parsed, numa_meminfo } = k.state.boot;
  const cnt = Math.max(...numa_nodes_parsed, ...numa_meminfo.map(({ nid }) => nid)) + 1;
  const size = cnt * cnt;
  for (const free of k.for_each_free_mem_range()) {
    const start = roundUp(free.start, PAGE_SIZE);
    if (start + size > free.end) continue;
    k.memblock_reserve(start, start + size);
    k.state.boot.numa_distance = { start, end: start + size };
    return;
  }
}

/** The table goes; the next one is searched for from the top, as all is once nodes are known.
 * @kernel mm/numa_memblks.c v7.3 reduced: only where it matters */
export function numa_reset_distance(k: Kernel): void {
  const { boot } = k.state;
  if (boot.numa_distance === undefined) return;
  k.memblock_phys_free(boot.numa_distance.start, boot.numa_distance.end);
  boot.numa_distance = undefined;
}

/**
 * Cuts the ranges to RAM (the rest is kept for hotplug) and joins those of a node that have no
 * other node between them.
 * @returns false when ranges of different nodes overlap
 * @kernel mm/numa_memblks.c v7.3 full; memblock ends with max_pfn on x86
 */
export function numa_cleanup_meminfo(k: Kernel): boolean {
  const { boot } = k.state;
  const low = k.config.numa_ranges_begin === 'at_memory'
    ? k.memblock_start_of_DRAM() * PAGE_SIZE : 0;
  const high = boot.max_pfn * PAGE_SIZE;
  const kept: NumaBlock[] = [];
  for (const block of boot.numa_meminfo) {
    if (!k.memblock_overlaps_region(block.start, block.end)) {
      boot.numa_reserved_meminfo.push(block);
      continue;
    }
    if (block.end > high) {
      boot.numa_reserved_meminfo.push({ nid: block.nid, start: high, end: block.end });
    }
    const [start, end] = [Math.max(block.start, low), Math.min(block.end, high)];
    if (start < end) kept.push({ ...block, start, end });
  }
  boot.numa_meminfo = kept;
  for (let i = 0; i < kept.length; i += 1) if (!k.numa_join_blocks(i)) return false;
  return true;
}

/** Joins later ranges of the same node to range `i`.
 * @kernel mm/numa_memblks.c v6.12 custom: an inner loop of numa_cleanup_meminfo() there */
export function numa_join_blocks(k: Kernel, i: number): boolean {
  const blocks = k.state.boot.numa_meminfo;
  const bi = blocks[i];
  if (bi === undefined) return true;
  for (let j = i + 1; j < blocks.length; j += 1) {
    const bj = blocks[j];
    if (bj === undefined) continue;
    const overlap = bi.end > bj.start && bi.start < bj.end;
    if (overlap && bi.nid !== bj.nid) {
      k.pr_err(`node ${bi.nid} ${mem(bi.start, bi.end)} overlaps with node ${bj.nid} ` +
        mem(bj.start, bj.end));
      return false;
    }
    if (overlap) {
      k.pr_warn(`Warning: node ${bi.nid} ${mem(bi.start, bi.end)} overlaps with itself ` +
        mem(bj.start, bj.end));
    }
    if (bi.nid !== bj.nid) continue;
    const start = Math.min(bi.start, bj.start);
    const end = Math.max(bi.end, bj.end);
    if (blocks.some((bk) => bk.nid !== bi.nid && start < bk.end && end > bk.start)) continue;
    k.pr_info(`NUMA: Node ${bi.nid} ${mem(bi.start, bi.end)} + ${mem(bj.start, bj.end)} -> ` +
      mem(start, end));
    bi.start = start;
    bi.end = end;
    blocks.splice(j, 1);
    j -= 1;
  }
  return true;
}

/** Tells memblock the nodes; nodes with memory go online.
 * @kernel mm/numa_memblks.c v6.12 reduced: numa_register_meminfo() and numa_register_nodes(), which
 *   were one function up to v6.11 */
export function numa_register_memblks(k: Kernel): boolean {
  const { boot, node_states } = k.state;
  for (const nid of boot.numa_nodes_parsed) node_states.possible.add(nid);
  for (const block of boot.numa_meminfo) {
    node_states.possible.add(block.nid);
    k.memblock_set_node(block.start, block.end, block.nid);
  }
  k.numa_clear_kernel_node_hotplug();
  if (!k.numa_meminfo_cover_memory()) return false;
  for (const nid of [...node_states.possible].sort((a, b) => a - b)) {
    if (k.for_each_mem_pfn_range(nid).length > 0) node_states.online.add(nid);
  }
  return true;
}

/** Memory on a node that the kernel itself is on cannot be unplugged.
 * @kernel mm/numa_memblks.c v7.3 reduced: the kernel image is taken to be at 16 MiB */
export function numa_clear_kernel_node_hotplug(k: Kernel): void {
  const { boot } = k.state;
  const used = [...boot.reserved, { start: 2 ** 24, end: 2 ** 25 }];
  const nodes = new Set(boot.numa_meminfo
    .filter((block) => used.some((one) => one.start < block.end && one.end > block.start))
    .map((block) => block.nid));
  for (const block of boot.numa_meminfo) {
    if (nodes.has(block.nid)) k.memblock_clear_hotplug(block.start, block.end);
  }
}

/** Node that firmware gives an address to: where there may be RAM, else where there is, which can
 * have been joined over a gap; up to v6.19 the other way round.
 * @kernel mm/numa_memblks.c v7.3 full */
export function phys_to_target_node(k: Kernel, start: number): number {
  const { numa_meminfo, numa_reserved_meminfo } = k.state.boot;
  const lists = [numa_reserved_meminfo, numa_meminfo];
  if (k.config.target_node_from === 'ram') lists.reverse();
  const found = lists.flat().find((block) => block.start <= start && block.end > start);
  return found?.nid ?? NUMA_NO_NODE;
}
