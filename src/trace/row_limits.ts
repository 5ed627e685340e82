/**
 * What the cells of a row can hold, on any machine that the format is for (x86-64). A row with a
 * cell beyond that is no row: whatever read it says so and leaves it out.
 */
import { hex } from '../base/pfn.js';
import { eventNames, eventType } from './events.js';
import { isWorded, wordsProblem } from './row_words.js';
import { NONE, type TraceRow } from './trace.js';

/** Physical addresses have 52 bits. */
export const LAST_PFN = 2 ** 40 - 1;
/** MAX_ORDER up to v6.7, MAX_PAGE_ORDER since. */
export const LAST_ORDER = 10;
/** CPUs that a kernel can be built for (NR_CPUS, MAXSMP). */
export const LAST_CPU = 8191;
/** MAX_NUMNODES of the distributions. */
export const LAST_NODE = 1023;
/** Pages of one row: MAX_PHYSMEM_BITS with page tables of four levels is 46. */
const MOST_PAGES = 2 ** 34;
/** The kernel has less than these: MIGRATE_TYPES. */
export const LAST_TYPE = 15;
const LAST_INT = 0x7fffffff;

type Column = 'time_ns' | 'cpu' | 'nid' | 'pfn' | 'nr_pages' | 'order' | 'migratetype' | 'ret';

interface Limit {
  readonly least: number;
  readonly last: number;
  readonly says: string;
}

const limits: Readonly<Record<Column, Limit>> = {
  time_ns: { least: 0, last: Number.MAX_SAFE_INTEGER, says: 'ns from 0 on, below 2^53' },
  cpu: { least: 0, last: LAST_CPU, says: `a CPU's number, 0 to ${LAST_CPU}` },
  nid: { least: 0, last: LAST_NODE, says: `a node's number, 0 to ${LAST_NODE}` },
  pfn: { least: 0, last: LAST_PFN, says: `a page frame number up to ${hex(LAST_PFN)}` },
  nr_pages: { least: 0, last: MOST_PAGES, says: `a number of pages up to ${MOST_PAGES} (64 TiB)` },
  order: { least: 0, last: LAST_ORDER, says: `0 to ${LAST_ORDER}` },
  migratetype: { least: 0, last: LAST_TYPE, says: `0 to ${LAST_TYPE}` },
  ret: { least: -LAST_INT, last: LAST_INT, says: 'a number of 32 bits' },
};

/** A change of a count, which can be one for the worse. */
const signed: ReadonlySet<string> = new Set(
  ['adjust_managed_page_count', 'adjust_present_page_count', 'hugetlb_acct_memory']);

/** What is done for each page or request of a row: 64 GiB of them are more than any caller asks. */
const eachPage: ReadonlySet<string> = new Set([
  'alloc_pages', 'free_reserved_page', 'alloc_contig_pages', 'free_contig_range',
  'hugetlb_acct_memory', 'hugetlb_no_page', 'free_huge_folio',
]);
const MOST_EACH = 2 ** 24;

const pagesSigned: Limit = {
  ...limits.nr_pages, least: -MOST_PAGES, says: `${limits.nr_pages.says}, or below 0`,
};
const pagesEach: Limit = {
  ...limits.nr_pages, last: MOST_EACH, says: `a number of pages up to ${MOST_EACH}`,
};
/**
 * Of a call that was recorded: whatever the register held. A node can be NUMA_NO_NODE or the number
 * of a memory group, a migratetype what a newer kernel has as that argument.
 */
const argument: Limit = { least: -LAST_INT, last: LAST_INT, says: 'a number of 32 bits' };

const columns = Object.keys(limits) as readonly Column[];

function limitOf(column: Column, event: string): Limit {
  const isArgument = column === 'nid' || (column === 'migratetype' && !event.startsWith('mm_page'));
  if (isArgument && eventType(event)?.role === 'outcome') return argument;
  if (column === 'nr_pages' && signed.has(event)) {
    return event === 'hugetlb_acct_memory'
      ? { ...pagesEach, least: -MOST_EACH } : pagesSigned;
  }
  if (column === 'nr_pages' && eachPage.has(event)) return pagesEach;
  return limits[column];
}

type NeededColumn = 'pfn' | 'nr_pages' | 'order' | 'migratetype';
/** Columns that every row of an event has; one without cannot be replayed. */
const needed: Readonly<Record<string, readonly NeededColumn[]>> = {
  mm_page_alloc: ['order', 'migratetype'],
  mm_page_free: ['pfn', 'order'], mm_page_free_batched: ['pfn'],
  mm_page_alloc_zone_locked: ['pfn', 'order'], mm_page_alloc_extfrag: ['pfn', 'order'],
  mm_page_pcpu_drain: ['pfn'], free_pages_nolock: ['pfn'], unmovable_page: ['pfn'],
  managed_at_boot: ['nr_pages'], freed_at_boot: ['nr_pages'], dma_reserve: ['nr_pages'],
  nr_free_pages: ['nr_pages'], watermark_boost: ['nr_pages'], hugetlb_pool: ['nr_pages'],
  memory_failure: ['pfn'], soft_offline_page: ['pfn'],
};

/** Calls that are about a range. That they came back has a row without one, too. */
export const callNames: ReadonlySet<string> = new Set(
  ['online', 'online_kernel', 'online_movable', 'offline', 'add_memory', 'remove_memory']);

/** Has a call no range? Nobody could make it. Text says what is wrong; undefined: nothing. */
export function callProblem(
  { event, phase, pfn }: Pick<TraceRow, 'event' | 'phase' | 'pfn'>,
): string | undefined {
  if (!callNames.has(event) || phase === 'E' || !isEmpty(pfn)) return undefined;
  return `${event} has no pfn, expected ${limits.pfn.says}`;
}

/** Events of blocks of the buddy allocator, which begin at a multiple of their size. */
const ofBlocks: ReadonlySet<string> = new Set([
  'mm_page_alloc', 'mm_page_free', 'mm_page_free_batched', 'mm_page_alloc_zone_locked',
  'mm_page_pcpu_drain', 'mm_page_alloc_extfrag', 'free_pages_nolock',
]);

/** Can a block of this order begin at this page? Most have order 0. */
export function isAligned(pfn: number, order: number): boolean {
  return !(order > 0) || !(pfn % (1 << order) > 0);
}

function blockProblem({ event, pfn = 0, order = 0 }: TraceRow): string | undefined {
  if (!ofBlocks.has(event) || isAligned(pfn, order)) return undefined;
  return `pfn is ${hex(pfn)} with order ${order}, expected a multiple of ${1 << order} pages: `
    + 'no free block of the kernel begins elsewhere';
}

function isEmpty(value: number | undefined): boolean {
  return value === undefined || value === NONE || Number.isNaN(value);
}

/** What is wrong with a value that a row gets later; undefined: nothing. */
export function cellProblem(event: string, column: string, value: number): string | undefined {
  if (!(columns as readonly string[]).includes(column) || isEmpty(value)) return undefined;
  const name = column as Column;
  const { least, last, says } = limitOf(name, event);
  if (Number.isInteger(value) && value >= least && value <= last) return undefined;
  return `${name} is ${name === 'pfn' ? hex(value) : value}, expected ${says}`;
}

/** What is wrong with the row's cells, and what was expected; undefined when nothing is. */
export function rowProblem(row: TraceRow): string | undefined {
  for (const column of columns) {
    const value = row[column];
    const wrong = value === undefined ? undefined : cellProblem(row.event, column, value);
    if (wrong !== undefined) return wrong;
  }
  const missing = needed[row.event]?.find((column) => isEmpty(row[column]));
  if (missing !== undefined) {
    return `${row.event} has no ${missing}, expected ${limits[missing].says}`;
  }
  const unknown = wordsProblem(row) ?? blockProblem(row);
  if (unknown !== undefined) return unknown;
  const { pfn, nr_pages = 0 } = row;
  if (pfn !== undefined && pfn + nr_pages > LAST_PFN + 1) {
    return `the range ends at ${hex(pfn + nr_pages)}, expected pages up to ${hex(LAST_PFN)}`;
  }
  return Number.isNaN(row.time_ns) ? 'time_ns is empty' : undefined;
}

/** For a reader of bytes: which events (by code) lack nothing when they lack a cell. */
export const isUndemanding: readonly boolean[] = eventNames.map((name) =>
  needed[name] === undefined && !callNames.has(name));

/** Likewise: which lack something without a number of pages. */
export const needsPages: readonly boolean[] = eventNames.map((name) =>
  needed[name]?.includes('nr_pages') === true);

/** Likewise: which have words in `args` that can be wrong. */
export const hasWords: readonly boolean[] = eventNames.map(isWorded);

/**
 * For a reader of bytes: NaN, an empty cell, or a value that every event can have there. What is
 * not ordinary may still be right; `rowProblem` knows.
 */
export const isOrdinary = {
  time_ns: (n: number): boolean => n >= 0 && n <= Number.MAX_SAFE_INTEGER,
  cpu: (n: number): boolean => !(n < 0 || n > LAST_CPU),
  nid: (n: number): boolean => !(n < 0 || n > LAST_NODE),
  range: (pfn: number, pages: number): boolean =>
    !(pfn < 0 || pfn > LAST_PFN || pages < 0 || pages > MOST_EACH || pfn + pages > LAST_PFN + 1),
  order: (n: number): boolean => !(n < 0 || n > LAST_ORDER),
  migratetype: (n: number): boolean => !(n < 0 || n > LAST_TYPE),
  ret: (n: number): boolean => !(n < -LAST_INT || n > LAST_INT),
} as const;
