/**
 * What must hold of the model's own data whatever the modelled kernel does right or wrong: kinds of
 * values, keys, order, links. An invariant of `invariants/` that breaks is news of a kernel; one of
 * these is a bug of ours, or of a policy that wrote into the state.
 */
import type { Kernel } from '../linux/base/kernel.js';
import { migratetypes } from '../linux/include/migratetype.js';
import {
  MAX_NR_ZONES, NUMA_NO_NODE, pageblock_nr_pages, PAGES_PER_SECTION, type MemoryBlock, type Zone,
} from '../linux/include/mmzone.js';
import { ownPageFaults } from './own_pages.js';
import { allRuns, nodes, zoneLabel, zones } from './zones.js';

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

/** Numbers of a zone; those that a kernel counts down can fall below 0 in a wrong one. */
const zoneNumbers = [
  'present_pages', 'present_early_pages', 'managed_pages', 'nr_free_pages', 'nr_isolated_pages',
  'nr_isolate_pageblock', 'watermark_boost', 'pcp_high_most', 'pageset_high_min',
  'pageset_high_max', 'pageset_batch', 'pageset_leaked',
] as const;

function* zoneFaults(k: Kernel, zone: Zone): Generator<string> {
  const label = zoneLabel(zone);
  if (k.state.nodes[zone.nid]?.node_zones[zone.index] !== zone) yield `${label} is in no node`;
  if (!isCount(zone.zone_start_pfn)) yield `${label}: zone_start_pfn is ${zone.zone_start_pfn}`;
  if (!isCount(zone.spanned_pages)) yield `${label}: spanned_pages is ${zone.spanned_pages}`;
  for (const name of zoneNumbers) {
    if (!Number.isSafeInteger(zone[name])) yield `${label}: ${name} is ${zone[name]}`;
  }
  for (const [name, value] of Object.entries({ ...zone.watermark, ...zone.pcp })) {
    if (!Number.isSafeInteger(value)) yield `${label}: ${name} is ${value}`;
  }
  if (zone.lowmem_reserve.some((pages) => !isCount(pages))) {
    yield `${label}: lowmem_reserve is ${zone.lowmem_reserve.join(' ')}`;
  }
}

/** Zones point to their node and back, zonelists to zones that there are. */
function* nodeFaults(k: Kernel): Generator<string> {
  for (const [nid, pgdat] of k.state.nodes.entries()) {
    if (pgdat !== undefined && pgdat.nid !== nid) yield `node ${nid} says that it is ${pgdat.nid}`;
  }
  for (const { nid, node_zonelists } of nodes(k)) {
    for (const { zone, zone_idx } of node_zonelists.flat()) {
      if (zone.index !== zone_idx || k.state.nodes[zone.nid]?.node_zones[zone_idx] !== zone) {
        yield `a zonelist of node ${nid} has ${zoneLabel(zone)} as zone ${zone_idx}`;
      }
    }
  }
  for (const [state, nids] of Object.entries(k.state.node_states)) {
    for (const nid of nids) {
      if (k.state.nodes[nid] === undefined) yield `node_states ${state} has node ${nid}`;
    }
  }
}

const blockStates: readonly MemoryBlock['state'][] =
  ['online', 'offline', 'going-online', 'going-offline'];

function* blockFaults(k: Kernel): Generator<string> {
  for (const [id, block] of k.state.memory_blocks) {
    if (block.id !== id || block.start_pfn !== id * k.machine.pages_per_block) {
      yield `memory${id} is kept as memory${block.id} from ${block.start_pfn}`;
    }
    if (!blockStates.includes(block.state)) yield `memory${id}: its state is ${block.state}`;
    if (block.nid !== NUMA_NO_NODE && k.state.nodes[block.nid] === undefined) {
      yield `memory${id}: its node is ${block.nid}`;
    }
    if (!isCount(block.nr_vmemmap_pages)) {
      yield `memory${id}: nr_vmemmap_pages is ${block.nr_vmemmap_pages}`;
    }
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Sorted, disjoint, not empty. */
function* spanFaults(name: string, spans: readonly Span[]): Generator<string> {
  let below = 0;
  for (const { start, end } of spans) {
    if (!isCount(start) || !isCount(end) || start >= end || start < below) {
      yield `${name}: ${start} to ${end} comes after ${below}`;
    }
    below = end;
  }
}

function* rangeFaults(k: Kernel): Generator<string> {
  const { withheld, withheld_allocated, withheld_unreferenced, backed, system_ram } = k.state;
  const all = { withheld, withheld_allocated, withheld_unreferenced, backed };
  for (const [name, ranges] of Object.entries(all)) {
    yield* spanFaults(name, ranges.map(({ start_pfn, nr_pages }) => (
      { start: start_pfn, end: start_pfn + nr_pages })));
  }
  yield* spanFaults('system_ram', system_ram);
  yield* spanFaults('memmap', allRuns(k));
  for (const { content, start } of allRuns(k)) {
    if (content.kind !== 'init') continue;
    if (k.state.nodes[content.nid] === undefined || content.zone > MAX_NR_ZONES) {
      yield `memmap: page ${start} is of node ${content.nid}, zone ${content.zone}`;
    }
  }
}

/** Every section that has a memmap is counted, and its pageblocks have a type that there is. */
function* sectionFaults(k: Kernel): Generator<string> {
  const { sections, pageblocks } = k.state;
  for (let nr = 0; nr <= sections.highest_present; nr += 1) {
    if (!sections.present(nr)) continue;
    const first = nr * PAGES_PER_SECTION;
    for (let pfn = first; pfn < first + PAGES_PER_SECTION; pfn += pageblock_nr_pages) {
      const type = pageblocks.get(pfn);
      if (migratetypes[type] === undefined) yield `pageblock ${pfn}: its migratetype is ${type}`;
    }
  }
}

/** Huge pages are on one list each, and the pool counts them. */
function* poolFaults(k: Kernel): Generator<string> {
  const h = k.state.hugetlb;
  const free = h.hugepage_freelists.flat();
  const used = new Set(h.hugepage_activelist);
  if (free.some((folio) => used.has(folio))) yield 'hugetlb: a page is on both lists';
  for (const [pfn, folio] of h.by_pfn) {
    if (folio.pfn !== pfn) yield `hugetlb: page ${pfn} is kept as ${folio.pfn}`;
  }
  for (const name of ['nr_huge_pages', 'free_huge_pages', 'resv_huge_pages',
    'surplus_huge_pages', 'max_huge_pages', 'nr_overcommit_huge_pages'] as const) {
    if (!Number.isSafeInteger(h[name])) yield `hugetlb: ${name} is ${h[name]}`;
  }
}

function* taskFaults(k: Kernel): Generator<string> {
  const { locks, mem_hotplug_lock, mem_hotplug_readers, waiting, cpu_to_node } = k.state;
  const all = Object.entries({ ...locks,
    mem_hotplug_lock: { held: mem_hotplug_lock === 'held', readers: mem_hotplug_readers } });
  for (const [name, { held, readers }] of all) {
    if (!isCount(readers)) yield `${name} has ${readers} readers`;
    if (held && readers > 0) yield `${name} is held to write, and by ${readers} readers`;
  }
  // Who runs tasks takes it from a task that stops.
  if (waiting !== undefined) yield 'a task waits that nobody runs';
  for (const [cpu, nid] of cpu_to_node) {
    if (!isCount(cpu) || k.state.nodes[nid] === undefined) yield `CPU ${cpu} is of node ${nid}`;
  }
  for (const cpu of k.state.offline_cpus) {
    if (!cpu_to_node.has(cpu)) yield `CPU ${cpu} is offline, and not present`;
  }
}

/** What is wrong, a sentence each; nothing as long as the model is right. */
export function* ownDataFaults(k: Kernel): Generator<string> {
  yield* nodeFaults(k);
  for (const zone of zones(k)) yield* zoneFaults(k, zone);
  yield* blockFaults(k);
  yield* rangeFaults(k);
  yield* sectionFaults(k);
  yield* poolFaults(k);
  yield* taskFaults(k);
  if (k.state.pages !== undefined) yield* ownPageFaults(k.state.pages);
}
