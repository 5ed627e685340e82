/** arch/x86/mm/numa.c, mm/numa_memblks.c: which node memory and CPUs belong to. */
import { PAGE_SIZE, roundUp } from '../../../base/pfn.js';
import type { NumaBlock } from '../../base/boot_state.js';
import type { Kernel } from '../../base/kernel.js';
import { NUMA_NO_NODE } from '../../include/mmzone.js';

/** What nodes may leave uncovered: 1 MiB, pages. */
const UNCOVERED_PAGES = 256;

/** A byte address as `%#010Lx` prints it. */
function address(bytes: number): string {
  return `0x${bytes.toString(16).padStart(8, '0')}`;
}

function mem(start: number, end: number): string {
  return `[mem ${address(start)}-${address(end - 1)}]`;
}

/** Finds the nodes. @kernel arch/x86/mm/numa.c v6.12 reduced: no AMD northbridge, no numa=fake */
export function x86_numa_init(k: Kernel): void {
  const words = k.machine.cmdline.split(/\s+/);
  const off = words.includes('numa=off') || k.machine.kconfig['NUMA'] === 'n';
  const acpi = !off && !words.includes('numa=noacpi') && k.machine.srat.length > 0;
  if (acpi && k.numa_init(() => k.acpi_numa_init())) return;
  k.numa_init(() => k.dummy_numa_init(off));
}

/** @returns false when the nodes make no sense @kernel arch/x86/mm/numa.c v6.12 full */
export function numa_init(k: Kernel, find_nodes: () => void): boolean {
  const { boot, node_states } = k.state;
  boot.numa_nodes_parsed.clear();
  boot.numa_meminfo = [];
  boot.numa_reserved_meminfo.splice(0);
  node_states.possible.clear();
  node_states.online.clear();
  k.memblock_set_node(0, Number.MAX_SAFE_INTEGER, NUMA_NO_NODE);
  k.memblock_clear_hotplug(0, Number.MAX_SAFE_INTEGER);
  find_nodes();
  if (!k.numa_cleanup_meminfo() || !k.numa_register_memblks()) return false;
  k.numa_init_array();
  return true;
}

/** Nodes by the SRAT. @kernel drivers/acpi/numa/srat.c v6.12 reduced: ranges are nodes already */
export function acpi_numa_init(k: Kernel): void {
  const { boot } = k.state;
  for (const nid of k.machine.cpus) if (nid >= 0) boot.numa_nodes_parsed.add(nid);
  for (const { nid, start, end, hotplug } of k.machine.srat) {
    if (end <= start) continue;
    boot.numa_meminfo.push({ nid, start, end });
    boot.numa_nodes_parsed.add(nid);
    if (hotplug) k.memblock_mark_hotplug(start, end);
  }
  if (k.machine.distance.length > 0) k.numa_alloc_distance();
}

/**
 * A table of distances, a byte each. Searched from the top of memory it is far from any zone whose
 * reserved pages are counted; with movable_node memblock searches upwards until nodes are known.
 * @kernel arch/x86/mm/numa.c v6.1 reduced: only where it matters
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
    return;
  }
}

/** One node with all memory. @kernel arch/x86/mm/numa.c v6.12 full */
export function dummy_numa_init(k: Kernel, numa_off: boolean): void {
  const end = k.state.boot.max_pfn * PAGE_SIZE;
  const last = (end - 1).toString(16).padStart(16, '0');
  if (k.machine.kconfig['NUMA'] !== 'n') {
    k.pr_info(numa_off ? 'NUMA turned off' : 'No NUMA configuration found');
    k.pr_info(`Faking a node at [mem 0x${'0'.repeat(16)}-0x${last}]`);
  }
  k.state.boot.numa_nodes_parsed.add(0);
  k.state.boot.numa_meminfo.push({ nid: 0, start: 0, end });
}

/**
 * Cuts the ranges to RAM (the rest is kept for hotplug) and joins those of a node that have no
 * other node between them.
 * @returns false when ranges of different nodes overlap
 * @kernel mm/numa_memblks.c v6.12 full
 */
export function numa_cleanup_meminfo(k: Kernel): boolean {
  const { boot } = k.state;
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
    const end = Math.min(block.end, high);
    if (block.start < end) kept.push({ ...block, end });
  }
  boot.numa_meminfo = kept;
  for (let i = 0; i < kept.length; i += 1) if (!k.numa_join_blocks(i)) return false;
  return true;
}

/** Joins later ranges of the same node to range `i`. @kernel mm/numa_memblks.c v6.12 full */
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

/** Tells memblock the nodes; nodes with memory go online. @kernel arch/x86/mm/numa.c v6.12 full */
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
 * @kernel mm/numa_memblks.c v6.12 reduced: the kernel image is taken to be at 16 MiB */
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

/** @kernel mm/memblock.c v6.12 full */
export function numa_meminfo_cover_memory(k: Kernel): boolean {
  const pages = (nid: number | undefined): number => k.for_each_mem_pfn_range(nid)
    .reduce((sum, range) => sum + range.end_pfn - range.start_pfn, 0);
  const lost = pages(NUMA_NO_NODE);
  const by_memblock = k.config.numa_coverage_by === 'memblock';
  if (by_memblock ? lost <= UNCOVERED_PAGES : lost < UNCOVERED_PAGES) return true;
  const megabytes = (count: number): number => Math.floor(count / 256);
  const all = pages(undefined);
  k.pr_err(by_memblock
    ? `NUMA: no nodes coverage for ${megabytes(lost)}MB of ${megabytes(all)}MB RAM`
    : `NUMA: nodes only cover ${megabytes(all - lost)}MB of your ${megabytes(all)}MB e820 RAM. ` +
      'Not used.');
  return false;
}

/** CPUs that no table gives to an online node are dealt to the online nodes in turn.
 * @kernel arch/x86/mm/numa.c v6.12 full */
export function numa_init_array(k: Kernel): void {
  const { node_states, cpu_to_node, boot } = k.state;
  const online = [...node_states.online].sort((a, b) => a - b);
  let next = 0;
  k.machine.cpus.forEach((nid, cpu) => {
    if (boot.numa_nodes_parsed.has(nid) && node_states.online.has(nid)) {
      cpu_to_node.set(cpu, nid);
      return;
    }
    cpu_to_node.set(cpu, online[next % online.length] ?? 0);
    next += 1;
  });
}

/** CPUs come to their nodes, which go online with them; up to v5.17 they get a pgdat then.
 * @kernel arch/x86/mm/numa.c v6.12 full */
export function init_cpu_to_node(k: Kernel): void {
  const { node_states, cpu_to_node, boot } = k.state;
  k.machine.cpus.forEach((nid, cpu) => {
    if (!boot.numa_nodes_parsed.has(nid)) return;
    if (!node_states.online.has(nid) && !k.config.offline_nodes_initialised) {
      k.free_area_init_node(nid);
    }
    node_states.online.add(nid);
    cpu_to_node.set(cpu, nid);
  });
}

/** Node that firmware gives an address to: first where there is RAM, then where there may be.
 * @kernel mm/numa_memblks.c v6.12 full */
export function phys_to_target_node(k: Kernel, start: number): number {
  const { boot } = k.state;
  const found = [...boot.numa_meminfo, ...boot.numa_reserved_meminfo]
    .find((block) => block.start <= start && block.end > start);
  return found?.nid ?? NUMA_NO_NODE;
}
