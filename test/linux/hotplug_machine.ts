/** Machines that memory is hot-added to, and a driver that runs what sleeps. */
import { at } from '../../src/base/assert.js';
import type { Kernel, Preempt } from '../../src/linux/base/kernel.js';
import type { Machine } from '../../src/linux/base/machine.js';
import { KernelBug } from '../../src/linux/base/fault.js';
import type { MemoryBlock } from '../../src/linux/include/mmzone.js';
import { compose, type CallWatcher, type StandIns } from '../../src/patch/compose.js';
import type { Patch } from '../../src/patch/define.js';

const GiB = 1024 ** 3;
export const SECTION = 32768;

/** q35 with 4 GiB on node 0: blocks 0-15 and 32-47; everything above 6 GiB may become node 1. */
export function q35(extra: Partial<Machine> = {}): Machine {
  return {
    e820: [
      { start: 0, end: 0x9fc00, type: 'usable' },
      { start: 0x9fc00, end: 0xa0000, type: 'reserved' },
      { start: 0xf0000, end: 0x100000, type: 'reserved' },
      { start: 0x100000, end: 2 * GiB, type: 'usable' },
      { start: 4 * GiB, end: 6 * GiB, type: 'usable' },
    ],
    srat: [
      { nid: 0, start: 0, end: 0xa0000, hotplug: false },
      { nid: 0, start: 0x100000, end: 2 * GiB, hotplug: false },
      { nid: 0, start: 4 * GiB, end: 6 * GiB, hotplug: false },
      { nid: 1, start: 6 * GiB, end: 36 * GiB, hotplug: true },
    ],
    cpus: [0, 0, 0, 0], distance: [], cmdline: '', reserved: [],
    pages_per_section: SECTION, pages_per_block: SECTION, kconfig: {}, managed_at_boot: [],
    freed_after_wmarks: 0, ...extra,
  };
}

export function bootKernel(
  version: string, series: readonly Patch[], machine: Machine = q35(), watcher?: CallWatcher,
  standIns?: StandIns,
): Kernel {
  const k = compose(version, series, machine, watcher, standIns);
  k.start_kernel();
  return k;
}

/** Runs to the end with nobody else on the machine; a fault of the kernel is a result. */
export function drive<T>(steps: Preempt<T>): T | 'BUG' | 'oops' | 'warning' | 'hang' {
  try {
    for (;;) {
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  } catch (error) {
    if (error instanceof KernelBug) return error.fault.kind;
    throw error;
  }
}

/** A DIMM by its first block and number of blocks. */
export interface Dimm {
  readonly block: number;
  readonly blocks: number;
}
export const A: Dimm = { block: 48, blocks: 8 };
export const B: Dimm = { block: 56, blocks: 8 };

export function addDimm(k: Kernel, dimm: Dimm, nid = 1): number | string {
  return drive(k.acpi_memory_enable_device(nid, dimm.block * SECTION, dimm.blocks * SECTION));
}

export function removeDimm(k: Kernel, dimm: Dimm): number | string {
  return drive(k.acpi_scan_hot_remove(dimm.block * SECTION, dimm.blocks * SECTION));
}

export function blockAt(k: Kernel, id: number): MemoryBlock {
  const block = k.state.memory_blocks.get(id);
  if (block === undefined) throw new Error(`no memory block ${id}`);
  return block;
}

/** A word written to the state file of a block. */
export function store(k: Kernel, id: number, word: string): number | string {
  return drive(k.state_store(blockAt(k, id), word));
}

export function nodeOnline(k: Kernel, nid: number): boolean {
  return k.state.node_states.online.has(nid);
}

/** What the memmap of a DIMM holds before it is first onlined. */
export function setGarbage(
  k: Kernel, dimm: Dimm, content: { kind: 'zero' } | { kind: 'stale'; nid: number; zone: number },
): void {
  const start = dimm.block * SECTION;
  k.state.memmap.set(start, start + dimm.blocks * SECTION, content);
}

export function spanOf(k: Kernel, nid: number): number {
  return at(k.state.nodes, nid).node_spanned_pages;
}
