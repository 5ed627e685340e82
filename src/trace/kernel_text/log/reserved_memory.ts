/**
 * What early code kept for itself, by the lines of `memblock=debug`, of crashkernel= and of cma=.
 * What is reserved and freed again by the end of the boot is in no row. Bytes.
 */
import { MIB, PAGE_SIZE, hex } from '../../../base/pfn.js';
import type { TraceRow } from '../../trace.js';

interface Range {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
  readonly line: number;
}

type Row = Omit<TraceRow, 'time_ns'>;

/** The smallest memory block: one page in each keeps every block online. */
const SECTION = 128 * MIB;

/** mm/memblock.c, memblock_dbg(): `[A-B]`, B being the last byte; `[mem A-B]` in older kernels. */
const memblock = new RegExp(String.raw`^(?:memblock: )?(memblock_reserve|memblock_free|`
  + String.raw`memblock_phys_free|memblock_free_late|__memblock_free_late|memblock_remove):?\s+`
  + String.raw`\[(?:mem )?(0x[0-9a-f]+)-(0x[0-9a-f]+)\]`);
/** kernel/crash_reserve.c, and arch/x86/kernel/setup.c before 6.9. */
const crash = /crashkernel (?:low memory )?reserved: (0x[0-9a-f]+) - (0x[0-9a-f]+)/;
const olderCrash = /^(?:\w+: )?Reserving (\d+)MB of (?:low )?memory at (\d+)MB for crashkernel/;
/** mm/cma.c: its pages are for who can give them back at once; the kernel isolates none of them. */
const cma = /^cma: Reserved (\d+) MiB at (?:0x)?([0-9a-f]{6,})/;

/** Without what lies in `cut`. */
function without(range: Range, cut: Range): Range[] {
  if (cut.end <= range.start || range.end <= cut.start) return [range];
  return [{ ...range, end: cut.start }, { ...range, start: cut.end }]
    .filter(({ start, end }) => start < end);
}

export class ReservedMemory {
  #ranges: Range[] = [];
  readonly #cma: Range[] = [];

  /** Is this line one of those? */
  read(text: string, line: number): boolean {
    const [, verb = '', first, last] = memblock.exec(text) ?? [];
    if (first !== undefined) {
      const range = { start: Number(first), end: Number(last) + 1, line };
      if (verb === 'memblock_reserve') this.#reserve(range);
      // memblock_remove() takes memory away, reserved or not: the map of the firmware still has it.
      else if (verb !== 'memblock_remove') this.#free(range);
      return verb !== 'memblock_remove';
    }
    const kept = crash.exec(text);
    if (kept !== null) return this.#reserve({ start: Number(kept[1]), end: Number(kept[2]), line });
    const old = olderCrash.exec(text);
    if (old !== null) {
      const start = Number(old[2]) * MIB;
      return this.#reserve({ start, end: start + Number(old[1]) * MIB, line });
    }
    const area = cma.exec(text);
    if (area === null) return false;
    const start = parseInt(area[2] ?? '', 16);
    this.#cma.push({ start, end: start + Number(area[1]) * MIB, line });
    return true;
  }

  #reserve(range: Range): true {
    if (range.start < range.end) this.#ranges.push(range);
    return true;
  }

  #free(cut: Range): void {
    this.#ranges = this.#ranges.flatMap((range) => without(range, cut));
  }

  /** Rows at the end of the boot, each with its line. */
  rows(): readonly { readonly row: Row; readonly line: number }[] {
    const reserved = merged(this.#ranges).map(({ start, end, line }) => ({
      row: { event: 'memblock_reserve', args: `start=${hex(start)} end=${hex(end)}` } as const,
      line,
    }));
    const pages = this.#cma.flatMap(({ start, end, line }) => placesOf(start, end).map((place) => ({
      row: { event: 'unmovable_page', pfn: place / PAGE_SIZE, args: 'reason=CMA' } as const, line,
    })));
    return [...reserved, ...pages];
  }
}

/** The first byte of the range in each section. */
function placesOf(start: number, end: number): number[] {
  const places = [start];
  for (let at = Math.floor(start / SECTION + 1) * SECTION; at < end; at += SECTION) places.push(at);
  return places;
}

/** Ranges that touch as one, in order of address. */
function merged(ranges: readonly Range[]): readonly Range[] {
  const found: { start: number; end: number; line: number }[] = [];
  for (const { start, end, line } of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = found.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end, line });
  }
  return found;
}
