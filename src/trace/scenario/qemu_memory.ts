/**
 * Where a QEMU machine has its memory: hw/i386 (pc.c, pc_q35.c, pc_piix.c) and
 * hw/mem/memory-device.c of QEMU 7.2, SeaBIOS 1.16. Bytes.
 */
import { GIB, MIB } from '../../base/pfn.js';
import type { MachineSpec } from './machine_spec.js';

const KIB = 2 ** 10;
const FOUR_GIB = 4 * GIB;
/** What the firmware keeps of the low memory: the ACPI tables, which QEMU pads to this size. */
const TABLES = 128 * KIB;
/** QEMU aligns memory that is plugged in to a huge page at least. MiB. */
export const HUGE_PAGE_MB = 2;
/** Of CXL windows and of the regions in them. */
export const CXL_ALIGN_MB = 256;
/** As `record` asks for each of them. */
export const CXL_WINDOW_MB = 4096;
/** Of a machine of QEMU. */
export const MOST_CXL_WINDOWS = 8;
/** Registers of the CXL host bridges, in front of the windows. */
const CXL_REGISTERS = MIB;

/** Bytes, `end` is one past the last. */
export interface Range { readonly start: number; readonly end: number }

/** `1024M`, `2G` in bytes. */
export function sizeOf(text: string): number {
  return Number(text.slice(0, -1)) * (text.endsWith('G') ? GIB : MIB);
}

/** From this much memory on, only `low` of it lies below 4 GiB. */
const split = {
  q35: { from: 0xb0000000, low: 2 * GIB },
  pc: { from: 0xe0000000, low: 3 * GIB },
} as const;

/** Reserved by the chip set of q35: PCI configuration space, the registers of its bridge. */
const q35Reserved: readonly Range[] = [
  { start: 0xb0000000, end: 0xc0000000 }, { start: 0xfed1c000, end: 0xfed20000 },
];

/** Memory of which parts can be plugged in and out. */
export class PluggedMemory {
  readonly #plugged: Range[] = [];

  /** What is plugged in, by address. */
  protected get plugged(): readonly Range[] {
    return this.#plugged;
  }

  protected add(range: Range): Range {
    this.#plugged.push(range);
    this.#plugged.sort((a, b) => a.start - b.start);
    return range;
  }

  unplug(range: Range): void {
    const index = this.#plugged.indexOf(range);
    if (index >= 0) this.#plugged.splice(index, 1);
  }
}

export class QemuMemory extends PluggedMemory {
  readonly #machine: MachineSpec;
  /** Memory below 4 GiB. */
  readonly low: number;
  /** End of the memory above 4 GiB; 4 GiB when there is none. */
  readonly highEnd: number;
  /** Sum of the memory that can be plugged in. */
  readonly pluggable: number;
  /** Where it is plugged in: one GiB more for each slot, to align its DIMM. */
  readonly window: Range;

  constructor(machine: MachineSpec) {
    super();
    this.#machine = machine;
    const memory = sizeOf(machine.memory);
    const { from, low } = split[machine.type];
    this.low = memory >= from ? low : memory;
    this.highEnd = FOUR_GIB + memory - this.low;
    this.pluggable = Math.max(0, sizeOf(machine.maxmem) - memory);
    const start = Math.ceil(this.highEnd / GIB) * GIB;
    const size = this.pluggable === 0 ? 0 : this.pluggable + machine.slots * GIB;
    this.window = { start, end: start + size };
  }

  /** End of the memory that the kernel may use at boot. */
  get end(): number {
    return this.highEnd > FOUR_GIB ? this.highEnd : this.low - TABLES;
  }

  /** The fixed windows for CXL, behind all other memory. */
  get cxlWindows(): readonly Range[] {
    const { cxl, fixed_windows = 1 } = this.#machine;
    const [align, size] = [CXL_ALIGN_MB * MIB, CXL_WINDOW_MB * MIB];
    const before = this.pluggable === 0 ? this.highEnd : this.window.end;
    const first = Math.ceil((before + CXL_REGISTERS) / align) * align;
    return Array.from({ length: cxl.length === 0 ? 0 : fixed_windows }, (_, index) =>
      ({ start: first + index * size, end: first + (index + 1) * size }));
  }

  /** The firmware's memory map. */
  e820(): readonly (Range & { readonly type: string })[] {
    const usable: readonly Range[] = [
      { start: 0, end: 0x9fc00 }, { start: MIB, end: this.low - TABLES },
      { start: FOUR_GIB, end: this.highEnd },
    ];
    const reserved: readonly Range[] = [
      { start: 0x9fc00, end: 0xa0000 }, { start: 0xf0000, end: MIB },
      { start: this.low - TABLES, end: this.low },
      ...(this.#machine.type === 'q35' ? q35Reserved : []),
      { start: FOUR_GIB - 256 * KIB, end: FOUR_GIB },
      // HyperTransport: the CPU that QEMU emulates says that it is one of AMD.
      { start: 0xfd00000000, end: 0x10000000000 },
    ];
    return [
      ...usable.map((range) => ({ ...range, type: 'usable' })),
      ...reserved.map((range) => ({ ...range, type: 'reserved' })),
    ].filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start);
  }

  /** Addresses of the memory from its byte `from` to `to`, as the SRAT cuts them. */
  ranges(from: number, to: number): readonly Range[] {
    const { low } = this;
    const parts: readonly Range[] = [
      { start: from, end: Math.min(to, 640 * KIB) },
      { start: from <= 640 * KIB ? MIB : from, end: Math.min(to, low) },
      { start: FOUR_GIB + Math.max(from - low, 0), end: FOUR_GIB + to - low },
    ];
    return parts.filter(({ start, end }) => start < end);
  }

  /** The first free place for a device of this size (MiB); undefined: QEMU refuses it. */
  plug(size_mb: number, align_mb = HUGE_PAGE_MB): Range | undefined {
    const size = size_mb * MIB;
    const align = Math.max(align_mb, HUGE_PAGE_MB) * MIB;
    const used = this.plugged.reduce((sum, { start, end }) => sum + end - start, 0);
    if (size % align !== 0 || used + size > this.pluggable) return undefined;
    let { start } = this.window;
    for (const other of this.plugged) {
      if (start + size <= other.start) break;
      start = Math.ceil(other.end / align) * align;
    }
    return this.#plugInto({ start, end: start + size });
  }

  /** At this address, bytes; undefined: QEMU refuses it. */
  plugAt(start: number, size_mb: number): Range | undefined {
    const [size, align] = [size_mb * MIB, HUGE_PAGE_MB * MIB];
    const used = this.plugged.reduce((sum, range) => sum + range.end - range.start, 0);
    const isTaken = this.plugged.some((other) => start < other.end && other.start < start + size);
    const isNone = size % align !== 0 || start % align !== 0 || start < this.window.start;
    if (isTaken || isNone || used + size > this.pluggable) return undefined;
    return this.#plugInto({ start, end: start + size });
  }

  #plugInto(range: Range): Range | undefined {
    return range.end > this.window.end ? undefined : this.add(range);
  }
}
