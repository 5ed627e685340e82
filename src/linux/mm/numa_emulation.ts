/** mm/numa_emulation.c (up to v6.11 arch/x86/mm): numa=fake= cuts nodes in more. */
import { MIB, PAGE_SIZE, hex } from '../../base/pfn.js';
import { parameters } from '../../base/command_line.js';
import { firmwareDistance, hasSlit, LOCAL_DISTANCE, usual } from '../base/faked_nodes.js';
import type { NumaBlock } from '../base/boot_state.js';
import type { Kernel } from '../base/kernel.js';

/** Bytes: what a faked node has at least, and a multiple of which it grows by. */
const FAKE_NODE_MIN_SIZE = 32 * MIB;
/** Bytes: end of ZONE_DMA32. */
const DMA32_END = 2 ** 32;

const down = (bytes: number): number => bytes - bytes % FAKE_NODE_MIN_SIZE;
const up = (bytes: number): number => down(bytes + FAKE_NODE_MIN_SIZE - 1);

/** What is being made: ranges of physical nodes that are left, and ranges of faked ones. */
export interface Emulation {
  readonly pi: NumaBlock[];
  readonly ei: NumaBlock[];
  /** By faked nid: the physical one. */
  readonly phys: Map<number, number>;
}

function maxNodes(k: Kernel): number {
  return 2 ** Number(k.machine.kconfig['NODES_SHIFT'] ?? 10);
}

/** Bytes between two addresses that are not RAM. @kernel mm/numa_emulation.c v7.3 full */
export function mem_hole_size(k: Kernel, start: number, end: number): number {
  const first = Math.ceil(start / PAGE_SIZE);
  const last = Math.floor(end / PAGE_SIZE);
  if (first >= last) return 0;
  let pages = last - first;
  for (const range of k.for_each_mem_pfn_range(undefined)) {
    pages -= Math.max(0, Math.min(last, range.end_pfn) - Math.max(first, range.start_pfn));
  }
  return pages * PAGE_SIZE;
}

/** Cuts `size` bytes off the first range of a physical node.
 * @kernel mm/numa_emulation.c v7.3 full */
export function emu_setup_memblk(
  k: Kernel, emulation: Emulation, nid: number, pb: NumaBlock, size: number,
): void {
  const { pi, ei, phys } = emulation;
  const start = pb.start;
  const end = start + size;
  ei.push({ nid, start, end });
  if (!phys.has(nid)) phys.set(nid, pb.nid);
  pb.start = end;
  if (pb.start >= pb.end) pi.splice(pi.indexOf(pb), 1);
  k.pr_info(`Faking node ${nid} at [mem ${hex(start, 16)}-${hex(end - 1, 16)}] `
    + `(${Math.floor(size / MIB)}MB)`);
}

/** Where a node ends that begins at `start`, so that it has `size` bytes of RAM if there are.
 * @kernel mm/numa_emulation.c v7.3 full */
export function find_end_of_node(k: Kernel, start: number, max_addr: number, size: number): number {
  let end = start + size;
  while (end - start - k.mem_hole_size(start, end) < size) {
    end += FAKE_NODE_MIN_SIZE;
    if (end > max_addr) return max_addr;
  }
  return end;
}

/** Is there too little left of ZONE_DMA32 for a node of its own? */
function reachesDma32End(k: Kernel, end: number): boolean {
  return end < DMA32_END
    && DMA32_END - end - k.mem_hole_size(end, DMA32_END) < FAKE_NODE_MIN_SIZE;
}

/** First ranges of the physical nodes in turn, until there is none left. */
function* inTurn(pi: readonly NumaBlock[], nodes: readonly number[]): Generator<NumaBlock> {
  const left = new Set(nodes);
  while (left.size > 0) {
    for (const nid of [...left].sort((a, b) => a - b)) {
      const block = pi.find((one) => one.nid === nid);
      if (block === undefined) left.delete(nid);
      else yield block;
    }
  }
}

/** numa=fake=N: as many nodes, in turn from each physical one.
 * @returns false when there is too little memory @kernel mm/numa_emulation.c v7.3 full */
export function split_nodes_interleave(
  k: Kernel, emulation: Emulation, max_addr: number, nodes: number,
): boolean {
  if (nodes <= 0) return false;
  const nr_nodes = Math.min(nodes, maxNodes(k));
  if (nodes > nr_nodes) k.pr_info(`numa=fake=${nodes} too large, reducing to ${nr_nodes}`);
  const pages = Math.floor((max_addr - k.mem_hole_size(0, max_addr)) / PAGE_SIZE);
  const share = Math.floor(pages / nr_nodes) * PAGE_SIZE;
  // Nodes that get what rounding left of the others.
  const big = Math.floor(share % FAKE_NODE_MIN_SIZE * nr_nodes / FAKE_NODE_MIN_SIZE);
  const size = down(share);
  if (size === 0) {
    k.pr_err('Not enough memory for each node.  NUMA emulation disabled.');
    return false;
  }
  let nid = 0;
  for (const pb of inTurn(emulation.pi, [...k.state.boot.numa_nodes_parsed])) {
    const limit = pb.end;
    let end = pb.start + size + (nid < big ? FAKE_NODE_MIN_SIZE : 0);
    while (end - pb.start - k.mem_hole_size(pb.start, end) < size) {
      end += FAKE_NODE_MIN_SIZE;
      if (end <= limit) continue;
      end = limit;
      break;
    }
    if (reachesDma32End(k, end)) end = DMA32_END;
    if (limit - end - k.mem_hole_size(end, limit) < size) end = limit;
    k.emu_setup_memblk(emulation, nid % nr_nodes, pb, Math.min(end, limit) - pb.start);
    nid += 1;
  }
  return true;
}

/** The size of a faked node, said where it is not what was asked for. */
function atLeast(k: Kernel, size: number, min_size: number): number {
  if (size >= min_size) return down(size);
  k.pr_err(`Fake node size ${Math.floor(size / MIB)}MB too small, increasing to `
    + `${Math.floor(min_size / MIB)}MB`);
  return min_size;
}

/** numa=fake=SIZE: nodes of at least that many bytes of RAM.
 * @returns false when no size is given
 * @kernel mm/numa_emulation.c v7.3 full; split_nodes_size_interleave_uniform() from v4.19 on */
export function split_nodes_size_interleave(
  k: Kernel, emulation: Emulation, max_addr: number, size: number,
): boolean {
  if (size === 0) return false;
  const nodes = maxNodes(k);
  const pages = Math.floor(max_addr / PAGE_SIZE) - k.mem_hole_size(0, max_addr) / PAGE_SIZE;
  const min_size = up(Math.max(Math.floor(pages / nodes) * PAGE_SIZE, FAKE_NODE_MIN_SIZE));
  const each = atLeast(k, size, min_size);
  let nid = 0;
  for (const pb of inTurn(emulation.pi, [...k.state.boot.numa_nodes_parsed])) {
    const limit = pb.end;
    let end = k.find_end_of_node(pb.start, limit, each);
    if (reachesDma32End(k, end)) end = DMA32_END;
    if (limit - end - k.mem_hole_size(end, limit) < each) end = limit;
    k.emu_setup_memblk(emulation, nid % nodes, pb, Math.min(end, limit) - pb.start);
    nid += 1;
  }
  return true;
}

/** numa=fake=NU: each physical node in as many parts, by addresses and not by RAM.
 * @returns false when a node comes to fewer
 * @kernel mm/numa_emulation.c v7.3 custom: the part of numa_emulation() and of
 *   split_nodes_size_interleave_uniform() that is for it */
export function split_nodes_uniform(k: Kernel, emulation: Emulation, nodes: number): boolean {
  if (nodes <= 0) return false;
  let nid = 0;
  for (let left = k.state.boot.numa_nodes_parsed.size; left > 0; left -= 1) {
    const first = emulation.pi[0];
    // The kernel looks at a range that is gone: no size, no node.
    if (first === undefined) continue;
    const pages = Math.floor(first.end / PAGE_SIZE) - Math.floor(first.start / PAGE_SIZE);
    const share = Math.floor(pages / nodes) * PAGE_SIZE;
    const size = atLeast(k, share, up(Math.max(share, FAKE_NODE_MIN_SIZE)));
    const begin = nid;
    for (const pb of inTurn(emulation.pi, [first.nid])) {
      let end = pb.start + size;
      if (reachesDma32End(k, end)) end = DMA32_END;
      k.emu_setup_memblk(emulation, nid % maxNodes(k), pb, Math.min(end, pb.end) - pb.start);
      nid += 1;
    }
    const created = k.config.faked_uniform_counts ? nid - begin : nid;
    if (k.config.faked_uniform_counts && created === 0) continue;
    if (created >= nodes) continue;
    k.pr_info(`numa_emulation: phys: ${first.nid} only got ${created} of ${nodes} nodes, `
      + 'failing');
    return false;
  }
  return true;
}

/** Cuts the nodes as the parameter says. */
function split(k: Kernel, emulation: Emulation, text: string): boolean {
  const max_addr = k.state.boot.max_pfn * PAGE_SIZE;
  const { value } = k.memparse(text);
  if (text.includes('U') && k.config.faked_by_capacity) {
    return k.split_nodes_uniform(emulation, Number.parseInt(text, 10) || 0);
  }
  if (/[MG]/.test(text)) return k.split_nodes_size_interleave(emulation, max_addr, value);
  return k.split_nodes_interleave(emulation, max_addr, Number.parseInt(text, 10) || 0);
}

/**
 * Distances that stand behind `numa=fake=N:`, as get_option() reads them: the last one has no comma
 * behind it and counts for nothing. The U of `NU` is not passed over, so none are read behind it.
 */
function givenDistances(text: string): readonly number[] {
  const [, list = ''] = /^\d+[KMGkmg]?:([\d,]*)/.exec(text) ?? [];
  return list.split(',').slice(0, -1).map(Number);
}

/**
 * Distances of faked nodes: those that the parameter gives, row by row, else those of the nodes
 * that they are cut from. Behind them come nodes of the firmware that no faked one is cut from.
 * @kernel mm/numa_emulation.c v7.3 custom: the end of numa_emulation()
 */
export function transform_distances(k: Kernel, text: string): void {
  const { boot } = k.state;
  const faked = Math.max(...boot.emu_nid_to_phys.keys()) + 1;
  const count = Math.max(faked - 1, ...boot.numa_nodes_parsed) + 1;
  const slit = hasSlit(k.machine);
  k.numa_reset_distance();
  if (!slit && count > faked) {
    k.oops('numa_emulation', 'NULL pointer dereference: a node of the SRAT has no memory at boot, '
      + 'and there is no SLIT whose distances it could have');
  }
  const given = givenDistances(text);
  // A node that is not faked is counted from the last faked one on.
  const phys = (nid: number): number => boot.emu_nid_to_phys.get(nid) ?? nid - faked + 1;
  const distance = (from: number, to: number): number => {
    const told = from < faked && to < faked ? given[from * faked + to] : undefined;
    const value = told ?? firmwareDistance(k.machine, phys(from), phys(to));
    const isValid = value < 256 && (from !== to || value === LOCAL_DISTANCE);
    return isValid ? value : usual(from, to);
  };
  const all = Array.from({ length: count }, (_, nid) => nid);
  boot.faked_distance = all.map((from) => all.map((to) => distance(from, to)));
}

/**
 * Nodes that numa=fake= asks for take the place of those of the firmware, if that can be.
 * @kernel mm/numa_emulation.c v7.3 full
 */
export function numa_emulation(k: Kernel): void {
  const { boot } = k.state;
  boot.emu_nid_to_phys.clear();
  boot.pxm_to_node.clear();
  const { kconfig } = k.machine;
  const text = parameters(k.machine.cmdline, 'numa')
    .findLast((word) => word.startsWith('fake='))?.slice('fake='.length);
  if (text === undefined || kconfig['NUMA'] === 'n' || kconfig['NUMA_EMU'] === 'n') return;
  const physical = boot.numa_meminfo;
  const parsed = [...boot.numa_nodes_parsed].sort((a, b) => a - b);
  const emulation: Emulation = {
    pi: physical.map((block) => ({ ...block })), ei: [], phys: new Map() };
  if (!split(k, emulation, text)) return;
  boot.numa_meminfo = emulation.ei;
  if (!k.numa_cleanup_meminfo()) {
    k.pr_warn('NUMA: Warning: constructed meminfo invalid, disabling emulation');
    boot.numa_meminfo = physical;
    return;
  }
  boot.numa_nodes_parsed.clear();
  for (const { nid } of boot.numa_meminfo) boot.numa_nodes_parsed.add(nid);
  for (const [nid, phys] of emulation.phys) boot.emu_nid_to_phys.set(nid, phys);
  if (k.config.faked_nodes_pxm && !k.fix_pxm_node_maps(parsed)) {
    boot.numa_meminfo = physical;
    boot.emu_nid_to_phys.clear();
    boot.numa_nodes_parsed.clear();
    for (const nid of parsed) boot.numa_nodes_parsed.add(nid);
    return;
  }
  k.numa_emu_update_cpu_to_node();
  k.transform_distances(text);
}
