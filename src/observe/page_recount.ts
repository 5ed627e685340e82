/** The sums of page_checks.ts by walking every list and every page: slow, and right by itself. */
import type { Kernel } from '../linux/base/kernel.js';
import { MIGRATE_ISOLATE, MIGRATE_TYPES } from '../linux/include/migratetype.js';
import {
  MAX_PAGE_ORDER, PAGES_PER_SECTION, pageblock_nr_pages,
} from '../linux/include/mmzone.js';
import { ALLOCATED, IN_FLIGHT } from '../linux/mm/pages/arena.js';
import type { Pages } from '../linux/mm/pages/pages.js';
import { NR_PCP_LISTS, type ZonePages } from '../linux/mm/pages/zone_pages.js';
import type { PageSums } from './page_checks.js';
import { zoneLabel } from './zones.js';

function noSums(cpus: number): PageSums {
  return {
    free: 0, isolated: 0, allocated: 0, in_flight: 0, pcp: Array.from({ length: cpus }, () => 0),
  };
}

/** Pages on the list. */
function listed({ arena }: Pages, head: number): number {
  const { next, order } = arena;
  let pages = 0;
  for (let slot = next[head] as number; slot !== head; slot = next[slot] as number) {
    pages += 1 << (order[slot] as number);
  }
  return pages;
}

/** By zone number. */
export function recountPages(pages: Pages): PageSums[] {
  const { arena } = pages;
  const found: PageSums[] = [];
  for (const zp of pages.zones) {
    const sums = noSums(zp.pcp.length);
    for (let list = 0; list <= MAX_PAGE_ORDER * MIGRATE_TYPES + MIGRATE_TYPES - 1; list += 1) {
      const on = listed(pages, zp.heads + list);
      if (list % MIGRATE_TYPES === MIGRATE_ISOLATE) sums.isolated += on;
      else sums.free += on;
    }
    for (const { cpu, heads } of zp.pcp) {
      for (let list = 0; list < NR_PCP_LISTS; list += 1) {
        sums.pcp[cpu] = (sums.pcp[cpu] as number) + listed(pages, heads + list);
      }
    }
    found[zp.number] = sums;
  }
  arena.state.forEach((state, slot) => {
    const sums = found[arena.zoneAt(slot)];
    if (sums === undefined) return;
    if (state === ALLOCATED) sums.allocated += 1 << (arena.order[slot] as number);
    else if (state === IN_FLIGHT) sums.in_flight += 1 << (arena.order[slot] as number);
  });
  return found;
}

/** Isolated pageblocks of the zone, of online sections that were looked at. */
function isolatedBlocks(k: Kernel, { arena }: Pages, zp: ZonePages): number {
  let blocks = 0;
  for (let block = 0; block < arena.blockType.length; block += 1) {
    const first = block * pageblock_nr_pages;
    if (arena.blockType[block] !== MIGRATE_ISOLATE || arena.zoneAt(first) !== zp.number) continue;
    const section = Math.floor(arena.pfnOf(first) / PAGES_PER_SECTION);
    if (k.state.sections.online(section)) blocks += 1;
  }
  return blocks;
}

/**
 * nr_isolate_pageblock against the pageblocks. Only calls of hotplug change them, and in the middle
 * of one the two are not changed at once.
 */
export function isolateCountWrong(k: Kernel): string | undefined {
  const { pages } = k.state;
  for (const zp of pages?.zones ?? []) {
    if (pages === undefined || zp.partial) continue;
    const found = isolatedBlocks(k, pages, zp);
    const counted = zp.zone.nr_isolate_pageblock;
    if (found !== counted) {
      return `${zoneLabel(zp.zone)}: nr_isolate_pageblock is ${counted}, ${found} are isolated`;
    }
  }
  return undefined;
}
