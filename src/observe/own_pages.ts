/** The same of page-level state: lists are linked both ways, and each block is in one place. */
import { MIGRATE_TYPES } from '../linux/include/migratetype.js';
import { MAX_PAGE_ORDER } from '../linux/include/mmzone.js';
import { FREE, IN_FLIGHT, NOTHING, ON_PCP } from '../linux/mm/pages/arena.js';
import type { Pages } from '../linux/mm/pages/pages.js';
import { NR_FREE_LISTS, NR_PCP_LISTS, type ZonePages } from '../linux/mm/pages/zone_pages.js';
import { recountPages } from './page_recount.js';
import { zoneLabel } from './zones.js';

/** A list and what every block on it has to be. */
interface List {
  readonly name: string;
  readonly head: number;
  readonly state: typeof FREE | typeof ON_PCP;
  /** Undefined: several. */
  readonly order?: number;
  readonly cpu?: number;
}

function* listsOf(zp: ZonePages): Generator<List> {
  const label = zoneLabel(zp.zone);
  for (let list = 0; list < NR_FREE_LISTS; list += 1) {
    const order = Math.floor(list / MIGRATE_TYPES);
    yield { name: `${label}, free list ${list}`, head: zp.heads + list, state: FREE, order };
  }
  for (const { cpu, heads } of zp.pcp) {
    for (let list = 0; list < NR_PCP_LISTS; list += 1) {
      const name = `${label}, list ${list} of CPU ${cpu}`;
      yield { name, head: heads + list, state: ON_PCP, cpu };
    }
  }
}

function blockFault(pages: Pages, { state, order, cpu }: List, slot: number): string | undefined {
  const { arena } = pages;
  if (arena.state[slot] !== state) return `is in state ${arena.state[slot]}`;
  if (order !== undefined && arena.order[slot] !== order) return `has order ${arena.order[slot]}`;
  if (cpu !== undefined && arena.cpu[slot] !== cpu) return `is of CPU ${arena.cpu[slot]}`;
  if ((arena.type[slot] as number) >= MIGRATE_TYPES) return `has type ${arena.type[slot]}`;
  return undefined;
}

/** Blocks on the list; the first fault ends the walk, for nothing behind it can be trusted. */
function walk(pages: Pages, list: List): { readonly blocks: number; readonly fault?: string } {
  const { next, prev, state } = pages.arena;
  const { head, name } = list;
  let blocks = 0;
  let before = head;
  for (let slot = next[head] as number; ; slot = next[slot] as number) {
    if (prev[slot] !== before) {
      return { blocks, fault: `${name}: slot ${slot} comes after ${before} and not back` };
    }
    if (slot === head) return { blocks };
    const what = blockFault(pages, list, slot);
    if (what !== undefined) {
      return { blocks, fault: `${name}: page ${pages.arena.pfnOf(slot)} ${what}` };
    }
    blocks += 1;
    if (blocks > state.length) return { blocks, fault: `${name}: has no end` };
    before = slot;
  }
}

/** Blocks by state; a block lies at a multiple of its size, and none begins within another. */
function countBlocks(pages: Pages): { readonly counts: number[]; readonly fault?: string } {
  const { state, order } = pages.arena;
  const counts = new Array<number>(IN_FLIGHT + 1).fill(0);
  let end = 0;
  for (let slot = 0; slot < state.length; slot += 1) {
    const kind = state[slot] as number;
    if (kind === NOTHING) continue;
    const size = 2 ** (order[slot] as number);
    if (kind > IN_FLIGHT || slot < end || slot % size !== 0 || (order[slot] as number) >
      MAX_PAGE_ORDER) {
      return { counts, fault: `page ${pages.arena.pfnOf(slot)}: a block of order ${order[slot]} `
        + `in state ${kind}, and one before it ends at slot ${end}` };
    }
    counts[kind] = (counts[kind] as number) + 1;
    end = slot + size;
  }
  return { counts };
}

function* countFaults(zp: ZonePages): Generator<string> {
  const { nr_pcp, nr_allocated, nr_in_flight, nr_unknown, nr_listed, nr_leaving } = zp;
  const all = { nr_pcp, nr_allocated, nr_in_flight, nr_unknown, nr_listed, nr_leaving };
  for (const [name, pages] of Object.entries(all)) {
    if (!Number.isSafeInteger(pages)) yield `${zoneLabel(zp.zone)}: ${name} is ${pages}`;
  }
}

/** Our counts of a zone against its lists and pages; the kernel's own are held by invariants. */
function* sumFaults(pages: Pages): Generator<string> {
  const sums = recountPages(pages);
  for (const zp of pages.zones) {
    const { free = 0, allocated = 0, in_flight = 0 } = sums[zp.number] ?? {};
    const found = { nr_listed: free, nr_allocated: allocated, nr_in_flight: in_flight };
    for (const [name, there] of Object.entries(found)) {
      const counted = zp[name as keyof typeof found];
      if (counted !== there) yield `${zoneLabel(zp.zone)}: ${name} is ${counted} of ${there} pages`;
    }
  }
}

/** What is wrong, a sentence each. */
export function* ownPageFaults(pages: Pages): Generator<string> {
  const { counts, fault } = countBlocks(pages);
  if (fault !== undefined) yield fault;
  const listed = [0, 0, 0];
  let torn = fault !== undefined;
  for (const zp of pages.zones) {
    yield* countFaults(zp);
    for (const list of listsOf(zp)) {
      const walked = walk(pages, list);
      if (walked.fault !== undefined) yield walked.fault;
      torn ||= walked.fault !== undefined;
      listed[list.state] = (listed[list.state] as number) + walked.blocks;
    }
  }
  for (const state of [FREE, ON_PCP]) {
    if (fault === undefined && counts[state] !== listed[state]) {
      yield `${counts[state]} blocks are in state ${state}, ${listed[state]} on its lists`;
    }
  }
  // No list that is torn has an end.
  if (!torn) yield* sumFaults(pages);
}
