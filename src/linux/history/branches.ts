/**
 * Stable and distribution releases: a mainline release, and what was picked onto its branch since.
 * A pick names a change (switches/, bodies.ts) and the mainline release that brought its value.
 */
import type { bodies } from './bodies.js';
import type { Mainline } from './since.js';
import type { switches } from './switches/config.js';

export type ChangeName = keyof typeof switches | keyof typeof bodies;

export interface Branch {
  /** `v5.10.112`: the first release that has the picks; `v5.0.0-48`: Ubuntu's own number. */
  readonly id: string;
  readonly released: string;
  readonly doc: string;
  /** The mainline release that the branch began with. */
  readonly on: Mainline;
  readonly picks: { readonly [N in ChangeName]?: Mainline };
}

/** What 5.4 got from its stable releases up to 5.4.30, but `removable`. */
const upTo5_4_30 = {
  holes_end: 'v5.6', spans_shrink_at: 'v5.5', usage_map_kept_of: 'v5.5',
} as const;
const upTo5_4_71 = {
  ...upTo5_4_30, removable_by: 'v5.6', khugepaged_updated_at_hotplug: 'v5.9',
  pcp_bulk_bounded: 'v5.9', offline_drain_after_failed_test: 'v5.9', boot_links_checked: 'v5.9',
} as const;
/** What 5.4 had when it was released, and 5.3 got from its stable releases. */
const of5_4 = {
  span_of_zone: 'v5.4', node_emptiness: 'v5.4',
  soft_offline_asks_online: 'v5.4', memory_failure_asks_online: 'v5.4',
} as const;
/** What 5.0 got from its stable releases up to 5.0.6. */
const upTo5_0_6 = {
  isolate_counts: 'v5.1', offline_isolation_end: 'v5.1',
} as const;

/** What 5.11 got from its stable releases up to 5.11.7. */
const upTo5_11_7 = {
  compaction_clamped: 'v5.12', memmap_of_holes: 'v5.12', memmap_by: 'v5.12',
} as const;

/** What branches of July 2026 got, as far as they have its code. */
const of2026_07 = {
  dax_kmem_skips_missing: 'v7.2', undone_altmap: 'v7.2', faked_uniform_counts: 'v7.2',
} as const;

/** What branches of June 2026 got: 6.12.92, 6.18.35 at the latest. */
const of2026_06 = { poison_keeps_block: 'v7.1', altmap_keeps_block: 'v7.1' } as const;

/** What 6.12 got from its stable releases, by Debian's lists of what came with each. */
const upTo6_12_19 = { empty_zone_keeps_nothing_back: 'v6.14' } as const;
const upTo6_12_20 = { ...upTo6_12_19, hugetlb_waited_for: 'v6.14' } as const;
const upTo6_12_29 = {
  ...upTo6_12_20, fallback: 'v6.15',
} as const;
const upTo6_12_67 = {
  ...upTo6_12_29, pcp_decays_in_batches: 'v6.19', faked_nodes_pxm: 'v6.14',
  coalesced_types: 'v6.19',
} as const;
const upTo6_12_97 = { ...upTo6_12_67, ...of2026_07, ...of2026_06 } as const;
const upTo6_12_110 = {
  ...upTo6_12_97, node_spanned: 'v7.2', nodestats_checked: 'v7.2',
} as const;

/** What 6.18 got from its stable releases, by texts of 6.18.2, .26, .35 and .44. */
const upTo6_18_26 = { pcp_decays_in_batches: 'v6.19', normal_memory_kept: 'v7.0' } as const;

/** What 6.1 got from its stable releases, by Debian's lists. */
const upTo6_1_39 = { dax_group_in: 'v6.5' } as const;
const upTo6_1_57 = { ...upTo6_1_39, pcp_interrupted: 'v6.2' } as const;
const upTo6_1_72 = { ...upTo6_1_57, hotplug_lock: 'v6.7' } as const;
const upTo6_1_88 = { ...upTo6_1_72, poisoned_free_page: 'v6.9' } as const;
const upTo6_1_104 = {
  ...upTo6_1_88, pcp_doubling_ends: 'v6.7', drain_counts: 'v6.11',
} as const;
const upTo6_1_178 = {
  ...upTo6_1_104, dax_kmem_skips_missing: 'v7.2', faked_uniform_counts: 'v7.2',
} as const;

/** What 5.15 got from its stable releases. */
const upTo5_15_135 = {
  zonelist_entries: 'v5.18', movable_start_checked: 'v5.18', dax_group_in: 'v6.5',
} as const;

/** What 5.10 got from its stable releases: 5.10.15, 5.10.20 and 5.10.24. */
const upTo5_10_24 = {
  bottom_up_from: 'v5.11', compaction_clamped: 'v5.12', memmap_of_holes: 'v5.12',
  memmap_by: 'v5.12', deferred_from: 'v5.11',
} as const;

// Where the first release with a pick is not known, the day is that of the text that was read.
export const branches: readonly Branch[] = [
  { id: 'v7.1.5', on: 'v7.1', released: '2026-07-29',
    doc: 'Linux 7.1 from 7.1.5 on (7.1.3 does not): ranges that dax/kmem could not add, altmaps, ' +
      'how memmaps are counted.',
    // How memmaps are counted is read in 7.1.5 only.
    picks: { ...of2026_07, memmap_counted: 'v7.2' } },
  { id: 'v6.19.14', on: 'v6.19', released: '2026-05-01',
    doc: 'Linux 6.19 from 6.19.14 on: N_NORMAL_MEMORY; the first with it is not known.',
    picks: { normal_memory_kept: 'v7.0' } },
  { id: 'v6.18.44', on: 'v6.18', released: '2026-08-21',
    doc: 'Linux 6.18 LTS from 6.18.44 on (6.18.35 does not): ranges that dax/kmem could not add, ' +
      'altmaps.',
    // The node of memory that may come is read in 6.18.33, and not in those before.
    picks: {
      ...upTo6_18_26, ...of2026_06, ...of2026_07, target_node_from: 'v7.0',
    } },
  { id: 'v6.18.26', on: 'v6.18', released: '2026-05-08',
    doc: 'Linux 6.18 LTS from 6.18.26 on: N_NORMAL_MEMORY; the first with it is not known.',
    picks: upTo6_18_26 },
  { id: 'v6.18.7', on: 'v6.18', released: '2026-01-23',
    doc: 'Linux 6.18 LTS from 6.18.7 on: decay of the per-cpu lists.',
    picks: { pcp_decays_in_batches: 'v6.19' } },
  { id: 'v6.13.8', on: 'v6.13', released: '2025-03-22',
    doc: 'Linux 6.13 from 6.13.8 on: huge pages that are freed late.',
    picks: { empty_zone_keeps_nothing_back: 'v6.14', hugetlb_waited_for: 'v6.14' } },
  { id: 'v6.13.7', on: 'v6.13', released: '2025-03-13',
    doc: 'Linux 6.13 from 6.13.7 on: lowmem reserves of empty zones.',
    picks: { empty_zone_keeps_nothing_back: 'v6.14' } },
  { id: 'v6.12.112', on: 'v6.12', released: '2026-10-01',
    doc: 'Linux 6.12 LTS from 6.12.112 on, with the fixes that its stable releases got.',
    picks: {
      ...upTo6_12_110, hugetlb_dissolves_surplus: 'v6.14', hugetlb_limit_kept: 'v7.2',
      block_altmap: 'v7.2', memmap_counted: 'v7.2', target_node_from: 'v7.0',
    } },
  { id: 'v6.12.110', on: 'v6.12', released: '2026-09-15',
    doc: 'Linux 6.12 LTS from 6.12.110 on: spans of nodes.',
    picks: upTo6_12_110 },
  { id: 'v6.12.97', on: 'v6.12', released: '2026-07-24',
    doc: 'Linux 6.12 LTS from 6.12.97 on: ranges that dax/kmem could not add, and altmaps.',
    picks: upTo6_12_97 },
  { id: 'v6.12.67', on: 'v6.12', released: '2026-01-23',
    doc: 'Linux 6.12 LTS from 6.12.67 on: decay of the per-cpu lists, nodes of numa=fake=.',
    picks: upTo6_12_67 },
  { id: 'v6.12.29', on: 'v6.12', released: '2025-05-18',
    doc: 'Linux 6.12 LTS from 6.12.29 on: fallback to other migratetypes.',
    picks: upTo6_12_29 },
  { id: 'v6.12.20', on: 'v6.12', released: '2025-03-22',
    doc: 'Linux 6.12 LTS from 6.12.20 on: huge pages that are freed late.',
    picks: upTo6_12_20 },
  { id: 'v6.12.19', on: 'v6.12', released: '2025-03-13',
    doc: 'Linux 6.12 LTS from 6.12.19 on: lowmem reserves of empty zones.',
    picks: upTo6_12_19 },
  { id: 'v6.11.11', on: 'v6.11', released: '2024-12-05',
    doc: 'Linux 6.11.11, the last 6.11, as Ubuntu 24.04 went on with it.',
    picks: { empty_zone_keeps_nothing_back: 'v6.14' } },
  { id: 'v6.6.44', on: 'v6.6', released: '2024-08-03',
    doc: 'Linux 6.6 LTS from 6.6.44 on, with the fixes that its stable releases got.',
    picks: {
      hotplug_lock: 'v6.7', pcp_doubling_ends: 'v6.7', poisoned_free_page: 'v6.9',
    } },
  { id: 'v6.6.7', on: 'v6.6', released: '2023-12-13',
    doc: 'Linux 6.6 LTS from 6.6.7 on: mem_hotplug_lock.',
    picks: { hotplug_lock: 'v6.7' } },
  { id: 'v6.1.191', on: 'v6.1', released: '2026-11-14',
    doc: 'Linux 6.1 LTS from 6.1.191 on: nodes without memory for their counters.',
    picks: { ...upTo6_1_178, nodestats_checked: 'v7.2' } },
  { id: 'v6.1.178', on: 'v6.1', released: '2026-07-24',
    doc: 'Linux 6.1 LTS from 6.1.178 on: ranges that dax/kmem could not add.',
    picks: upTo6_1_178 },
  { id: 'v6.1.104', on: 'v6.1', released: '2024-08-11',
    doc: 'Linux 6.1 LTS from 6.1.104 on, with the fixes that its stable releases got.',
    picks: upTo6_1_104 },
  { id: 'v6.1.88', on: 'v6.1', released: '2024-04-27',
    doc: 'Linux 6.1 LTS from 6.1.88 on: free pages with bad memory.',
    picks: upTo6_1_88 },
  { id: 'v6.1.72', on: 'v6.1', released: '2024-01-10',
    doc: 'Linux 6.1 LTS from 6.1.72 on: mem_hotplug_lock.',
    picks: upTo6_1_72 },
  { id: 'v6.1.57', on: 'v6.1', released: '2023-10-10',
    doc: 'Linux 6.1 LTS from 6.1.57 on: interrupts while per-cpu lists are held.',
    picks: upTo6_1_57 },
  { id: 'v6.1.39', on: 'v6.1', released: '2023-07-19',
    doc: 'Linux 6.1 LTS from 6.1.39 on: memory groups of dax devices.',
    picks: upTo6_1_39 },
  { id: 'v5.17.4', on: 'v5.17', released: '2022-04-20',
    doc: 'Linux 5.17 from 5.17.4 on: zonelists.',
    picks: { zonelist_entries: 'v5.18', movable_start_checked: 'v5.18' } },
  { id: 'v5.15.215', on: 'v5.15', released: '2026-08-07',
    doc: 'Linux 5.15 LTS from 5.15.215 on (5.15.145 does not): ranges that dax/kmem could not add.',
    picks: { ...upTo5_15_135, dax_kmem_skips_missing: 'v7.2' } },
  { id: 'v5.15.135', on: 'v5.15', released: '2023-10-10',
    doc: 'Linux 5.15 LTS from 5.15.135 on (5.15.107 does not): memory groups of dax devices.',
    picks: upTo5_15_135 },
  { id: 'v5.15.35', on: 'v5.15', released: '2022-04-20',
    doc: 'Linux 5.15 LTS from 5.15.35 on, with the fixes that its stable releases got.',
    picks: { zonelist_entries: 'v5.18', movable_start_checked: 'v5.18' } },
  { id: 'v5.14.6', on: 'v5.14', released: '2021-09-18',
    doc: 'Linux 5.14 from 5.14.6 on: zones behind 16 TiB.',
    picks: { zone_pfn_bits: 'v5.15' } },
  { id: 'v5.13.2', on: 'v5.13', released: '2021-07-14',
    doc: 'Linux 5.13 from 5.13.2 on: struct pages of memory and holes in one walk.',
    picks: { memmap_by: 'v5.14' } },
  { id: 'v5.12.17', on: 'v5.12', released: '2021-07-14',
    doc: 'Linux 5.12 from 5.12.17 on: struct pages of memory and holes in one walk.',
    picks: { memmap_by: 'v5.14' } },
  { id: 'v5.11.0-36', on: 'v5.11', released: '2021-09-08',
    doc: 'Linux 5.11 as Ubuntu kept it: holes in one walk; the first with it is not known.',
    // 5.11.0-16 of April 2021 has them zone by zone, the last 5.11 of 2022 has them in one walk.
    picks: { ...upTo5_11_7, memmap_by: 'v5.14' } },
  { id: 'v5.11.7', on: 'v5.11', released: '2021-03-17',
    doc: 'Linux 5.11 from 5.11.7 on, with the fixes that its stable releases got.',
    picks: upTo5_11_7 },
  { id: 'v5.10.112', on: 'v5.10', released: '2022-04-20',
    doc: 'Linux 5.10 LTS from 5.10.112 on, with the fixes that its stable releases got.',
    // Zonelists since 5.10.112, zones behind 16 TiB since 5.10.67 or so,
    // struct pages in one walk since 5.10.50 or so.
    picks: {
      ...upTo5_10_24, reserve_counts: 'v5.11', memmap_by: 'v5.14', zonelist_entries: 'v5.18',
      zone_pfn_bits: 'v5.15', movable_start_checked: 'v5.18',
    } },
  { id: 'v5.10.24', on: 'v5.10', released: '2021-03-17',
    doc: 'Linux 5.10 LTS from 5.10.24 on: holes, compaction, where memory is sought upwards.',
    picks: upTo5_10_24 },
  { id: 'v5.8.18', on: 'v5.8', released: '2020-11-01',
    doc: 'Linux 5.8.18, the last 5.8, as Ubuntu 20.10 went on with it.',
    // Drains since 5.8.11, min_free_kbytes since 5.8.15; the memmap is of 5.10.20 and 5.10.24.
    picks: {
      compaction_clamped: 'v5.12', khugepaged_updated_at_hotplug: 'v5.9',
      pcp_bulk_bounded: 'v5.9', offline_drain_after_failed_test: 'v5.9',
      memmap_of_holes: 'v5.12', memmap_by: 'v5.12', boot_links_checked: 'v5.9',
    } },
  { id: 'v5.5.14', on: 'v5.5', released: '2020-04-01',
    doc: 'Linux 5.5 from 5.5.14 on: `removable`.',
    picks: { removable_by: 'v5.6' } },
  { id: 'v5.4.286', on: 'v5.4', released: '2024-11-17',
    doc: 'Linux 5.4 LTS from 5.4.286 on: where ZONE_MOVABLE begins; the first with it is not ' +
      'known.',
    picks: { ...upTo5_4_71, zone_pfn_bits: 'v5.15', movable_start_checked: 'v5.18' } },
  { id: 'v5.4.188', on: 'v5.4', released: '2022-03-28',
    doc: 'Linux 5.4 LTS from 5.4.188 on: zones behind 16 TiB; the first with it is not known.',
    picks: { ...upTo5_4_71, zone_pfn_bits: 'v5.15' } },
  { id: 'v5.4.71', on: 'v5.4', released: '2020-10-14',
    doc: 'Linux 5.4 LTS from 5.4.71 on, with the fixes that its stable releases got.',
    // Drains since 5.4.67, min_free_kbytes since 5.4.71.
    picks: upTo5_4_71 },
  { id: 'v5.4.30', on: 'v5.4', released: '2020-04-02',
    doc: 'Linux 5.4 LTS from 5.4.30 on.',
    picks: { ...upTo5_4_30, removable_by: 'v5.6' } },
  { id: 'v5.3.0-46', on: 'v5.3', released: '2020-04-01',
    doc: 'Linux 5.3 as Ubuntu kept it: 5.3.0-46 and later.',
    picks: { ...of5_4, ...upTo5_4_30 } },
  { id: 'v5.0.0-48', on: 'v5.0', released: '2020-04-01',
    doc: 'Linux 5.0 as Ubuntu kept it: 5.0.0-48 and later.',
    picks: {
      ...upTo5_0_6, ...of5_4, holes_end: 'v5.6', spans_shrink_at: 'v5.5',
      removable_by: 'v5.6',
    } },
  { id: 'v5.3.14', on: 'v5.3', released: '2019-11-29', doc: 'Linux 5.3.14 stable.',
    picks: of5_4 },
  { id: 'v5.0.6', on: 'v5.0', released: '2019-04-03',
    doc: 'Linux 5.0 from 5.0.6 on, with the fixes of hotplug that went into it.',
    picks: upTo5_0_6 },
  { id: 'v4.15.0-125', on: 'v4.15', released: '2020-11-17',
    doc: 'Linux 4.15 as Ubuntu kept it: 4.15.0-125 and later.',
    // The test of zones since 4.15.0-59.
    picks: {
      khugepaged_updated_at_hotplug: 'v5.9', zone_test_spans: 'v5.0',
      hugetlb_migrates_past_limit: 'v4.16', pcp_bulk_bounded: 'v5.9',
      soft_offline_asks_online: 'v5.4',
    } },
];
