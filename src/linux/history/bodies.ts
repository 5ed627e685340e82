/**
 * Functions that differ between versions as a whole, or in what they call: what to make of the
 * model as written, since when. Long bodies stand beside the function that they differ from.
 */
import { try_offline_node_by_section } from '../mm/memory_hotplug/before_5_4.js';
import { offline_before_4_15 } from '../mm/memory_hotplug/offline_before_4_15.js';
import { offline_before_5_11, offline_before_5_13 }
  from '../mm/memory_hotplug/offline_before_5_13.js';
import { start_isolate_page_range_in_order } from '../mm/page_isolation_before_5_19.js';
import { written } from './since.js';

export const bodies = {
  zonelist_entries: written({
    'v4.13': { substitutes: { build_zonerefs_node: { populated_zone: 'managed_zone' } } },
    'v5.18': {},
  }, 'build_zonerefs_node() leaves out zones without managed pages, or without present ones.',
  { 'v5.18': 'e553f62f10d9' }),
  memmap_of_holes: written({
    'v4.13': { replaces: { init_unavailable_mem: () => {} } },
    'v4.15': { replaces: { init_unavailable_mem: (k) => k.zero_reserved_holes() } },
    'v5.0': { replaces: { init_unavailable_mem: (k) => k.zero_holes() } },
    'v5.6': { replaces: { init_unavailable_mem: (k) => k.init_unavailable_mem_node0() } },
    'v5.12': {},
  }, 'Who cares for the struct pages of holes: nobody; reserved ones are zeroed; all ' +
    'are; they become pages of node 0, zone 0; ' +
    'memmap_init().'),
  memmap_by: written({
    'v4.13': { replaces: { memmap_init: (k) => k.memmap_init_by_zone() } },
    'v5.12': { replaces: { memmap_init: (k) => k.memmap_init_zones_and_holes() } },
    'v5.14': {},
  }, 'Memory gets its struct pages zone by zone; so do holes; memory and holes in one walk.',
  { 'v5.14': '122e093c1734' }),
  memmap_of_zone: written({
    'v4.13': { replaces: { memmap_init_zone: (k, zone) => k.memmap_init_zone_span(zone) } },
    'v5.8': {},
  }, 'A zone initialises all pages of its span, or of its memory.'),
  offline_lists: written({
    'v4.13': offline_before_4_15,
    'v4.15': offline_before_5_11,
    'v5.11': offline_before_5_13,
    'v5.13': {},
  }, 'offline_pages() empties LRU caches and per-cpu lists in passes behind the first, and may ' +
    'give up; in each pass; turns the lists off, turns both off.'),
  isolation_order: written({
    'v4.13': { replaces: { start_isolate_page_range: start_isolate_page_range_in_order } },
    'v5.19': {},
  }, 'Pageblocks are isolated in order, or first, last, then the middle.'),
  node_emptiness: written({
    'v4.13': { replaces: { try_offline_node: try_offline_node_by_section } },
    'v5.4': {},
  }, 'What tells that a node has no memory: its sections, or its blocks and its span.'),
};
