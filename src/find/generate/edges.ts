/** Values at the edges that the kernel has. Pages unless the name says bytes. */
import { GIB, MIB, PAGE_SIZE } from '../../base/pfn.js';
import type { Random } from '../../base/random.js';
import {
  MAX_ORDER_NR_PAGES, PAGES_PER_SECTION, pageblock_nr_pages,
} from '../../linux/include/mmzone.js';

/** Pages of a section of x86-64; of a pageblock, which is a subsection, too. */
export const SECTION = PAGES_PER_SECTION;
export const PAGEBLOCK = pageblock_nr_pages;
/** Pages of a huge page that is larger than any block of the buddy allocator: 1 GiB. */
export const GIGANTIC = GIB / PAGE_SIZE;
/** Where ZONE_DMA and ZONE_DMA32 end. */
const DMA_END = 16 * MIB / PAGE_SIZE;
export const DMA32_END = 4 * GIB / PAGE_SIZE;

const grains = [SECTION, SECTION, MAX_ORDER_NR_PAGES, PAGEBLOCK, PAGEBLOCK, 1] as const;
const besides = [0, 0, 0, 0, 1, -1, PAGEBLOCK, -PAGEBLOCK] as const;

/** A pfn near `near`, at an edge of something; never below 0. */
export function edgeNear(random: Random, near: number): number {
  const grain = random.pick(grains);
  const aside = random.pick(besides);
  return Math.max(0, Math.round(near / grain) * grain + aside);
}

/** A pfn between two, more often than not on an edge, the first and the last among them. */
export function pfnIn(random: Random, start: number, end: number): number {
  const last = Math.max(start, end - 1);
  const limit = [DMA_END, DMA32_END].find((one) => one > start && one <= last);
  switch (random.between(0, 5)) {
    case 0: return start;
    case 1: return limit !== undefined && random.oneIn(2) ? limit : last;
    case 2: return Math.min(last, Math.ceil(start / SECTION) * SECTION);
    case 3: return Math.min(last, Math.max(start, edgeNear(random, random.between(start, last))));
    case 4: return Math.floor(random.between(start, last) / PAGEBLOCK) * PAGEBLOCK;
    default: return random.between(start, last);
  }
}
