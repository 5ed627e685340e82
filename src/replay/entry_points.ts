/** Input events: which kernel function each of them calls, with which arguments. */
import { didYouMean } from '../base/closest.js';
import { TraceError } from '../base/errors.js';
import { PAGE_SIZE, hex } from '../base/pfn.js';
import { UNNAMED, type HugeFolio } from '../linux/include/hugetlb.js';
import type { Kernel, Preempt } from '../linux/base/kernel.js';
import { ENOENT } from '../linux/include/errno.js';
import type { MemAction, MemoryBlock, Zone } from '../linux/include/mmzone.js';
import type { EventName } from '../trace/events.js';
import { requestWords } from '../trace/module_call.js';
import { LAST_CPU } from '../trace/row_limits.js';
import { isSteps } from '../patch/around.js';
import { addedEvents } from '../patch/compose.js';
import { deathRow } from './cpu_death.js';
import { driverEntryPoints } from './driver_rows.js';
import { fail_function } from './fail_function.js';
import { given } from './machine.js';
import { pageStateEntryPoints } from './page_state_rows.js';
import { reach } from './reach.js';
import type { Outcome, Input, EntryPoint } from './entry_point.js';
import { rowWords, type WordsOf } from '../trace/row_words.js';
import { writeRow } from './write_row.js';

const nothing: Outcome = {};

/** What the row says, which is of this event. */
function words<E extends EventName>({ trace, row }: Input, event: E): WordsOf<E> {
  return rowWords(trace, row, event);
}

/** What the row lacks or has that this machine has not: the trace cannot be replayed with it. */
function wrong({ trace, row }: Input, text: string): TraceError {
  return new TraceError(trace.where(row), `${trace.event(row)}: ${text}`);
}

function range(input: Input): [start_pfn: number, nr_pages: number] {
  const { trace, row } = input;
  const start_pfn = given(trace.pfn(row));
  const nr_pages = given(trace.nr_pages(row));
  if (start_pfn === undefined) throw wrong(input, 'pfn is empty, expected the first of a range');
  if (nr_pages === undefined) throw wrong(input, 'nr_pages is empty, expected that of a range');
  return [start_pfn, nr_pages];
}

/** The row's node, as the kernel knows it; 0 where it says none. */
function foundNode(
  k: Kernel, { trace, row }: Input, { of_firmware = false }: { readonly of_firmware?: boolean },
): number {
  const nid = given(trace.nid(row)) ?? 0;
  return of_firmware ? k.state.boot.pxm_to_node.get(nid) ?? nid : nid;
}

/** The same of a node that the machine has. */
function nodeOf(k: Kernel, input: Input, words: { readonly of_firmware?: boolean } = {}): number {
  const nid = foundNode(k, input, words);
  if (k.state.nodes[nid] !== undefined) return nid;
  throw wrong(input, `node ${nid} is not there, expected 0 to ${k.state.nodes.length - 1}`);
}

function zoneOf(k: Kernel, input: Input): Zone {
  const { trace, row } = input;
  const zone = k.state.nodes[nodeOf(k, input)]?.node_zones[trace.zone(row)];
  if (zone !== undefined) return zone;
  throw wrong(input, 'zone is empty, expected the zone that is meant');
}

/** A CPU's number that the machine can have. */
function cpuOfRow(k: Kernel, input: Input): number {
  const { trace, row } = input;
  const cpu = given(trace.cpu(row)) ?? 0;
  const cpus = k.machine.cpus.length;
  if (cpu < cpus || k.state.cpu_to_node.has(cpu)) return cpu;
  throw wrong(input, `cpu is ${cpu}, expected 0 to ${cpus - 1}`);
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
  const type = drivers.autoOnline(row);
  if (type !== undefined) k.mhp_parameters().default_online_type = type;
  if (given(trace.pfn(row)) === undefined) return nothing;
  const [start_pfn, nr_pages] = range(input);
  const nid = foundNode(k, input, words(input, 'add_memory'));
  return { ret: yield* k.acpi_memory_enable_device(nid, start_pfn, nr_pages) };
}

/** The row's `nid`, when it has one, is what the caller believes (up to v5.14). */
function* remove_memory(k: Kernel, input: Input): Preempt<Outcome> {
  const nid = given(input.trace.nid(input.row));
  const [start_pfn, nr_pages] = range(input);
  if (nid !== undefined) {
    const most = k.state.nodes.length - 1;
    if (nid > most) throw wrong(input, `node ${nid} is not there, expected 0 to ${most}`);
    const index = k.state.acpi_memory_devices.findIndex((one) => one.start_pfn === start_pfn);
    const device = k.state.acpi_memory_devices[index];
    if (device !== undefined) k.state.acpi_memory_devices[index] = { ...device, nid };
  }
  return { ret: yield* k.acpi_scan_hot_remove(start_pfn, reach(k, start_pfn, nr_pages)) };
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
  const action = (words(input, 'notifier_error').action ?? '') as MemAction;
  injected.set(action, given(input.trace.ret(input.row)) ?? 0);
  return nothing;
}

function served(counts: ReadonlyMap<Zone, number>): string {
  return [...counts]
    .sort(([a], [b]) => a.nid - b.nid || a.index - b.index)
    .map(([zone, count]) => `${zone.nid}/${zone.name}=${count}`).join(',');
}

/**
 * `nr_pages` requests one after the other, until one is not served; none is made where nobody
 * knows what was asked for.
 */
function alloc_pages(k: Kernel, input: Input): Outcome {
  const { trace, row, drivers } = input;
  const gfp = requestWords(trace, row);
  if (gfp === undefined) return nothing;
  const order = given(trace.order(row)) ?? 0;
  const counts = new Map<Zone, number>();
  let ok = 0;
  const nid = nodeOf(k, input);
  for (; ok < trace.nr_pages(row); ok += 1) {
    const zone = k.alloc_pages(gfp, order, nid);
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
  return { ret: k.fill_balloon(zone, -pages) };
}

/** Bytes in a word of the row. */
function sizeIn(input: Input, key: 'block_size' | 'requested_size'): number {
  const size = words(input, 'virtio_mem_config_changed')[key];
  if (size !== undefined && size <= 2 ** 46) return size;
  throw wrong(input, `${key}= is "${size ?? ''}", expected bytes up to 64 TiB`);
}

/** The device of the row, by its name; the first row of a device has its driver loaded. */
function* virtio_mem_config_changed(k: Kernel, input: Input): Preempt<Outcome> {
  const told = words(input, 'virtio_mem_config_changed');
  const { device: name = 'virtio0', auto_online = '' } = told;
  const [start_pfn, nr_pages] = range(input);
  const known = k.state.virtio_mem_devices.find((one) => one.name === name);
  const vm = known ?? k.virtio_mem_probe({
    name, addr: start_pfn * PAGE_SIZE, region_size: nr_pages * PAGE_SIZE,
    device_block_size: sizeIn(input, 'block_size'),
    nid: nodeOf(k, input, told),
  });
  if (typeof vm === 'number') return { ret: vm };
  const type = k.mhp_online_type_from_str(auto_online);
  if (type !== undefined) k.mhp_parameters().default_online_type = type;
  k.virtio_mem_config_changed(vm, sizeIn(input, 'requested_size'));
  // Another worker does the work of another device.
  yield* k.process_one_work(vm);
  return nothing;
}

/** At once, unless somebody has the lock of the sizes of per-cpu lists. */
function write_parameter(k: Kernel, input: Input): ReturnType<EntryPoint> {
  const { file = '', value = '' } = words(input, 'write_parameter');
  if (k.is_hugepages_file(file)) return writeHugePages(k, file, value, cpuOfRow(k, input));
  const { held, readers } = k.state.locks.pcp_batch_high_lock;
  const isLate = k.state.pages !== undefined && writeRow(input.trace, input.row) > input.row;
  if (!isLate && !held && readers === 0) return { ret: k.write_parameter(file, value) };
  return waitAndWrite(k, file, value, isLate);
}

function* writeHugePages(k: Kernel, file: string, value: string, cpu: number): Preempt<Outcome> {
  return { ret: yield* k.write_hugepages(file, value, cpu) };
}

/** Huge pages for a task, one after the other, until there is none. */
function* hugetlb_no_page(k: Kernel, input: Input): Preempt<Outcome> {
  const { trace, row, drivers } = input;
  const { reserved = false } = words(input, 'hugetlb_no_page');
  const pfns: string[] = [];
  for (let left = given(trace.nr_pages(row)) ?? 1; left > 0; left -= 1) {
    const folio = yield* k.hugetlb_no_page(
      nodeOf(k, input), reserved, cpuOfRow(k, input));
    if (folio === undefined) break;
    drivers.huge.push(folio);
    pfns.push(folio.pfn === UNNAMED ? '-' : hex(folio.pfn));
  }
  return pfns.length === 0 ? { ret: 0 } : { ret: pfns.length, detail: pfns.join('/') };
}

/** Those that were taken last, of the row's node where it has one. */
function takenLast({ trace, row, drivers }: Input): HugeFolio[] {
  const its = drivers.huge.filter(({ nid }) => nid === (given(trace.nid(row)) ?? nid))
    .slice(-(given(trace.nr_pages(row)) ?? Infinity));
  drivers.huge.splice(0, Infinity, ...drivers.huge.filter((folio) => !its.includes(folio)));
  return its;
}

/** The huge page of the row's pfn, wherever it has moved to; or those that were taken last. */
function givenBack(input: Input, k: Kernel): HugeFolio[] {
  const pfn = given(input.trace.pfn(input.row));
  if (pfn === undefined) return takenLast(input);
  const folio = k.folio_test_hugetlb(pfn);
  return folio === undefined || folio.freed ? [] : [folio];
}

function* free_huge_folio(k: Kernel, input: Input): Preempt<Outcome> {
  for (const folio of givenBack(input, k)) {
    yield* k.folio_put(folio, cpuOfRow(k, input));
  }
  return nothing;
}

function* hugetlb_acct_memory(k: Kernel, input: Input): Preempt<Outcome> {
  const pages = given(input.trace.nr_pages(input.row)) ?? 0;
  return { ret: yield* k.hugetlb_acct_memory(pages, nodeOf(k, input), cpuOfRow(k, input)) };
}

function* waitAndWrite(
  k: Kernel, file: string, value: string, isLate: boolean,
): Preempt<Outcome> {
  if (isLate) yield 'write_parameter';
  return { ret: yield* k.write_parameter_contended(file, value) };
}

/** The CPU that the row is about. */
function cpuOf(input: Input): number {
  const { cpu } = words(input, 'cpu_online');
  if (cpu !== undefined && cpu <= LAST_CPU) return cpu;
  throw wrong(input, `cpu= is "${cpu ?? ''}", expected a CPU's number up to ${LAST_CPU}`);
}

/** alloc_contig_range() takes pages of one zone: who asks for others has lost them on its lists. */
function checkOneZone(k: Kernel, input: Input): void {
  const [start, pages] = range(input);
  const zones = new Set(k.state.memmap.runs(start, start + pages).flatMap(({ content }) =>
    (content.kind === 'init' ? [`${content.nid} ${content.zone}`] : [])));
  if (zones.size > 1) throw wrong(input, 'the range lies in several zones, expected pages of one');
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
  fail_function,
  set_online_page_callback: (k, input) => {
    const { trace, row } = input;
    return {
      ret: k.probe_balloon_driver(
        words(input, 'set_online_page_callback').driver ?? 'xen', given(trace.pfn(row)) ?? 0,
        given(trace.nr_pages(row)) ?? 0),
    };
  },
  restore_online_page_callback: (k) => ({ ret: k.restore_online_page_callback() }),
  free_reserved_page: (k, input) => ({ ret: k.release_withheld_pages(...range(input)) }),
  adjust_managed_page_count,
  virtio_mem_config_changed,
  ...driverEntryPoints,
  ...pageStateEntryPoints,
  * policy_call(k, input): Preempt<Outcome> {
    const { trace, row } = input;
    const { call: name = '', value } = words(input, 'policy_call');
    const events = addedEvents(k);
    const event = events.get(name);
    if (event === undefined && events.size > 0) {
      throw wrong(input, `no policy of this run adds an event "${name}", expected one of `
        + `${[...events.keys()].join(', ')}${didYouMean(name, events.keys())}`);
    }
    if (event === undefined) return nothing;
    const columns = { nid: trace.nid(row), pfn: trace.pfn(row), nr_pages: trace.nr_pages(row),
      order: trace.order(row) };
    const filled = Object.entries(columns).filter(([, value]) => given(value) !== undefined);
    const said = event(k, {
      ...Object.fromEntries(filled), ...(value === undefined ? {} : { value }),
    });
    const ret = isSteps(said) ? (yield* said) : said;
    return typeof ret === 'number' ? { ret } : nothing;
  },
  * memremap_pages(k, input): Preempt<Outcome> {
    yield* k.memremap_pages(nodeOf(k, input), ...range(input));
    return nothing;
  },
  * memunmap_pages(k, input): Preempt<Outcome> {
    const [start_pfn, nr_pages] = range(input);
    yield* k.memunmap_pages(nodeOf(k, input), start_pfn, reach(k, start_pfn, nr_pages));
    return nothing;
  },
  write_parameter,
  signal: (k, input) => {
    const { task = '', fatal = false } = words(input, 'signal');
    const isFatal = fatal || k.state.signalled.get(task) === 'fatal';
    k.state.signalled.set(task, isFatal ? 'fatal' : 'plain');
    return nothing;
  },
  hugetlb_acct_memory,
  hugetlb_no_page,
  free_huge_folio,
  * alloc_contig_pages(k, input): Preempt<Outcome> {
    checkOneZone(k, input);
    const ret = yield* k.__alloc_contig_pages(...range(input));
    if (ret === 0) input.drivers.not_got.delete(`${range(input)}`);
    else input.drivers.not_got.add(`${range(input)}`);
    return { ret };
  },
  * free_contig_range(k, input): Preempt<Outcome> {
    if (input.drivers.not_got.has(`${range(input)}`)) return nothing;
    yield* k.free_contig_range(...range(input), cpuOfRow(k, input));
    return nothing;
  },
  free_pages_nolock: (k, input) => {
    const { trace, row } = input;
    const { contended = false } = words(input, 'free_pages_nolock');
    k.free_pages_nolock(
      trace.pfn(row), given(trace.order(row)) ?? 0, cpuOfRow(k, input), contended);
    return nothing;
  },
  * soft_offline_page(k, input): Preempt<Outcome> {
    const { free = false } = words(input, 'soft_offline_page');
    return { ret: yield* k.soft_offline_page(input.trace.pfn(input.row), free) };
  },
  * memory_failure(k, { trace, row }): Preempt<Outcome> {
    return { ret: yield* k.memory_failure(trace.pfn(row)) };
  },
  read_parameter: (k, input) => {
    k.read_parameter(words(input, 'read_parameter').file ?? '');
    return nothing;
  },
  cpu_online: (k, input) => {
    const cpu = cpuOf(input);
    const nid = given(input.trace.nid(input.row)) ?? k.state.cpu_to_node.get(cpu);
    if (nid !== undefined && nodeOf(k, input) >= 0) k.cpu_up(cpu, nid);
    return nothing;
  },
  * cpu_offline(k, input): Preempt<Outcome> {
    if (deathRow(input.trace, input.row) > input.row) yield 'cpu_down';
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
