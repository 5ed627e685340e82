/** The state that a kernel is composed with. */
import { emptyBoot } from './boot_state.js';
import { noCosts } from './costs.js';
import { Counts } from './counts.js';
import { emptyHstate } from '../include/hugetlb.js';
import type { KernelState } from './kernel_state.js';
import { Memmap } from '../include/memmap.js';
import { PageblockTypes } from '../include/migratetype.js';
import { Sections } from '../include/sections.js';

/** Nobody runs but the boot, and nobody waits. */
function noTasks():
Pick<
  KernelState,
  'current' | 'signalled' | 'waiting' | 'locks' | 'drain_work' | 'now_ns' | 'clock_reads' | 'timers'
> {
  return {
    current: 'boot',
    signalled: new Map(),
    now_ns: 0,
    clock_reads: 0,
    timers: new Set(),
    waiting: undefined,
    drain_work: undefined,
    locks: {
      pcp_batch_high_lock: { held: false, readers: 0 },
      pcpu_drain_mutex: { held: false, readers: 0 },
    },
  };
}

/** Pages are not told apart, and none is a huge one. */
function noPages(): Pick<KernelState, 'movable_gigantic_pages' |
  'pageblocks' | 'pages' | 'hugetlb' | 'gigantic' | 'pages_moved_to' | 'isolation_tests'
> {
  return {
    pageblocks: new PageblockTypes(), pages: undefined, hugetlb: emptyHstate(), gigantic: [],
    movable_gigantic_pages: false,
    pages_moved_to: [],
    isolation_tests: [],
  };
}

/** No section was hot-added. */
function noMemmaps(): Pick<
  KernelState,
  'memmap_pages' | 'memmap_uncounted' | 'memmap_own' | 'memmap_misfreed' | 'memmap_torn' |
  'memmap_counted' |
    'nothing_to_reclaim'
> {
  return {
    memmap_pages: new Map(), memmap_uncounted: new Counts(), memmap_own: new Set(),
    memmap_counted: { pages: 0, boot_pages: 0, there: new Map() },
    memmap_misfreed: new Set(), memmap_torn: new Set(), nothing_to_reclaim: false,
  };
}

/** The state of a kernel before its first instruction. */
export function emptyState(): KernelState {
  return {
    nodes: [],
    node_states: {
      possible: new Set(), online: new Set(), normal_memory: new Set(), memory: new Set(),
      cpu: new Set(),
    },
    node_devices: new Set(),
    node_links: new Map(),
    cpu_to_node: new Map(),
    offline_cpus: new Set(),
    sections: new Sections(),
    boot: emptyBoot(),
    pageblock_skip: new Set(),
    memmap: new Memmap(),
    memory_blocks: new Map(),
    memory_groups: [],
    notifiers: [],
    node_notifiers: [],
    online_page_callback: undefined,
    withheld: [],
    withheld_allocated: [], withheld_unreferenced: [],
    backed: [], system_ram: [],
    unmovable: new Set(), unmovable_stays: new Set(),
    hwpoison: new Set(), num_poisoned_pages: 0, failing: new Map(),
    ...noPages(),
    ...noTasks(),
    unfreed_blocks: new Set(),
    device_hotplug_lock: 'free', mem_hotplug_lock: 'free',
    mem_hotplug_readers: 0, lru_disable_count: 0,
    zero_shadow: [],
    ...noMemmaps(),
    mhp: undefined,
    acpi_memory_devices: [], acpi_refused_devices: new Set(),
    dax_kmem: [], xen: undefined,
    virtio_mem_devices: [],
    zone_device_ranges: [],
    node_load: [],
    policy_zone: 0,
    vm_total_pages: 0,
    totalreserve_pages: 0,
    min_free_kbytes: 0,
    user_min_free_kbytes: -1,
    percpu_pagelist_high_fraction: 0,
    watermark_scale_factor: 10,
    lowmem_reserve_ratio: [256, 256, 32, 0, 0],
    transparent_hugepage: undefined,
    system_state: 'booting',
    running_cpu: 0,
    boot_pageset: { high: 0, batch: 1, high_min: 0, high_max: 0 },
    khugepaged: false,
    kswapd_wakeups: new Map(),
    oom: [],
    reclaim_retry: [],
    log: [],
    costs: noCosts(),
    faults: [],
    added: new Map(),
  };
}
