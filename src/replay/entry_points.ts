/** Input events: which kernel function each of them calls, with which arguments. */
import { at } from '../base/assert.js';
import { PAGE_SIZE, hex } from '../base/pfn.js';
import { parseWords } from '../base/words.js';
import { UNNAMED, type HugeFolio } from '../linux/include/hugetlb.js';
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import {
  ENOENT, type MemAction, type MemoryBlock, type Zone,
} from '../linux/include/mmzone.js';
import type { EventName } from '../trace/events.js';
import type { Trace } from '../trace/trace.js';
import { daxKmemEntryPoints } from './dax_kmem.js';
import { given } from './machine.js';

/** What a call came to, in the words of the trace. */
export interface Outcome {
  readonly ret?: number;
  readonly detail?: string;
}

/** What the inputs of a trace leave behind for later inputs; not part of the kernel. */
export interface Drivers {
  /** What alloc_pages rows got and free_pages rows give back. */
  readonly allocated: { readonly zone: Zone; readonly pages: number }[];
  /** Huge pages that hugetlb_no_page rows got, in that order. */
  readonly huge: HugeFolio[];
  /** What the error-injecting notifier answers, by action. */
  readonly injected: Map<MemAction, number>;
  /** Types of the blocks that an add_memory row onlines by itself (auto_online_blocks). */
  autoOnline(row: number): 'offline' | 'online' | 'online_kernel' | 'online_movable' | undefined;
}

/** One input row. */
export interface Input {
  readonly trace: Trace;
  readonly row: number;
  readonly drivers: Drivers;
}

export type EntryPoint = (k: Kernel, input: Input) => Outcome | Preempt<Outcome>;

const nothing: Outcome = {};

function words({ trace, row }: Input): Map<string, string> {
  return parseWords(trace.args(row));
}

function range({ trace, row }: Input): [start_pfn: number, nr_pages: number] {
  return [trace.pfn(row), trace.nr_pages(row)];
}

function zoneOf(k: Kernel, { trace, row }: Input): Zone {
  return at(at(k.state.nodes, trace.nid(row)).node_zones, trace.zone(row));
}

/** The block that the row's pfn is in, looked up as sysfs does: by name, at no cost. */
function blockOf(k: Kernel, { trace, row }: Input): MemoryBlock | undefined {
  return k.state.memory_blocks.get(Math.floor(trace.pfn(row) / k.machine.pages_per_block));
}

/** A word written to the state file of a block; without a block there is no such file. */
function stateWrite(word: string): EntryPoint {
  return function* (k, input): Preempt<Outcome> {
    const block = blockOf(k, input);
    if (block === undefined) return { ret: -ENOENT };
    const ret = yield* k.state_store(block, word);
    // Going online or offline can give a driver work to do.
    yield* k.process_one_work();
    return { ret };
  };
}

function* add_memory(k: Kernel, input: Input): Preempt<Outcome> {
  const { trace, row, drivers } = input;
  const [start_pfn, nr_pages] = range(input);
  const type = drivers.autoOnline(row);
  if (type !== undefined) k.mhp_parameters().default_online_type = type;
  if (given(start_pfn) === undefined) return nothing;
  const nid = given(trace.nid(row)) ?? 0;
  return { ret: yield* k.acpi_memory_enable_device(nid, start_pfn, nr_pages) };
}

/** The row's `nid`, when it has one, is what the caller believes (up to v5.14). */
function* remove_memory(k: Kernel, input: Input): Preempt<Outcome> {
  const nid = given(input.trace.nid(input.row));
  const [start_pfn, nr_pages] = range(input);
  if (nid !== undefined) {
    const index = k.state.acpi_memory_devices.findIndex((one) => one.start_pfn === start_pfn);
    const device = k.state.acpi_memory_devices[index];
    if (device !== undefined) k.state.acpi_memory_devices[index] = { ...device, nid };
  }
  return { ret: yield* k.acpi_scan_hot_remove(start_pfn, nr_pages) };
}

/** The module that injects errors: one notifier, whose answers the rows set. */
function notifier_error(k: Kernel, input: Input): Outcome {
  const { injected } = input.drivers;
  const name = 'notifier_error_inject';
  if (!k.state.notifiers.some((one) => one.name === name)) {
    k.state.notifiers.push({
      name, priority: 0, notifier_call: (action) => injected.get(action) ?? 0,
    });
  }
  const action = (words(input).get('action') ?? '') as MemAction;
  injected.set(action, given(input.trace.ret(input.row)) ?? 0);
  return nothing;
}

function served(counts: ReadonlyMap<Zone, number>): string {
  return [...counts]
    .sort(([a], [b]) => a.nid - b.nid || a.index - b.index)
    .map(([zone, count]) => `${zone.nid}/${zone.name}=${count}`).join(',');
}

/** `nr_pages` requests one after the other, until one is not served. */
function alloc_pages(k: Kernel, input: Input): Outcome {
  const { trace, row, drivers } = input;
  const gfp = words(input).get('gfp') ?? 'GFP_KERNEL';
  const order = given(trace.order(row)) ?? 0;
  const counts = new Map<Zone, number>();
  let ok = 0;
  for (; ok < trace.nr_pages(row); ok += 1) {
    const zone = k.alloc_pages(gfp, order, trace.nid(row));
    if (zone === undefined) break;
    counts.set(zone, (counts.get(zone) ?? 0) + 1);
  }
  for (const [zone, count] of counts) drivers.allocated.push({ zone, pages: count * 2 ** order });
  return ok === 0 ? { ret: ok } : { ret: ok, detail: served(counts) };
}

function free_pages(k: Kernel, { drivers }: Input): Outcome {
  for (const { zone, pages } of drivers.allocated.splice(0)) k.free_zone_pages(zone, pages);
  return nothing;
}

function adjust_managed_page_count(k: Kernel, input: Input): Outcome {
  const zone = zoneOf(k, input);
  const pages = input.trace.nr_pages(input.row);
  if (pages >= 0) {
    k.leak_balloon(zone, pages);
    return { ret: pages };
  }
  return { ret: -k.fill_balloon(zone, -pages) };
}

/** The device of the row, by its name; the first row of a device has its driver loaded. */
function* virtio_mem_config_changed(k: Kernel, input: Input): Preempt<Outcome> {
  const { trace, row } = input;
  const told = words(input);
  const name = told.get('device') ?? 'virtio0';
  const [start_pfn, nr_pages] = range(input);
  const known = k.state.virtio_mem_devices.find((one) => one.name === name);
  const vm = known ?? k.virtio_mem_probe({
    name, addr: start_pfn * PAGE_SIZE, region_size: nr_pages * PAGE_SIZE,
    device_block_size: Number(told.get('block_size')), nid: trace.nid(row),
  });
  if (typeof vm === 'number') return { ret: vm };
  const type = k.mhp_online_type_from_str(told.get('auto_online') ?? '');
  if (type !== undefined) k.mhp_parameters().default_online_type = type;
  k.virtio_mem_config_changed(vm, Number(told.get('requested_size')));
  yield* k.process_one_work();
  return nothing;
}

/** At once, unless somebody has the lock of the sizes of per-cpu lists. */
function write_parameter(k: Kernel, input: Input): ReturnType<EntryPoint> {
  const told = words(input);
  const file = told.get('file') ?? '';
  const value = told.get('value') ?? '';
  if (k.is_hugepages_file(file)) return writeHugePages(k, file, value, cpuOfTask(input));
  const { held, readers } = k.state.locks.pcp_batch_high_lock;
  if (!held && readers === 0) return { ret: k.write_parameter(file, value) };
  return waitAndWrite(k, file, value);
}

/** The CPU that the row's task runs on. */
function cpuOfTask({ trace, row }: Input): number {
  return given(trace.cpu(row)) ?? 0;
}

function* writeHugePages(k: Kernel, file: string, value: string, cpu: number): Preempt<Outcome> {
  return { ret: yield* k.write_hugepages(file, value, cpu) };
}

/** Huge pages for a task, one after the other, until there is none. */
function* hugetlb_no_page(k: Kernel, input: Input): Preempt<Outcome> {
  const { trace, row, drivers } = input;
  const reserved = words(input).get('reserved') === '1';
  const pfns: string[] = [];
  for (let left = given(trace.nr_pages(row)) ?? 1; left > 0; left -= 1) {
    const folio = yield* k.hugetlb_no_page(
      given(trace.nid(row)) ?? 0, reserved, cpuOfTask(input));
    if (folio === undefined) break;
    drivers.huge.push(folio);
    pfns.push(folio.pfn === UNNAMED ? '-' : hex(folio.pfn));
  }
  return pfns.length === 0 ? { ret: 0 } : { ret: pfns.length, detail: pfns.join('/') };
}

/** The huge page of the row's pfn, wherever it has moved to; or those that were taken last. */
function givenBack({ trace, row, drivers }: Input, k: Kernel): HugeFolio[] {
  const pfn = given(trace.pfn(row));
  if (pfn === undefined) return drivers.huge.splice(-(given(trace.nr_pages(row)) ?? Infinity));
  const folio = k.folio_test_hugetlb(pfn);
  return folio === undefined || folio.freed ? [] : [folio];
}

function* free_huge_folio(k: Kernel, input: Input): Preempt<Outcome> {
  for (const folio of givenBack(input, k)) {
    yield* k.folio_put(folio, cpuOfTask(input));
  }
  return nothing;
}

function* hugetlb_acct_memory(k: Kernel, input: Input): Preempt<Outcome> {
  const { trace, row } = input;
  const nid = given(trace.nid(row)) ?? 0;
  return { ret: yield* k.hugetlb_acct_memory(trace.nr_pages(row), nid, cpuOfTask(input)) };
}

function* waitAndWrite(k: Kernel, file: string, value: string): Preempt<Outcome> {
  return { ret: yield* k.write_parameter_contended(file, value) };
}

function cpuOf(input: Input): number {
  return Number(words(input).get('cpu'));
}

function read_valid_zones(k: Kernel, input: Input): Outcome {
  const block = blockOf(k, input);
  return block === undefined ? { ret: -ENOENT } : { detail: k.valid_zones_show(block).trim() };
}

/** By event. Outcomes of page-level events belong to the page allocator's own entry points. */
export const entryPoints: { readonly [N in EventName]?: EntryPoint } = {
  add_memory,
  remove_memory,
  online: stateWrite('online'),
  online_kernel: stateWrite('online_kernel'),
  online_movable: stateWrite('online_movable'),
  offline: stateWrite('offline'),
  notifier_error,
  set_online_page_callback: (k, input) => {
    const [start_pfn, nr_pages] = range(input);
    return {
      ret: k.probe_balloon_driver(
        words(input).get('driver') ?? 'xen', given(start_pfn) ?? 0, given(nr_pages) ?? 0),
    };
  },
  restore_online_page_callback: (k) => ({ ret: k.restore_online_page_callback() }),
  free_reserved_page: (k, input) => ({ ret: k.release_withheld_pages(...range(input)) }),
  adjust_managed_page_count,
  virtio_mem_config_changed,
  ...daxKmemEntryPoints,
  * memremap_pages(k, input): Preempt<Outcome> {
    yield* k.memremap_pages(input.trace.nid(input.row), ...range(input));
    return nothing;
  },
  * memunmap_pages(k, input): Preempt<Outcome> {
    yield* k.memunmap_pages(input.trace.nid(input.row), ...range(input));
    return nothing;
  },
  write_parameter,
  signal: (k, input) => {
    k.state.signalled.add(words(input).get('task') ?? '');
    return nothing;
  },
  hugetlb_acct_memory,
  hugetlb_no_page,
  free_huge_folio,
  * alloc_contig_pages(k, input): Preempt<Outcome> {
    return { ret: yield* k.__alloc_contig_pages(...range(input)) };
  },
  * free_contig_range(k, input): Preempt<Outcome> {
    yield* k.free_contig_range(...range(input), input.trace.cpu(input.row));
    return nothing;
  },
  free_pages_nolock: (k, input) => {
    const { trace, row } = input;
    const contended = words(input).get('contended') === '1';
    k.free_pages_nolock(
      trace.pfn(row), given(trace.order(row)) ?? 0, trace.cpu(row), contended);
    return nothing;
  },
  * soft_offline_page(k, input): Preempt<Outcome> {
    const free = words(input).get('free') === '1';
    return { ret: yield* k.soft_offline_page(input.trace.pfn(input.row), free) };
  },
  * memory_failure(k, { trace, row }): Preempt<Outcome> {
    return { ret: yield* k.memory_failure(trace.pfn(row)) };
  },
  read_parameter: (k, input) => {
    k.read_parameter(words(input).get('file') ?? '');
    return nothing;
  },
  cpu_online: (k, input) => {
    const cpu = cpuOf(input);
    const nid = given(input.trace.nid(input.row)) ?? k.state.cpu_to_node.get(cpu);
    if (nid !== undefined) k.cpu_up(cpu, nid);
    return nothing;
  },
  cpu_offline: (k, input) => {
    k.cpu_down(cpuOf(input));
    return nothing;
  },
  cpu_remove: (k, input) => {
    k.acpi_processor_remove(cpuOf(input));
    return nothing;
  },
  compact_zone: (k, input) => {
    const { trace, row } = input;
    k.compact_zone(zoneOf(k, input), given(trace.order(row)) ?? 0, trace.pfn(row));
    return nothing;
  },
  read_kpageflags: (k, input) => ({ ret: k.kpageflags_read(...range(input)) }),
  read_valid_zones,
  alloc_pages,
  free_pages,
};
