/** Events of single pages and of huge pages: a part of the table of events. */
import type { EventType } from './event_type.js';
import { flag, number, recorded, text, texts } from './words.js';

const range = ['pfn', 'nr_pages'] as const;

export const pageEvents = {
  alloc_pages: {
    role: 'input', uses: ['phase', 'nid', 'pfn', 'nr_pages', 'order', 'ret', 'args'], sleeps: true,
    args: { gfp: text('GFP_KERNEL, GFP_HIGHUSER_MOVABLE, with +__GFP_THISNODE'),
      served: recorded(text('on E: NID/ZONE=COUNT words joined by `,`, zones by name')) },
    doc: '`nr_pages` allocations of `order` from node `nid`; on E `ret` is how many succeeded '
      + 'and `pfn` the first page.' },
  free_pages: { role: 'input', uses: [],
    doc: 'Everything that alloc_pages rows got is freed.' },
  mm_page_alloc: { role: 'input', uses: ['pfn', 'order', 'migratetype', 'args'], printed: true,
    args: { gfp_flags: texts('|', 'as printed') },
    doc: 'Tracepoint kmem:mm_page_alloc; no pfn when the allocation failed.' },
  mm_page_free: { role: 'input', uses: ['pfn', 'order', 'args'], printed: true,
    args: { irq: flag('1: in an interrupt'),
      preempt: number('then: how often preemption is off, where it is twice or more') },
    doc: 'Tracepoint kmem:mm_page_free.' },
  mm_page_free_batched: { role: 'outcome', uses: ['pfn', 'order'],
    doc: 'Tracepoint kmem:mm_page_free_batched: printed in addition to mm_page_free.' },
  mm_page_alloc_zone_locked: { role: 'outcome', uses: ['pfn', 'order', 'migratetype', 'args'],
    printed: true,
    args: { percpu_refill: flag('1 when it went to a per-cpu list') },
    doc: 'Tracepoint kmem:mm_page_alloc_zone_locked: taken from the buddy allocator.' },
  mm_page_pcpu_drain: { role: 'outcome', uses: ['pfn', 'order', 'migratetype'],
    doc: 'Tracepoint kmem:mm_page_pcpu_drain: from a per-cpu list to the buddy allocator.' },
  mm_page_alloc_extfrag: { role: 'outcome', uses: ['pfn', 'order', 'migratetype', 'args'],
    printed: true,
    args: { fallback_order: number('as printed'), pageblock_order: number('as printed'),
      fallback_migratetype: number('as printed'), fragmenting: flag('0/1'),
      change_ownership: flag('0/1') },
    doc: 'Tracepoint kmem:mm_page_alloc_extfrag: a block of another migratetype was used.' },
  hold: { role: 'input', uses: ['pfn', 'args'],
    args: {
      at: text('name of a preemption point: free_unref_page_commit (the default; the migratetype '
        + 'is '
        + 'read, the page is on no list), pcp_count (the list is changed, its count is not yet), '
        + 'drain_pages_zone, migrate_pages, ...'),
      task: text('the task that stops there'),
      nth: number('it stops when it comes there for this time; default 1'),
      holding: recorded(flag('1 when a free is held')),
    },
    doc: 'The next free or allocation of page `pfn` stops at a preemption point, or a task does.' },
  unhold: { role: 'input', uses: ['pfn', 'args'], args: { task: text('the task that was held') },
    doc: 'What was held goes on: of page `pfn`, of all pages, or the task.' },
  signal: { role: 'input', uses: ['args'],
    args: { task: text('who gets it'),
      fatal: flag('1: it ends the task, as SIGKILL does (fatal_signal_pending())'),
      from: recorded(text('`ret`: known only by the -EINTR that the call came to')) },
    doc: 'A signal is sent to a task, which it has when it next asks (signal_pending()).' },
  alloc_contig_pages: { role: 'input', uses: ['phase', ...range, 'ret'], sleeps: true,
    doc: 'A range is allocated, all pages of it: alloc_contig_range() for a user of its pages.' },
  free_contig_range: { role: 'input', uses: range,
    doc: 'It is freed, page by page.' },
  gigantic_page: { role: 'input', uses: ['pfn', 'nr_pages', 'args'],
    args: { used: flag('1: a task uses it; else it is free in its pool'),
      boot: flag('1: it is there since boot (hugepages=), so that it may lie in ZONE_MOVABLE, '
        + 'where later none is looked for but with movable_gigantic_pages') },
    doc: 'A free range becomes a huge page that is larger than any block of the buddy allocator '
      + '(262144 pages when no number is given).' },
  hugetlb_acct_memory: { role: 'input', uses: ['phase', 'nid', 'nr_pages', 'ret'], sleeps: true,
    doc: 'A task near node `nid` maps `nr_pages` huge pages: they are reserved; below 0 it unmaps '
      + 'what it has not used.' },
  hugetlb_no_page: { role: 'input', uses: ['phase', 'nid', 'nr_pages', 'ret', 'args'],
    sleeps: true,
    args: { reserved: flag('1: they were reserved before'),
      pfns: recorded(text('on E: those it got, `-` for one that only counts, joined by `/`')) },
    doc: 'A task near node `nid` takes `nr_pages` huge pages, each when it first touches it; '
      + '`ret` is how many it got.' },
  free_huge_folio: { role: 'input', uses: ['phase', 'nid', 'pfn', 'nr_pages'], sleeps: true,
    doc: 'A task gives back the huge page `pfn`; without a pfn the `nr_pages` that were taken '
      + 'last, or all, of those on node `nid` where one is given.' },
  free_pages_nolock: { role: 'input', uses: ['pfn', 'order', 'args'],
    args: { contended: flag('1 when somebody has the zone lock') },
    doc: 'A block is freed where nobody may wait (BPF, from v6.15; before as any other).' },
  soft_offline_page: { role: 'input', uses: ['phase', 'pfn', 'ret', 'args'], sleeps: true,
    args: { free: flag('1 when nobody used it, known by the drain that this makes'),
      ret_from: recorded(text('`info.json`: as of `online`')) },
    doc: 'A page that had too many corrected errors is moved away.' },
  memory_failure: { role: 'input', uses: ['phase', 'pfn', 'ret', 'args'], sleeps: true,
    args: { ret_from: recorded(text('`info.json`: as of `online`')) },
    doc: 'A page had an error that was not corrected (hard_offline_page of sysfs).' },
  folio_isolate_lru: { role: 'input', uses: ['pfn'],
    doc: 'The page in use that begins here is on no LRU list: somebody took it off, or has '
      + 'allocated it and not put it there yet. Nothing finds it to move it.' },
  folio_putback_lru: { role: 'input', uses: ['pfn'], doc: 'It is on its LRU list again.' },
  pin_user_pages: { role: 'input', uses: ['pfn'],
    doc: 'Somebody holds on to the page in use that begins here: migration fails.' },
  unpin_user_page: { role: 'input', uses: ['pfn'], doc: 'It can be moved again.' },
} as const satisfies Record<string, EventType>;
