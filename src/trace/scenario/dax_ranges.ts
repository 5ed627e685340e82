/**
 * Memory that devices of the dax bus have: persistent memory made by `memmap=SIZE!START`, less the
 * metadata at its begin, as nd_pfn_init() of drivers/nvdimm/pfn_devs.c lays it out for mode `pmem`;
 * memory that `memmap=SIZE%START-1+0xefffffff` makes soft-reserved, whole. Bytes.
 */
import { MIB, PAGE_SIZE } from '../../base/pfn.js';
import { type Range } from './qemu_memory.js';

/** Two info blocks of 4 KiB stand before the memmap. */
const INFO_BLOCKS = 8 * 1024;
/** What is kept for each page's struct page. */
const STRUCT_PAGE = 64;
/** As the step `dax-kmem` sets it. */
const ALIGN = 2 * MIB;

const units: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };
const [size, at] = [String.raw`\bmemmap=(\d+)([KMG]?)`, String.raw`(0x[0-9a-f]+|\d+)([KMG]?)`];

/** The ranges of the command line, in order of address: region0, region1, ... */
function rangesOf(cmdline: string, pattern: RegExp): readonly Range[] {
  const sized = (number = '', unit = ''): number => Number(number) * (units[unit] ?? 1);
  return [...cmdline.matchAll(pattern)]
    .map(([, size, unit, at, atUnit]) => {
      const start = sized(at, atUnit);
      return { start, end: start + sized(size, unit) };
    })
    .sort((a, b) => a.start - b.start);
}

export function legacyPmem(cmdline: string): readonly Range[] {
  return rangesOf(cmdline, new RegExp(`${size}!${at}`, 'g'));
}

/** Type 0xefffffff is what the kernel calls soft-reserved. */
export function softReserved(cmdline: string): readonly Range[] {
  return rangesOf(cmdline, new RegExp(`${size}%${at}-(?:1|0x1)\\+0xefffffff\\b`, 'g'));
}

/** `0-256,512-1024`: parts of a range, in MiB behind its begin; all of it when there are none. */
export function partsOf({ start, end }: Range, parts: string | undefined): readonly Range[] {
  if (parts === undefined) return [{ start, end }];
  return parts.split(',').map((part) => {
    const [from = 0, to = 0] = part.split('-').map(Number);
    return { start: start + from * MIB, end: start + to * MIB };
  });
}

/** The part that the device has. */
export function daxRange({ start, end }: Range): Range {
  const memmap = (end - start - INFO_BLOCKS) / PAGE_SIZE * STRUCT_PAGE;
  const data = Math.ceil((start + INFO_BLOCKS + memmap) / ALIGN) * ALIGN;
  return { start: data, end };
}
