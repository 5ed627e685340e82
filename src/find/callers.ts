/**
 * What the caller of a row has in its hands before it calls: a driver gives back pages of a zone
 * that has them, takes contiguous pages of memory that is online, and ejects a DIMM that is there.
 * A case in which it has not shows nothing that a machine could show.
 */
import type { Kernel } from '../linux/base/kernel.js';
import { ZONE_MOVABLE } from '../linux/include/mmzone.js';
import { pfn_to_section_nr } from '../linux/include/sections.js';
import type { ReplayObserver } from '../replay/observer.js';
import type { EventName } from '../trace/events.js';
import { rowWords } from '../trace/row_words.js';
import type { Trace } from '../trace/trace.js';

type Has = (k: Kernel, trace: Trace, row: number) => boolean;

function isOnline(k: Kernel, trace: Trace, row: number): boolean {
  const first = trace.pfn(row);
  const last = first + Math.max(1, trace.nr_pages(row) || 1) - 1;
  for (let section = pfn_to_section_nr(first); section <= pfn_to_section_nr(last); section += 1) {
    if (!k.state.sections.online(section)) return false;
  }
  return true;
}

/** A balloon holds no more of a zone than is present there and not managed. */
const isBallooned: Has = (k, trace, row) => {
  const zone = k.state.nodes[trace.nid(row)]?.node_zones[trace.zone(row)];
  return zone !== undefined &&
    zone.managed_pages + trace.nr_pages(row) <= zone.present_pages;
};

/** The page came off a free list of that zone: it is memory, and the zone's. */
const isOnList: Has = (k, trace, row) => {
  const pfn = trace.pfn(row);
  return isOnline(k, trace, row) && k.state.memmap.runs(pfn, pfn + 1).every(({ content }) =>
    content.kind === 'init' && content.hole !== true && content.nid === trace.nid(row) &&
    content.zone === trace.zone(row));
};

/**
 * alloc_contig_pages() looks for memory of one zone; of ZONE_MOVABLE only for who asks for movable
 * pages, as hugetlb does, whose pages can be moved away again.
 */
const isContiguous: Has = (k, trace, row) => {
  const [start, end] = [trace.pfn(row), trace.pfn(row) + trace.nr_pages(row)];
  if (!isOnline(k, trace, row)) return false;
  const contents = [...k.state.memmap.runs(start, end)].map(({ content }) => content);
  const [first] = contents;
  return first?.kind === 'init' && first.zone !== ZONE_MOVABLE &&
    contents.every((content) => content.kind === 'init' && content.hole !== true &&
      content.nid === first.nid && content.zone === first.zone);
};

const callers: Partial<Record<EventName, Has>> = {
  adjust_managed_page_count: isBallooned,
  alloc_contig_pages: isContiguous,
  compact_zone: isOnList,
  // A CPU that is there and not online, which stays on its node; or one that comes.
  cpu_online: (k, trace, row) => {
    const { cpu = -1 } = rowWords(trace, row, 'cpu_online');
    const [known, nid] = [k.state.cpu_to_node.get(cpu), trace.nid(row)];
    return known === undefined || (k.state.offline_cpus.has(cpu) && !(nid >= 0 && nid !== known));
  },
  // A device's node is one that is online: numa_map_to_online_node(), or none.
  memremap_pages: (k, trace, row) => {
    const nid = trace.nid(row);
    return !(nid >= 0) || k.state.node_states.online.has(nid);
  },
  // A driver whose range was refused has nothing to unmap.
  memunmap_pages: (k, trace, row) => k.state.zone_device_ranges.some(
    ({ start_pfn }) => start_pfn === trace.pfn(row)),
  // No guest of Xen has devices of virtio.
  xen_balloon_target: (k) => k.state.virtio_mem_devices.length === 0,
  virtio_mem_config_changed: (k) => k.state.xen === undefined,
  // Boot, the slab caches and user space take pages of what is managed.
  nr_free_pages: (k, trace, row) => {
    const zone = k.state.nodes[trace.nid(row)]?.node_zones[trace.zone(row)];
    return zone === undefined || trace.nr_pages(row) <= zone.managed_pages;
  },
};

/** What gives back or takes out a range, and the call by which somebody got it. */
const gives: Partial<Record<EventName, EventName>> = {
  free_contig_range: 'alloc_contig_pages', remove_memory: 'add_memory',
  memunmap_pages: 'memremap_pages', unplug_memory: 'add_memory_driver_managed',
};
const got = new Set(Object.values(gives));

/** Looks at each row before it is replayed; `lacks` once a caller had not what it needs. */
export function callersOf(trace: Trace): ReplayObserver & { readonly lacks: boolean } {
  let lacks = false;
  const held = new Set<string>();
  /** Huge pages that tasks have mapped and not unmapped. */
  let mapped = 0;
  const rangeAs = (event: EventName, row: number): string =>
    `${event} ${trace.pfn(row)} ${trace.nr_pages(row)}`;
  return {
    get lacks() {
      return lacks;
    },
    beforeRow(row, k) {
      const event = trace.event(row);
      const from = gives[event];
      const has = callers[event]?.(k, trace, row) ?? true;
      if (!has || (from !== undefined && !held.has(rangeAs(from, row)))) lacks = true;
      if (event === 'hugetlb_acct_memory' && mapped + trace.nr_pages(row) < 0) lacks = true;
    },
    result({ row, ret }) {
      const event = trace.event(row);
      // Who did not get contiguous pages gives none back: the row says nothing then.
      const isHeld = (ret ?? 0) === 0 || event === 'alloc_contig_pages';
      if (got.has(event) && isHeld) held.add(rangeAs(event, row));
      if (event === 'hugetlb_acct_memory' && isHeld) mapped += trace.nr_pages(row);
      const from = gives[event];
      if (from !== undefined && (ret ?? 0) === 0) held.delete(rangeAs(from, row));
    },
  };
}
