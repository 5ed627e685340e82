/**
 * Which block a refill of the model brings next, as the rows of a refill of the machine go by; and
 * where the machine took another one, which block of the model's is to go back for it.
 */
import { ON_PCP } from '../../../linux/mm/pages/arena.js';
import type { Pages } from '../../../linux/mm/pages/pages.js';
import type { PcpLists, ZonePages } from '../../../linux/mm/pages/zone_pages.js';

/** A refill of a list: the rows of a CPU that follow each other. */
export interface Refill {
  readonly zp: ZonePages;
  readonly pcp: PcpLists;
  readonly head: number;
  readonly type: number;
  /** None of the CPU's lists had anything: all that is there now it brought. */
  readonly wasEmpty: boolean;
  /** The first block on the list that the model brought and no row has named yet. */
  next: number;
}

/** A block that a refill brought, where the model has another. */
export interface Refilled {
  readonly slot: number;
  readonly order: number;
  readonly type: number;
  /** What is behind it on the list. */
  readonly next: number;
  /** The block that the model brought for it, which is free again; undefined: none. */
  readonly back: number | undefined;
}

/**
 * A refill begins when the list is empty. What the model still has there was allocated: in bulk,
 * of which there are no events, or by a task whose event is still to come.
 */
export function leftOnList({ arena: { next } }: Pages, head: number): readonly number[] {
  const left: number[] = [];
  for (let slot = next[head] as number; slot !== head; slot = next[slot] as number) left.push(slot);
  return left;
}

/** A drain may have taken the rest meanwhile. */
export function nextOf(pages: Pages, refill: Refill): number {
  const { state, cpu } = pages.arena;
  const { next, head, pcp } = refill;
  const isThere = next !== head && state[next] === ON_PCP && cpu[next] === pcp.cpu &&
    pcp.heads + pages.listOf(next) === head;
  if (!isThere) refill.next = head;
  return refill.next;
}

/** The machine brought this block, the model had another one there, which goes back. */
export function broughtOther(
  pages: Pages, refill: Refill, slot: number, order: number,
): Refilled {
  const { arena } = pages;
  const { head, type } = refill;
  const isListed = arena.state[slot] === ON_PCP && arena.order[slot] === order;
  const back = isListed || refill.next === head ? undefined : lastOf(pages, refill);
  return { slot, order, type, next: refill.next, back };
}

/** The last block that the model brought, which no row has named: it is to go back. */
function lastOf({ arena }: Pages, refill: Refill): number {
  const slot = arena.prev[refill.head] as number;
  if (refill.next === slot) refill.next = arena.next[slot] as number;
  return slot;
}

/** What the model brought and no row has named when the refill is over, the last one first. */
export function broughtTooMuch(pages: Pages, refill: Refill): readonly number[] {
  const { prev } = pages.arena;
  const first = nextOf(pages, refill);
  const rest: number[] = [];
  if (first === refill.head) return rest;
  for (let slot = prev[refill.head] as number; slot !== first; slot = prev[slot] as number) {
    rest.push(slot);
  }
  return [...rest, first];
}
