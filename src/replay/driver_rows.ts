/** Rows of drivers that add memory and take it away: dax/kmem, or any other. */
import { ECANCELED } from '../linux/include/errno.js';
import { TraceError } from '../base/errors.js';
import { PAGE_SIZE, pfnDown } from '../base/pfn.js';
import type { DaxRange } from '../linux/drivers/dax/dax_private.js';
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import { NUMA_NO_NODE, type OnlineType } from '../linux/include/mmzone.js';
import type { EventName } from '../trace/events.js';
import { excerpt } from '../trace/problems.js';
import { LAST_PFN } from '../trace/row_limits.js';
import { given } from './machine.js';
import { reach } from './reach.js';
import type { EntryPoint, Input, Outcome } from './entry_point.js';
import { rowWords } from '../trace/row_words.js';

/** `0x101200000-0x140000000/...`: bytes, the second of each is one past the last. */
function ranges({ trace, row }: Input, text: string): readonly DaxRange[] {
  return text.split('/').map((range) => {
    const [start = 0, end = 0] = range.split('-').map(Number);
    if (start >= 0 && start <= end && end <= (LAST_PFN + 1) * PAGE_SIZE) {
      return { start_pfn: pfnDown(start), nr_pages: pfnDown(end) - pfnDown(start) };
    }
    throw new TraceError(trace.where(row), `${trace.event(row)}: a range is ${excerpt(range)}, `
      + 'expected START-END in bytes, below 2^52');
  });
}

/** What the kernel does with added memory from now on, when the row says it. */
function takeAutoOnline(k: Kernel, word = ''): OnlineType {
  const type = k.mhp_online_type_from_str(word);
  if (type !== undefined) k.mhp_parameters().default_online_type = type;
  return k.mhp_parameters().default_online_type;
}

function* add(k: Kernel, { trace, row }: Input): Preempt<Outcome> {
  takeAutoOnline(k, rowWords(trace, row, 'add_memory_driver_managed').auto_online);
  const nid = given(trace.nid(row)) ?? 0;
  return { ret: yield* k.add_memory_driver_managed(nid, trace.pfn(row), trace.nr_pages(row), 0) };
}

function* unplug(k: Kernel, input: Input): Preempt<Outcome> {
  const { trace, row } = input;
  const several = rowWords(trace, row, 'unplug_memory').ranges;
  if (several === undefined) {
    const pfn = trace.pfn(row);
    const pages = reach(k, pfn, trace.nr_pages(row));
    return { ret: yield* k.offline_and_remove_memory(pfn, pages) };
  }
  const reached = ranges(input, several).map(({ start_pfn, nr_pages }) => (
    { start_pfn, nr_pages: reach(k, start_pfn, nr_pages) }));
  return { ret: yield* k.offline_and_remove_memory_ranges(reached) };
}

/** By event. */
export const driverEntryPoints: { readonly [N in EventName]?: EntryPoint } = {
  add_memory_driver_managed: add,
  unplug_memory: unplug,
  * xen_balloon_target(k, { trace, row }): Preempt<Outcome> {
    k.balloon_set_new_target(trace.nr_pages(row));
    const state = yield* k.balloon_thread();
    // The file of sysfs takes any target: what came of it is known by the thread.
    if (state === 'BP_DONE') return { ret: 0 };
    return state === 'BP_ECANCELED' ? { ret: -ECANCELED } : {};
  },
  * wait(k): Preempt<Outcome> {
    if (k.state.xen !== undefined) yield* k.balloon_thread();
    return {};
  },
  * dax_kmem_probe(k, input): Preempt<Outcome> {
    const { trace, row } = input;
    const { device = '', ranges: told = '0-0', memmap_on_memory = false, auto_online } =
      rowWords(trace, row, 'dax_kmem_probe');
    takeAutoOnline(k, auto_online);
    const ret = yield* k.dev_dax_kmem_probe({
      name: device, target_node: given(trace.nid(row)) ?? NUMA_NO_NODE,
      ranges: ranges(input, told), memmap_on_memory,
    });
    return { ret };
  },
  * dax_kmem_state(k, { trace, row }): Preempt<Outcome> {
    const { device = '', value = '' } = rowWords(trace, row, 'dax_kmem_state');
    return { ret: yield* k.dax_kmem_state_store(device, value) };
  },
  * dax_kmem_remove(k, { trace, row }): Preempt<Outcome> {
    const { device = '' } = rowWords(trace, row, 'dax_kmem_remove');
    return { ret: yield* k.dev_dax_kmem_remove(device) };
  },
};
