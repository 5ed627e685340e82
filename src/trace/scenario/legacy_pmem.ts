/**
 * Persistent memory made by `memmap=SIZE!START`, and what a device of the dax bus has of it: the
 * range less the metadata at its begin, as nd_pfn_init() of drivers/nvdimm/pfn_devs.c lays it out
 * for mode `pmem`. Bytes.
 */
import { MIB, type Range } from './qemu_memory.js';

const PAGE = 4096;
/** Two info blocks of 4 KiB stand before the memmap. */
const INFO_BLOCKS = 8 * 1024;
/** What is kept for each page's struct page. */
const STRUCT_PAGE = 64;
/** As the step `dax-kmem` sets it. */
const ALIGN = 2 * MIB;

const units: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

/** The ranges of the command line, in order of address: region0, region1, ... */
export function legacyPmem(cmdline: string): readonly Range[] {
  const sized = (number = '', unit = ''): number => Number(number) * (units[unit] ?? 1);
  return [...cmdline.matchAll(/\bmemmap=(\d+)([KMG]?)!(0x[0-9a-f]+|\d+)([KMG]?)/g)]
    .map(([, size, unit, at, atUnit]) => {
      const start = sized(at, atUnit);
      return { start, end: start + sized(size, unit) };
    })
    .sort((a, b) => a.start - b.start);
}

/** The part that the device has. */
export function daxRange({ start, end }: Range): Range {
  const memmap = (end - start - INFO_BLOCKS) / PAGE * STRUCT_PAGE;
  const data = Math.ceil((start + INFO_BLOCKS + memmap) / ALIGN) * ALIGN;
  return { start: data, end };
}
