/** Values at the edges that the kernel has. Pages unless the name says bytes. */
import type { Random } from '../../base/random.js';

/** Pages of a section of x86-64; of a pageblock, which is a subsection, too. */
export const SECTION = 32768;
export const PAGEBLOCK = 512;
/** Pages of a huge page that is larger than any block of the buddy allocator: 1 GiB. */
export const GIGANTIC = 262144;
/** The largest block of the buddy allocator. */
const LARGEST_BUDDY = 1024;
/** Where ZONE_DMA and ZONE_DMA32 end. */
const DMA_END = 4096;
const DMA32_END = 2 ** 20;

const grains = [SECTION, SECTION, LARGEST_BUDDY, PAGEBLOCK, PAGEBLOCK, 1] as const;
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
