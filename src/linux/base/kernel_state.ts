/** All that the modelled kernel knows at one moment: what its functions change, probes look at. */
import type { BootState } from './boot_state.js';
import type { Costs } from './costs.js';
import type { Counts } from './counts.js';
import type { DaxKmem } from '../drivers/dax/dax_private.js';
import type { XenBalloon } from '../drivers/xen/balloon.js';
import type { GiganticFolio, Hstate } from '../include/hugetlb.js';
import type { Hrtimer } from '../kernel/time/hrtimer.js';
import type { KernelFault } from './fault.js';
import type { Memmap } from '../include/memmap.js';
import type { NodeNotifier } from '../include/node.js';
import type { PageblockTypes } from '../include/migratetype.js';
import type { Sections } from '../include/sections.js';
import type { VirtioMem } from '../drivers/virtio/virtio_mem/device.js';
import type { Pages } from '../mm/pages/pages.js';
import type {
  AcpiMemoryDevice, IsolationTest, LockName, LogLine, MemmapPages, MemoryBlock, MemoryGroup,
  MemoryNotifier, MhpParameters, NodeState, OnlinePageCallback, OomEvent, PcpLimits,
  Pgdat, SleepingLock, WithheldRange, Zone,
} from '../include/mmzone.js';

/** `fatal`: the task will not come back to user space. */
export type Signal = 'fatal' | 'plain';

/** Everything the modelled kernel remembers. */
export interface KernelState {
  /** By nid; every possible node has one. */
  readonly nodes: Pgdat[];
  readonly node_states: Readonly<Record<NodeState, Set<number>>>;
  /** node_devices[]: nids that have a sysfs object. */
  readonly node_devices: Set<number>;
  /** Ids of the blocks that each node's directory links to; the other way is `links` of a block. */
  readonly node_links: Map<number, Set<number>>;
  /** CPU number to nid, for every present CPU. */
  readonly cpu_to_node: Map<number, number>;
  /** CPUs that are present and not online. */
  readonly offline_cpus: Set<number>;
  readonly sections: Sections;
  readonly boot: BootState;
  /** First pfns of the pageblocks that compaction's free scanner skips. */
  readonly pageblock_skip: Set<number>;
  readonly memmap: Memmap;
  /** By block id, in order of registration: the order of the device list. */
  readonly memory_blocks: Map<number, MemoryBlock>;
  readonly memory_groups: MemoryGroup[];
  readonly notifiers: MemoryNotifier[];
  readonly node_notifiers: NodeNotifier[];
  online_page_callback: OnlinePageCallback | undefined;
  /** Sorted, disjoint. */
  readonly withheld: WithheldRange[];
  /** Those of them that alloc_contig_range() took from the page allocator. Sorted, disjoint. */
  readonly withheld_allocated: WithheldRange[];
  /** Those of them that the driver let go of, so that they can go offline. Sorted, disjoint. */
  readonly withheld_unreferenced: WithheldRange[];
  /** What the host backs of a range being onlined: hv_online_page(), virtio-mem. Sorted. */
  readonly backed: WithheldRange[];
  /** "System RAM" of /proc/iomem, bytes, sorted; filled at boot, then by add and remove. */
  readonly system_ram: { start: number; end: number }[];
  /** Pfns of pages that the kernel put into a block and that cannot be moved (`unmovable_page`). */
  readonly unmovable: Set<number>;
  /** Of these, those that are in the way of every call from then on. */
  readonly unmovable_stays: Set<number>;
  /** Pages that are out of use because their memory failed. */
  readonly hwpoison: Set<number>;
  /** HardwareCorrupted of /proc/meminfo, in pages. */
  num_poisoned_pages: number;
  /** Functions that are made to fail, by name: which call from now on, and with what. */
  readonly failing: Map<string, { nth: number; readonly ret: number }>;
  /** Migratetypes of pageblocks. */
  readonly pageblocks: PageblockTypes;
  /** Free lists and per-cpu lists, page by page; undefined: pages are only counted. */
  pages: Pages | undefined;
  /** The pool of huge pages of 2 MiB. */
  hugetlb: Hstate;
  /** Huge pages of more than a block of the buddy allocator, by pfn. */
  readonly gigantic: GiganticFolio[];
  /** vm.movable_gigantic_pages (from v7.0): they may come from ZONE_MOVABLE. */
  movable_gigantic_pages: boolean;
  /** Pages that were moved out of a range, by the node that they went to. */
  readonly pages_moved_to: number[];
  /** What test_pages_isolated() found, in order; `fin_pfn` is where it stopped. */
  readonly isolation_tests: IsolationTest[];
  /** CPUs whose workers have been asked to drain their lists and have not yet (to v5.19). */
  drain_work: { readonly zone: Zone | undefined; readonly cpus: readonly number[] } | undefined;
  /** The task that runs: `udevd-311`; `boot` at boot. */
  current: string;
  /** Signals that wait for a task, by its name: one that ends it, or another. */
  readonly signalled: Map<string, Signal>;
  /** ns since the machine booted. */
  now_ns: number;
  /** How often somebody asked for the time. */
  clock_reads: number;
  /** Those that run. */
  readonly timers: Set<Hrtimer>;
  /** What the task that ran last waits for; undefined: nothing. Taken by whoever runs tasks. */
  waiting: (() => boolean) | undefined;
  readonly locks: Readonly<Record<LockName, SleepingLock>>;
  /** Memory blocks that were removed and stay, for somebody has a reference of them. */
  unfreed_blocks: Set<MemoryBlock>;
  /** `lost`: its holder ran into a BUG or an oops, nobody will get it any more. */
  device_hotplug_lock: 'free' | 'held' | 'lost';
  /** Held to write; `lost` as above. */
  mem_hotplug_lock: 'free' | 'held' | 'lost';
  /** Tasks that want memory to stay online. */
  mem_hotplug_readers: number;
  /** How often the per-cpu caches of pages on their way to the LRU lists were switched off. */
  lru_disable_count: number;
  /** Ranges whose KASAN shadow is one shared page of zeros. */
  readonly zero_shadow: { start_pfn: number; nr_pages: number }[];
  /** Pages that the memmap of a hot-added section took from free memory, by section number. */
  readonly memmap_pages: Map<number, MemmapPages[]>;
  /** Pages of the memmap of hot-added sections that free pages were not counted for, by section. */
  readonly memmap_uncounted: Counts;
  /** Hot-added sections whose memmap lies in their own memory block. */
  readonly memmap_own: Set<number>;
  /** Such sections of which the memmap was freed to the page allocator. */
  readonly memmap_misfreed: Set<number>;
  /** What /proc/vmstat says of memmaps, and those that were added and are there, by first pfn. */
  readonly memmap_counted: {
    pages: number; boot_pages: number; readonly there: Map<number, number>;
  };
  /** Sections of boot memory that lost a part of their memmap. */
  readonly memmap_torn: Set<number>;
  /** Reclaim would free no page, so that a memmap needs pages that are free. */
  nothing_to_reclaim: boolean;
  /** Undefined until the command line was read for it. */
  mhp: MhpParameters | undefined;
  readonly acpi_memory_devices: AcpiMemoryDevice[];
  /** First pages of DIMMs that are plugged, and were refused: their devices have no driver. */
  readonly acpi_refused_devices: Set<number>;
  readonly dax_kmem: DaxKmem[];
  /** balloon_stats of a Xen guest; undefined: there is no balloon, or nobody has asked it yet. */
  xen: XenBalloon | undefined;
  /** In order of probing. */
  readonly virtio_mem_devices: VirtioMem[];
  readonly zone_device_ranges: { nid: number; start_pfn: number; nr_pages: number }[];
  readonly node_load: number[];
  policy_zone: number;
  vm_total_pages: number;
  /** Pages that are not to be counted as available: totalreserve_pages of all online nodes. */
  totalreserve_pages: number;
  /** kB, as the sysctl has it. */
  min_free_kbytes: number;
  /** kB, what was written to the sysctl; -1: nothing. */
  user_min_free_kbytes: number;
  /** vm.percpu_pagelist_high_fraction; 0: high comes from the low watermark. */
  percpu_pagelist_high_fraction: number;
  /** vm.watermark_scale_factor: distance of the watermarks in 10000ths of the zone. */
  watermark_scale_factor: number;
  /** vm.lowmem_reserve_ratio, by zone index; 0: nothing is kept back. */
  lowmem_reserve_ratio: readonly number[];
  /** What was written to transparent_hugepage/enabled; undefined: never written. */
  transparent_hugepage: 'always' | 'madvise' | 'never' | undefined;
  system_state: 'booting' | 'running';
  /** The CPU that the current call runs on: numa_node_id() is its node. */
  running_cpu: number;
  /** boot_pageset: shared by all zones whose `pageset` is 'boot'. */
  readonly boot_pageset: PcpLimits;
  /** khugepaged_thread exists. */
  khugepaged: boolean;
  /** How often kswapd of a node was woken, by nid. */
  readonly kswapd_wakeups: Map<number, number>;
  /** Allocations that ended in the OOM killer, in order. */
  readonly oom: OomEvent[];
  /** Zones that the last should_reclaim_retry() looked at, in list order. */
  reclaim_retry: readonly Zone[];
  readonly log: LogLine[];
  readonly costs: Costs;
  /** Faults of the modelled kernel, in order: compared and reported, never an error of ours. */
  readonly faults: KernelFault[];
  /** State that a patch brings along (Patch.adds.state), by patch id. */
  readonly added: Map<string, object>;
}
