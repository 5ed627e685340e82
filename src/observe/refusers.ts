/** Kernel functions that refuse a hotplug call, and what it means when they do. */
import type * as functions from '../linux/functions.js';

/** By function: the words for its refusal; '' where its error says all that is known. */
const words = {
  // mm/page_isolation.c, mm/migrate.c, mm/hugetlb.c
  set_migratetype_isolate: 'a pageblock of the range cannot be isolated',
  start_isolate_page_range: '',
  scan_movable_pages: 'a driver withholds pages of the range and keeps a reference on them',
  dissolve_free_hugetlb_folio:
    'a huge page of the range is in use, or is reserved and there is no other for it',
  alloc_contig_range: 'pages of the range are in use and stay where they are',
  // mm/memory_hotplug.c
  offline_pages: '',
  online_pages: '',
  add_memory_resource: '',
  check_hotplug_memory_range: 'the range does not begin and end with a memory block',
  __add_pages: '',
  try_remove_memory: 'a memory block of the range is still online',
  offline_and_remove_memory: '',
  offline_and_remove_memory_ranges: '',
  memory_blocks_have_altmaps: 'blocks of the range hold their memmaps in different ways',
  // mm/sparse.c, mm/memremap.c, kernel/resource.c
  sparse_add_section: 'a section of the range is there already',
  vmemmap_populate: 'no free pages for the memmap',
  memremap_pages: '',
  register_memory_resource:
    'the range is System RAM already, or lies behind mem= or where memory can be mapped',
  // drivers/base
  memory_notify: 'a memory notifier refuses',
  add_memory_block: 'the memory block is there already',
  create_memory_block_devices: '',
  memory_block_online: '',
  memory_block_offline: 'the block lies in no zone, or in several',
  memory_subsys_offline: 'a section of the block is not there',
  state_store: 'the block is not in the state that the word begins from',
  memory_group_unregister: '',
  // drivers
  acpi_scan_try_to_offline: '',
  acpi_memory_enable_device: '',
  acpi_scan_hot_remove: '',
  virtio_mem_fake_offline: 'pages of a sub-block are in use',
  virtio_mem_sbm_notify_going_online: 'the driver of the device puts its blocks online itself',
  virtio_mem_sbm_plug_request: '',
  virtio_mem_sbm_unplug_request: '',
  virtio_mem_bbm_plug_request: '',
  virtio_mem_bbm_unplug_request: '',
  virtio_mem_sbm_unplug_any_sb_online: '',
  dev_dax_kmem_probe: '',
  dax_kmem_state_store: 'there is no such file, word or state of the device',
  memory_failure: 'the page is not online, or its memory had failed before',
  soft_offline_page: 'the page is not online',
  dev_dax_kmem_remove: 'a block of the device is still online',
} satisfies { readonly [Name in keyof typeof functions]?: string };

export type Refuser = keyof typeof words;

export const refusers: Readonly<Record<string, string>> = words;
