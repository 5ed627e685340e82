/** Where pages are, as texts that states are made of. */
import type { Kernel } from '../linux/base/kernel.js';
import type { Zone } from '../linux/include/mmzone.js';
import { ALLOCATED, FREE, HUGETLB, ON_PCP } from '../linux/mm/pages/arena.js';
import type { Pages } from '../linux/mm/pages/pages.js';
import { NR_PCP_LISTS } from '../linux/mm/pages/zone_pages.js';
import type { PageStep } from './page_step.js';

interface Seen {
  readonly pages: Pages;
  readonly zone: Zone;
  readonly tasks: readonly { readonly steps: readonly PageStep[] }[];
}

/** Where a page is, as one short text. */
export function placeOf({ pages }: Seen, pfn: number): string {
  const { arena, lists } = pages;
  const slot = pages.slot(pfn);
  const state = arena.state[slot] as number;
  if (state === ON_PCP) return `p${arena.cpu[slot]}`;
  if (state === ALLOCATED) return `a${Math.max(0, (arena.type[slot] ?? 0) - HUGETLB)}`;
  const block = state === FREE ? slot : lists.blockOf(slot);
  return block >= 0 ? `f${arena.type[block]}` : `s${state}`;
}

/** The pages on the lists of a CPU, in order: the next allocation gets one of them. */
export function listText({ pages, zone }: Seen, cpu: number): string {
  const { next } = pages.arena;
  const heads = pages.zonePages(zone).pcp[cpu]?.heads ?? 0;
  let text = '';
  for (let head = heads; head < heads + NR_PCP_LISTS; head += 1) {
    for (let slot = next[head] as number; slot !== head; slot = next[slot] as number) {
      text += ` ${slot}`;
    }
  }
  return text;
}

/** Where the first page of the range is that is not free. */
export function stuckText({ pages, k, window }: Seen & {
  readonly k: Kernel;
  readonly window: { readonly start_pfn: number; readonly nr_pages: number };
}): string {
  const pfn = pages.firstNotFree(window.start_pfn, window.start_pfn + window.nr_pages);
  if (k.folio_test_hugetlb(pfn) !== undefined) return 'a huge page in use';
  const state = pages.arena.state[pages.slot(pfn)];
  if (state === ON_PCP) return 'a page on a per-cpu list';
  return state === ALLOCATED ? 'an allocated page that cannot be moved' : 'a page';
}

/** Everything that a policy could look at, without the names of anything. */
export function everythingText(world: Seen): string {
  const places = world.tasks.flatMap(({ steps }) => steps.flatMap(
    ({ pfns }) => pfns.map((pfn) => placeOf(world, pfn))));
  const zones = world.pages.zones.map(({ zone, pcp }) => {
    const fields = [zone, zone.watermark, zone.pcp].flatMap((part) =>
      Object.values(part).filter((value) => typeof value !== 'object'));
    const lists = pcp.map(({ count, free_factor, free_count }) =>
      `${count}.${free_factor}.${free_count}`);
    return `${fields.join()} ${lists.join()}`;
  });
  return `${zones.join(' ')} ${places.join()}`;
}
