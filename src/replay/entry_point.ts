/** What an input row calls in the kernel, and what comes of it. */
import type { HugeFolio } from '../linux/include/hugetlb.js';
import type { MemAction, Zone } from '../linux/include/mmzone.js';
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import type { Trace } from '../trace/trace.js';

/** What a call came to, in the words of the trace. */
export interface Outcome {
  readonly ret?: number;
  readonly detail?: string;
}

/** One input row. */
export interface Input {
  readonly trace: Trace;
  readonly row: number;
  readonly drivers: Drivers;
}

export type EntryPoint = (k: Kernel, input: Input) => Outcome | Preempt<Outcome>;

/** What the inputs of a trace leave behind for later inputs; not part of the kernel. */
export interface Drivers {
  /** What alloc_pages rows got and free_pages rows give back. */
  readonly allocated: { readonly zone: Zone; readonly pages: number }[];
  /** Huge pages that hugetlb_no_page rows got, in that order. */
  readonly huge: HugeFolio[];
  /** Ranges that alloc_contig_pages rows asked for last and did not get: nobody gives them back. */
  readonly not_got: Set<string>;
  /** What the error-injecting notifier answers, by action. */
  readonly injected: Map<MemAction, number>;
  /** Types of the blocks that an add_memory row onlines by itself (auto_online_blocks). */
  autoOnline(row: number): 'offline' | 'online' | 'online_kernel' | 'online_movable' | undefined;
}

/** Drivers that have done nothing yet. */
export function driversWith(autoOnline: Drivers['autoOnline']): Drivers {
  return { allocated: [], huge: [], not_got: new Set(), injected: new Map(), autoOnline };
}
