/**
 * Names of kernel functions by version, in one place. A function has one name in the model; what
 * mails, logs, probes and policies call it in other versions is here, and in no other file.
 */
import { own } from './own.js';

/** Names by the mainline release that brought them, the oldest first. */
type Names = Readonly<Record<`v${number}.${number}`, string>>;

/** By the model's name: the kernel's name since each release, the oldest first. */
const renamed = {
  __folio_alloc: { 'v5.16': '__folio_alloc', 'v6.10': '__folio_alloc_noprof' },
  __prep_account_new_huge_page: {
    'v5.14': '__prep_account_new_huge_page', 'v6.15': 'account_new_hugetlb_folio' },
  alloc_and_dissolve_hugetlb_folio: {
    'v5.13': 'alloc_and_dissolve_huge_page', 'v6.3': 'alloc_and_dissolve_hugetlb_folio' },
  alloc_contig_range: { 'v4.13': 'alloc_contig_range', 'v6.10': 'alloc_contig_range_noprof' },
  alloc_fresh_hugetlb_folio: {
    'v4.13': 'alloc_fresh_huge_page', 'v6.3': 'alloc_fresh_hugetlb_folio' },
  dequeue_hugetlb_folio_node_exact: {
    'v4.13': 'dequeue_huge_page_node_exact', 'v6.3': 'dequeue_hugetlb_folio_node_exact' },
  dissolve_free_hugetlb_folio: {
    'v4.13': 'dissolve_free_huge_page', 'v6.10': 'dissolve_free_hugetlb_folio' },
  dissolve_free_hugetlb_folios: {
    'v4.13': 'dissolve_free_huge_pages', 'v6.10': 'dissolve_free_hugetlb_folios' },
  folio_putback_hugetlb: {
    'v4.13': 'putback_active_hugepage', 'v6.4': 'folio_putback_active_hugetlb',
    'v6.14': 'folio_putback_hugetlb' },
  free_huge_folio: { 'v4.13': 'free_huge_page', 'v6.6': 'free_huge_folio' },
  free_unref_page: {
    'v4.13': 'free_hot_cold_page', 'v4.15': 'free_unref_page', 'v6.14': 'free_frozen_pages' },
  free_unref_page_commit: {
    'v4.15': 'free_unref_page_commit', 'v6.14': 'free_frozen_page_commit' },
  hotadd_init_pgdat: {
    'v4.13': 'hotadd_new_pgdat', 'v5.17': 'hotadd_init_pgdat' },
  init_reserved_page: { 'v4.13': 'init_reserved_page', 'v6.15': 'init_deferred_page' },
  isolate_hugetlb: {
    'v4.13': 'isolate_huge_page', 'v6.1': 'isolate_hugetlb', 'v6.14': 'folio_isolate_hugetlb' },
  memmap_init_range: { 'v4.13': 'memmap_init_zone', 'v5.12': 'memmap_init_range' },
  memory_block_add_nid: {
    'v6.1': 'memory_block_add_nid', 'v6.18': 'memory_block_add_nid_early' },
  mhp_online_type_from_str: {
    'v5.7': 'memhp_online_type_from_str', 'v5.12': 'mhp_online_type_from_str' },
  move_freepages_block_isolate: {
    'v6.10': 'move_freepages_block_isolate', 'v6.17': 'pageblock_isolate_and_move_free_pages' },
  register_memory_blocks_under_node: {
    'v4.13': 'link_mem_sections', 'v5.15': 'register_memory_blocks_under_node',
    'v6.17': 'register_memory_blocks_under_node_hotplug' },
  register_one_node: { 'v4.13': 'register_one_node', 'v6.19': 'register_node' },
  sparse_add_section: { 'v4.13': 'sparse_add_one_section', 'v5.3': 'sparse_add_section' },
  sparse_remove_section: {
    'v4.13': 'sparse_remove_one_section', 'v5.3': 'sparse_remove_section' },
  unregister_one_node: { 'v4.13': 'unregister_one_node', 'v6.19': 'unregister_node' },
  walk_memory_blocks: { 'v4.13': 'walk_memory_range', 'v5.3': 'walk_memory_blocks' },
} as const satisfies Readonly<Record<string, Names>>;

/** Functions of some versions, with other arguments, whose work another one does in the model. */
const folded: Readonly<Record<string, string>> = {
  __add_memory_resource: 'add_memory_resource',
  __add_section: '__add_pages',
  __free_frozen_pages: 'free_unref_page',
  __get_any_page: 'get_hwpoison_page',
  __hugetlb_alloc_buddy_huge_page: 'only_alloc_fresh_hugetlb_folio',
  __nr_hugepages_store_common: 'nr_hugepages_store',
  __offline_pages: 'offline_pages',
  __populate_section_memmap: 'vmemmap_populate',
  __remove_memory: 'try_remove_memory',
  __remove_section: '__remove_pages',
  __soft_offline_page: 'soft_offline_page',
  __update_and_free_page: '__update_and_free_hugetlb_folio',
  add_hotplug_memory_block: 'add_memory_block',
  add_memory: '__add_memory',
  alloc_buddy_huge_page: 'only_alloc_fresh_hugetlb_folio',
  alloc_buddy_hugetlb_folio: 'only_alloc_fresh_hugetlb_folio',
  alloc_contig_frozen_range_noprof: 'alloc_contig_range',
  alloc_gigantic_page: 'alloc_gigantic_folio',
  alloc_huge_page: 'alloc_hugetlb_folio',
  alloc_huge_page_nodemask: 'alloc_hugetlb_folio_nodemask',
  alloc_migrate_huge_page: 'alloc_migrate_hugetlb_folio',
  alloc_pool_huge_page: 'alloc_pool_huge_folio',
  alloc_surplus_huge_page: 'alloc_surplus_hugetlb_folio',
  balloon_append: 'withhold_pages',
  check_memblock_offlined_cb: 'try_remove_memory',
  check_pages_isolated: 'test_pages_isolated',
  check_pages_isolated_cb: 'test_pages_isolated',
  check_pfn_span: '__add_pages',
  clear_subsection_map: 'section_deactivate',
  dequeue_huge_page_nodemask: 'dequeue_hugetlb_folio_nodemask',
  enqueue_huge_page: 'enqueue_hugetlb_folio',
  fill_subsection_map: 'section_activate',
  free_area_init_nodes: 'free_area_init',
  free_gigantic_page: 'free_gigantic_folio',
  free_pool_huge_page: 'remove_pool_hugetlb_folio',
  get_any_page: 'get_hwpoison_page',
  hotplug_memory_register: 'create_memory_block_devices',
  hugetlb_hstate_alloc_pages: 'hugetlb_pages_alloc_boot',
  hugetlb_overcommit_handler: 'nr_overcommit_hugepages_store',
  increase_reservation: 'release_withheld_pages',
  init_memory_block: 'add_memory_block',
  is_mem_section_removable: 'removable_show',
  is_pageblock_removable_nolock: 'removable_show',
  isolate_or_dissolve_huge_page: 'isolate_or_dissolve_huge_pages',
  memory_block_action: 'memory_block_offline',
  move_pfn_range: 'move_pfn_range_to_zone',
  new_node_page: 'alloc_migration_target',
  new_page_nodemask: 'alloc_migration_target',
  nr_hugepages_store_common: 'nr_hugepages_store',
  online_memory_block: 'add_memory_resource',
  overlap_memmap_init: 'memmap_init_range',
  page_is_unmovable: 'has_unmovable_pages',
  pageblock_pfn_to_page: '__pageblock_pfn_to_page',
  register_mem_block_under_node_hotplug: 'register_memory_blocks_under_node',
  register_mem_sect_under_node: 'register_mem_block_under_node_early',
  register_new_memory: 'create_memory_block_devices',
  remove_hugetlb_page: 'remove_hugetlb_folio',
  remove_pool_huge_page: 'remove_pool_hugetlb_folio',
  rmqueue_buddy: 'rmqueue',
  soft_offline_free_page: 'soft_offline_page',
  soft_offline_in_use_page: 'soft_offline_page',
  soft_offline_page_store: 'soft_offline_page',
  sparse_init_nid: 'sparse_init',
  split_free_page: 'isolate_single_pageblock',
  unmap_and_move: 'migrate_pages',
  unregister_memory_section: 'remove_memory_block_devices',
  update_and_free_page: 'update_and_free_hugetlb_folio',
  virtio_mem_mb_add: 'virtio_mem_add_memory',
  virtio_mem_mb_offline_and_remove: 'virtio_mem_offline_and_remove_memory',
  virtio_mem_mb_plug_and_add: 'virtio_mem_sbm_plug_and_add_mb',
  virtio_mem_mb_plug_any_sb: 'virtio_mem_sbm_plug_any_sb',
  virtio_mem_mb_plug_sb: 'virtio_mem_sbm_plug_sb',
  virtio_mem_mb_remove: 'virtio_mem_remove_memory',
  virtio_mem_mb_unplug_any_sb: 'virtio_mem_sbm_unplug_any_sb',
  virtio_mem_mb_unplug_any_sb_offline: 'virtio_mem_sbm_unplug_any_sb_offline',
  virtio_mem_mb_unplug_any_sb_online: 'virtio_mem_sbm_unplug_any_sb_online',
  virtio_mem_mb_unplug_sb: 'virtio_mem_sbm_unplug_sb',
  virtio_mem_mb_unplug_sb_online: 'virtio_mem_sbm_unplug_sb_online',
  virtio_mem_notify_cancel_offline: 'virtio_mem_fake_offline_cancel_offline',
  virtio_mem_notify_going_offline: 'virtio_mem_fake_offline_going_offline',
  virtio_mem_notify_going_online: 'virtio_mem_sbm_notify_going_online',
  virtio_mem_notify_offline: 'virtio_mem_sbm_notify_offline',
  virtio_mem_notify_online: 'virtio_mem_sbm_notify_online',
  zone_absent_pages_in_node: 'zone_present_pages',
  zone_spanned_pages_in_node: 'zone_range_in_node',
};

/** Functions of some versions that are several in the model. */
const divided: Readonly<Record<string, readonly string[]>> = {
  memory_block_action: ['memory_block_online', 'memory_block_offline'],
  register_mem_sect_under_node: [
    'register_mem_block_under_node_early', 'register_memory_blocks_under_node'],
};

/** What a function of some versions is in the model, where it is several. */
export function partsOf(name: string): readonly string[] {
  return own(divided, name) ?? [];
}

/** The function's names since each release; of one that kept its name that alone. */
export function namesOf(model: string): Names {
  return own<Names>(renamed, model) ?? { 'v4.13': model };
}

/** All names that a function of the model has in the kernel, the newest first. */
export function kernelNames(model: string): readonly string[] {
  return [...new Set(Object.values(namesOf(model)).reverse())];
}

const renamedFrom: ReadonlyMap<string, string> = new Map(Object.keys(renamed).flatMap((model) =>
  kernelNames(model).map((name) => [name, model] as const)));

/**
 * The model's name of a function that was only renamed; undefined: none. `isModel`: whether there
 * is something of that name itself, which then is meant.
 */
export function renamedTo(name: string, isModel: (name: string) => boolean): string | undefined {
  if (isModel(name)) return name;
  const model = renamedFrom.get(name);
  return model !== undefined && isModel(model) ? model : undefined;
}

/** As renamedTo(), also where another function of the model does its work. */
export function modelName(name: string, isModel: (name: string) => boolean): string | undefined {
  const model = renamedTo(name, isModel) ?? own(folded, name);
  return model !== undefined && isModel(model) ? model : undefined;
}

/** `free_frozen_pages since v6.14`: what other names a function had and has, for people. */
export function otherNames(model: string): readonly string[] {
  const entries = Object.entries(namesOf(model));
  return entries.filter(([, name]) => name !== model).map(([from, name]) => {
    const next = entries[entries.findIndex(([one]) => one === from) + 1]?.[0];
    return next === undefined ? `${name}() since ${from}` : `${name}() before ${next}`;
  });
}
