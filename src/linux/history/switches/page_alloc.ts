/** Version switches of zonelists, watermarks, per-cpu list sizes and the allocation walk. */
import { since } from '../since.js';

export const page_alloc = {
  zonelists_of: since({ 'v4.13': 'online', 'v5.18': 'possible' },
    'Whose lists a rebuild writes: the online nodes, or all possible ones.'),
  memoryless_local_node_skipped: since({ 'v4.13': false, 'v6.8': true },
    'A node without memory is not in its own fallback order.', { 'v6.8': 'c2baef394af8' }),
  node_load_step: since({ 'v4.13': 'set_load', 'v5.16': 'add_load', 'v5.19': 'add_one' },
    'What build_zonelists() does to node_load[] of the first node of a distance group: sets it ' +
    'to `load`, adds `load`, adds 1. `load` starts at the number of online nodes and falls by 1 ' +
    'for each node listed.'),
  node_load_scaled: since({ 'v4.13': true, 'v5.18': false },
    'The value of a node is multiplied by the number of online nodes too.'),
  fallback_order_printed: since({ 'v4.13': false, 'v5.16': true },
    'The lines `Fallback order for Node` are printed.'),
  zonelists_stop_machine: since({ 'v4.13': true, 'v4.14': false },
    'A rebuild stops all other CPUs.'),
  kswapd_wake_skips_unmanaged: since({ 'v4.13': false, 'v5.19': true },
    'wake_all_kswapds() passes over zones without managed pages.', { 'v5.19': 'bc53008eea55' }),
  movable_min_capped: since({ 'v4.13': false, 'v6.6': true },
    'min of ZONE_MOVABLE is small and its pages are no lowmem.'),
  min_free_kbytes_max: since({ 'v4.13': 65536, 'v5.8': 262144 },
    'Largest min_free_kbytes that is computed.'),
  empty_zone_reserves_nothing: since({ 'v4.13': false, 'v5.8': true },
    'A zone without managed pages keeps nothing back.'),
  reserve_counts: since({ 'v4.13': 'all', 'v5.8': 'keeping', 'v5.11': 'all' },
    'What a zone keeps back from requests that could use a zone far above it counts all zones ' +
    'between, or those only that keep something back themselves.'),
  empty_zone_keeps_nothing_back: since({ 'v4.13': false, 'v6.10': true, 'v6.14': false },
    'Nothing is kept back from a zone without managed pages.',
    { 'v6.10': '96a5c186efff', 'v6.14': 'eae116d1f044' }),
  managed_updates_reserve: since({ 'v4.13': false, 'v6.13': true },
    'Whoever changes managed pages has the lowmem reserves computed again.',
    { 'v6.13': '9726891fe753' }),
  wmarks_update_pcp: since({ 'v4.13': false, 'v5.14': true },
    'setup_per_zone_wmarks() recomputes the per-cpu list sizes too.'),
  pcp_high: since({ 'v4.13': 'batches', 'v5.14': 'low_wmark', 'v6.7': 'min_max' },
    'Where high of the per-cpu lists comes from: six batches, the low watermark, or floating ' +
    'between two limits.'),
  pcp_sizes_remembered: since({ 'v4.13': false, 'v5.11': true },
    'Sizes that the zone remembers are not written again, so that a pageset that was just ' +
    'allocated can stay as small as the one of boot.'),
  pcp_batch_bound: since({ 'v4.13': 128, 'v4.19': 256 },
    'Pages that bound four batches.'),
  khugepaged_updated_at_hotplug: since({ 'v4.13': false, 'v5.9': true },
    'min_free_kbytes is raised again for huge pages after a hotplug.', { 'v5.9': '4aab2be09830' }),
  min_free_recomputed_without_thp: since({ 'v4.13': false, 'v5.16': true },
    'min_free_kbytes is computed again when huge pages are off.', { 'v5.16': 'bd3400ea173f' }),
  thp_counts_movable: since({ 'v4.13': true, 'v4.18': false },
    'ZONE_MOVABLE counts when min_free_kbytes is raised for huge pages.'),
  built_line_names_order: since({ 'v4.13': true, 'v4.14': false },
    '`Built N zonelists in Node order, ...`.'),
};
