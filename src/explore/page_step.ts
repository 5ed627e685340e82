/** What the tasks of a window do, one thing after the other, and the rows that say so. */
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import { pageblock_nr_pages } from '../linux/include/mmzone.js';
import { NONE, type Trace } from '../trace/trace.js';
import { rowWords } from '../trace/row_words.js';

interface OnCpu {
  readonly cpu: number;
  /** First pages of what it has; none: it names no page. */
  readonly pfns: readonly number[];
}

/** commit: the free was begun before the window; list: freed together with others. */
export interface FreeStep extends OnCpu {
  readonly what: 'free' | 'commit' | 'list';
  readonly order: number;
}

export interface AllocStep extends OnCpu {
  readonly what: 'alloc';
  readonly order: number;
  /** Number as printed. */
  readonly migratetype: number;
}

/** A range is isolated and allocated. */
interface ContigStep extends OnCpu {
  readonly what: 'contig';
  readonly nr_pages: number;
}

/** A huge page is taken, near this node. */
export interface HugeUseStep extends OnCpu {
  readonly what: 'huge_use';
  readonly nid: number;
}

/** One is given back. */
export interface HugeFreeStep extends OnCpu {
  readonly what: 'huge_free';
}

/** A parameter is written. */
interface WriteStep extends OnCpu {
  readonly what: 'write';
  /** `/proc/sys/vm/...` */
  readonly file: string;
  readonly value: string;
}

export type PageStep =
  FreeStep | AllocStep | ContigStep | HugeUseStep | HugeFreeStep | WriteStep;

/** So many pages each of the step's pfns is the first of. */
export function pagesOf(step: PageStep): number {
  switch (step.what) {
    case 'free': case 'commit': case 'list': case 'alloc': return 2 ** Math.max(0, step.order);
    case 'contig': return step.nr_pages;
    // Wherever its huge page is by then: whoever asks what a step touches takes all of them.
    case 'huge_free': case 'huge_use': case 'write': return 1;
  }
}

/** What it does, without the names of its CPU and pages: by pageblock. */
export function shapeOf(step: PageStep): string {
  const { cpu: _cpu, pfns, ...rest } = step;
  const blocks = pfns.map((pfn) => Math.floor(pfn / pageblock_nr_pages));
  return JSON.stringify({ ...rest, blocks });
}

function cpuOf(trace: Trace, row: number): number {
  const cpu = trace.cpu(row);
  return cpu === NONE ? 0 : cpu;
}

/** A page that a row frees or allocates; undefined: neither. */
export function pageStep(trace: Trace, row: number): FreeStep | AllocStep | undefined {
  const event = trace.event(row);
  const same = { pfns: [trace.pfn(row)], order: trace.order(row), cpu: cpuOf(trace, row) };
  if (event === 'mm_page_free') return { what: 'free', ...same };
  if (event !== 'mm_page_alloc') return undefined;
  return { what: 'alloc', ...same, migratetype: trace.migratetype(row) };
}

/** The rest of a free that was begun before the window. */
export function lateCommit(
  trace: Trace, row: number, begun: ReadonlySet<number>,
): FreeStep | undefined {
  const pfn = trace.pfn(row);
  if (trace.event(row) !== 'mm_page_free_batched' || !begun.has(pfn)) return undefined;
  return { what: 'commit', pfns: [pfn], order: 0, cpu: cpuOf(trace, row) };
}

/** Ranges, huge pages and parameters: what a row does with them, one step for each. */
export function otherSteps(trace: Trace, row: number): readonly PageStep[] {
  if (trace.phase(row) === 'E') return [];
  const cpu = cpuOf(trace, row);
  switch (trace.event(row)) {
    case 'alloc_contig_pages':
      return [{ what: 'contig', pfns: [trace.pfn(row)], nr_pages: trace.nr_pages(row), cpu }];
    case 'free_huge_folio':
      return trace.pfn(row) < 0 ? [] : [{ what: 'huge_free', pfns: [trace.pfn(row)], cpu }];
    case 'hugetlb_no_page': {
      const [nid, count] = [trace.nid(row), trace.nr_pages(row)];
      const use: HugeUseStep = { what: 'huge_use', pfns: [], nid: nid === NONE ? 0 : nid, cpu };
      return Array.from({ length: count === NONE ? 1 : count }, () => use);
    }
    case 'write_parameter': {
      const { file = '', value = '' } = rowWords(trace, row, 'write_parameter');
      // The size of per-cpu lists. Other parameters change nothing that is explored.
      return file.includes('percpu_pagelist_') ? [{ what: 'write', pfns: [], file, value, cpu }]
        : [];
    }
    default: return [];
  }
}

/** Does what a `write` step says, when nobody has the lock of the sizes of per-cpu lists. */
export function* writeParameter(k: Kernel, { file, value }: WriteStep): Preempt<void> {
  const { held, readers } = k.state.locks.pcp_batch_high_lock;
  if (held || readers > 0) yield* k.write_parameter_contended(file, value);
  else k.write_parameter(file, value);
}

/** Frees that a mm_page_free_batched row commits are one list. */
export function joinLists(
  steps: readonly PageStep[], batched: ReadonlySet<number>,
): readonly PageStep[] {
  const joined: PageStep[] = [];
  for (const step of steps) {
    const last = joined.at(-1);
    const listed = step.what === 'free' && step.pfns.every((pfn) => batched.has(pfn));
    if (listed && last?.what === 'list') {
      joined[joined.length - 1] = { ...last, pfns: [...last.pfns, ...step.pfns] };
    } else {
      joined.push(listed ? { ...step, what: 'list' } : step);
    }
  }
  return joined;
}
