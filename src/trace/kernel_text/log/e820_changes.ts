/**
 * What the kernel took out of the firmware's map by itself: memory that no MTRR covers, tables of
 * EFI. What it does by a parameter, or always, the model does by itself. Bytes.
 */
import { hex } from '../../../base/pfn.js';
import type { TraceRow } from '../../trace.js';
import { e820Type } from './e820_type.js';

interface Update {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
  readonly type: string;
  readonly line: number;
}

/** arch/x86/kernel/e820.c, __e820__range_update(). */
const update = new RegExp(String.raw`^(?:e820: )?update \[mem (0x[0-9a-f]+)-(0x[0-9a-f]+)\] `
  + String.raw`(.+?) ==> (.+)$`);
/** e820__end_of_ram_pfn(): printed for the last time right before memblock gets its memory. */
const lastPfn = /^(?:e820: )?last_pfn = 0x/;

const units: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** First bytes of `memmap=SIZE%START...`. */
function changedStarts(cmdline: string): readonly number[] {
  return [...cmdline.matchAll(/\bmemmap=\w+%(0x[0-9a-f]+|\d+)([KMG]?)/g)]
    .map(([, number, unit = '']) => Number(number) * (units[unit] ?? 1));
}

export class E820Changes {
  readonly #updates: Update[] = [];
  #memblockLine = 0;

  /** Is this line one of those? */
  read(text: string, line: number): boolean {
    if (lastPfn.test(text)) this.#memblockLine = line;
    const [, first = '', last = '', from = '', to = ''] = update.exec(text) ?? [];
    if (e820Type(from) !== 'usable' || Number(first) === 0) return false;
    const type = e820Type(to.trimEnd());
    if (type === 'usable') return false;
    this.#updates.push({ start: Number(first), end: Number(last) + 1, type, line });
    return true;
  }

  /**
   * Rows at boot, each with its line. A range that changes once memblock has its memory is memory
   * that is kept (efi_mem_reserve()); without the line that tells when, there is no row.
   */
  rows(cmdline: string): readonly {
    readonly row: Omit<TraceRow, 'time_ns'>; readonly line: number;
  }[] {
    if (this.#memblockLine === 0) return [];
    const byParameter = new Set(changedStarts(cmdline));
    const updates = this.#updates.filter(({ start }) => !byParameter.has(start));
    return updates.map(({ start, end, type, line }) => {
      const range = `start=${hex(start)} end=${hex(end)}`;
      const row = line > this.#memblockLine
        ? { event: 'memblock_reserve', args: range } as const
        : { event: 'e820', args: `${range} type=${type.replaceAll(' ', '_')}` } as const;
      return { row, line };
    });
  }
}
