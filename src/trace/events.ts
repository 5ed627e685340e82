/**
 * Every event a trace can hold, as data: the reader, the writer, `traces/README.md` and
 * `mmreplay list events` all come from this table.
 *
 * Names are the kernel's: functions, tracepoints, words written to sysfs. `tracingMark` rows say
 * where a step of a recording begins.
 */

import { pageEvents } from './page_events.js';
import type { EventType } from './event_type.js';
import { bytes, flag, number, numbers, recorded, text } from './words.js';

const block = ['phase', 'pfn', 'nr_pages', 'ret', 'args'] as const;
/** `args` of an input call. */
const callArgs = {
  auto: recorded(flag('1: the call around it makes this one by itself (auto_online_blocks; '
    + 'removal of a DIMM)')),
  before: recorded(flag('1: it was over before the recording began; known by the first snapshot')),
  ret_from: recorded(text('`info.json`: the call was not seen to return, `ret` is what the '
    + 'recorder noted; `snapshot`: it returned while a snapshot was made')),
} as const;
const firmwareNode = {
  of_firmware: flag('1: `nid` is the node as the firmware has it, which a kernel with numa=fake= '
    + 'finds as another one'),
} as const;
const onlineArgs = {
  ...callArgs,
  word: recorded(text('`unknown`: the call was seen, not what was written to sysfs; `by-zone`: '
    + 'taken from the zone that came of it')),
} as const;
const range = ['pfn', 'nr_pages'] as const;
const call = ['phase', 'ret'] as const;

export const eventTypes = {
  // ---- setup: what shapes the machine -------------------------------------------------------
  e820: {
    role: 'setup', uses: ['args'],
    args: { start: bytes('first byte'), end: bytes('byte after the last'),
      type: text('usable, reserved, ...') },
    doc: 'A range of the firmware memory map, in bytes.',
  },
  srat_mem: {
    role: 'setup', uses: ['nid', 'args'],
    args: { start: bytes('first byte'), end: bytes('byte after the last'),
      hotplug: flag('1 for a hotplug window') },
    doc: 'A memory range that the firmware gives to a node.',
  },
  srat_cpu: { role: 'setup', uses: ['nid', 'args'], args: { cpu: number('CPU number') },
    doc: 'A CPU and its node.' },
  numa_distance: { role: 'setup', uses: ['nid', 'args'],
    args: { to: number('the other node'), distance: number('as in the SLIT; 10 is local') },
    doc: 'The distance from node `nid` to another one; 10 and 20 when no row says otherwise.' },
  boot_param: { role: 'setup', uses: ['args'], isText: true,
    doc: 'The kernel command line, whole, in `args`.' },
  memblock_reserve: { role: 'setup', uses: ['args'],
    args: { start: bytes('first byte'), end: bytes('byte after the last') },
    doc: 'A range that firmware tables or early code reserved before the memmap was made.' },
  dma_reserve: { role: 'setup', uses: ['nr_pages'],
    doc: 'Pages that were reserved below 16 MiB when the kernel sized its zones (before v6.10).' },
  freed_at_boot: { role: 'setup', uses: ['nr_pages', 'args'],
    args: { what: text('initrd, initmem, text/rodata gap, ...'),
      initcall: flag('1: an initcall freed what is else freed before all of them') },
    doc: 'Pages given to the buddy allocator after the watermarks were first computed.' },

  // ---- taken: what the model cannot know ----------------------------------------------------
  managed_at_boot: { role: 'taken', uses: ['nid', 'zone', 'nr_pages'],
    doc: 'Managed pages of a zone after boot: present pages less what the kernel had reserved.' },
  nr_free_pages: { role: 'taken', uses: ['nid', 'zone', 'nr_pages', 'args'],
    args: { pcp: numbers('pages on per-cpu lists, for each CPU, joined by `/`, `-` for one that is '
      + 'offline; here and below only in a trace of pages'),
      stat_threshold: number('so much a CPU may keep back of a counter'),
      allocations: number('the kernel has counted since it booted (numa_hit and numa_miss)'),
      reclaimable: flag('0: reclaim finds nothing, so that a memmap needs pages that are free'),
      traced: recorded(flag('1: it was read while pages were traced, at the time of this row')),
      read_at: recorded(number('ns; at the first snapshot: pages before this time are in it '
        + 'already')) },
    doc: 'Free pages of a zone at a snapshot: user space and the slab caches decide them.' },
  watermark_boost: { role: 'taken', uses: ['nid', 'zone', 'nr_pages'],
    doc: 'What a zone adds to its watermarks at a snapshot, when not 0; stands behind the row of '
      + 'its free pages. Allocations that took a pageblock of another migratetype decide it.' },
  hugetlb_pool: { role: 'taken', uses: ['nid', 'nr_pages', 'args'],
    args: { free: number('huge pages'), surplus: number('likewise'),
      reserved: number('likewise, without a node') },
    doc: 'Huge pages of a node at a snapshot, of all of them when it has no `nid`. How many are in '
      + 'use or reserved is taken; how many there are only where the trace has no pages.' },
  busy_range: { role: 'taken', uses: ['pfn', 'nr_pages', 'ret', 'args'],
    args: { stage: text('isolate, migrate or test: what failed'),
      fin_pfn: number('the page in the way, or the pageblock that it is in, when that is known') },
    doc: 'A range that alloc_contig_range() will fail to get, once for each row: its pages were '
      + 'in use; stands before the calls of the step that met it.' },
  unmovable_page: { role: 'taken', uses: ['pfn', 'args'],
    args: { reason: text('as the kernel printed it; of a page that could be moved and was not '
      + '(`migration_failure`, `isolation_failed`) the report speaks, no call is refused for it'),
      stays: recorded(flag('1: it is in the way of all that follows, as in a scenario')) },
    doc: 'A page that the kernel itself had put into a block and that cannot be moved; stands '
      + 'before the calls of the step that met it, in a scenario of all steps.' },

  // ---- marks --------------------------------------------------------------------------------
  tracing_mark_write: { role: 'mark', uses: ['args'], isText: true,
    doc: 'A step of the recording begins; its number and action in `args` (`step 3: ...`).' },
  lost_events: { role: 'mark', uses: ['args'],
    args: { events: number('how many; absent: not known'),
      full: flag('1: its buffer was full, nothing of `cpu` follows') },
    doc: 'Events of `cpu` (of any, when it is empty) are missing: since the row before this one '
      + 'that is of that CPU, with `full` from here on.' },
  snapshot: { role: 'mark', uses: ['args'], args: { step: number('number of the step it follows') },
    doc: 'The snapshot rows that follow show the state after this step; 0 is after boot.' },

  // ---- inputs: hotplug ----------------------------------------------------------------------
  add_memory: { role: 'input', uses: ['phase', 'nid', 'pfn', 'nr_pages', 'ret', 'args'],
    sleeps: true, args: {
      flags: recorded(text('mhp flags of the recorded call, when not 0; the model works them out')),
      ...callArgs, ...firmwareNode },
    doc: 'A range is hot-added: __add_memory(), as ACPI calls it for a DIMM.' },
  remove_memory: { role: 'input', uses: [...block, 'nid'], sleeps: true, args: callArgs,
    doc: 'A range is removed: __remove_memory(); `nid` is what its caller believes (to v5.14).' },
  online: { role: 'input', uses: block, sleeps: true, args: onlineArgs,
    doc: '`online` written to the state of a memory block.' },
  online_kernel: { role: 'input', uses: block, sleeps: true, args: onlineArgs,
    doc: '`online_kernel` written to the state of a memory block.' },
  online_movable: { role: 'input', uses: block, sleeps: true, args: onlineArgs,
    doc: '`online_movable` written to the state of a memory block.' },
  offline: { role: 'input', uses: block, sleeps: true, args: callArgs,
    doc: '`offline` written to the state of a memory block.' },
  notifier_error: { role: 'input', uses: ['ret', 'args'], asksRet: true,
    args: { action: text('MEM_GOING_ONLINE, MEM_GOING_OFFLINE, ...') },
    doc: 'From here on a memory notifier answers this action with `ret`; 0 takes it back.' },
  fail_function: { role: 'input', uses: ['ret', 'args'], asksRet: true,
    args: { fn: text('the function'),
      nth: number('its call from now on that fails; default 1, the next') },
    doc: 'A function is made to fail once (fault injection): it gives `ret` and does nothing.' },
  read_parameter: { role: 'input', uses: ['args'],
    args: { file: text('/proc/sys/vm/lowmem_reserve_ratio') },
    doc: 'A parameter is read for which reading does something: what zones keep back is computed '
      + 'anew.' },
  write_parameter: { role: 'input', uses: ['ret', 'args'],
    args: {
      file: text('below /proc/sys/vm, /sys/module/memory_hotplug/parameters, '
        + '.../hugepages-2048kB, ...'),
      value: text('as written, blanks as `/`') },
    doc: 'A parameter of memory management is written while the kernel runs. Where the trace has '
      + 'allocations for the pool of huge pages, those tell what became of nr_hugepages.' },
  set_online_page_callback: { role: 'input', uses: [...range, 'ret', 'args'],
    args: {
      driver: text('xen (all is withheld; the default), hyperv, virtio-mem (the range is backed)'),
    },
    doc: 'A driver replaces the online page callback by one that withholds pages.' },
  restore_online_page_callback: { role: 'input', uses: ['ret'],
    doc: 'The generic online page callback is back.' },
  free_reserved_page: { role: 'input', uses: ['phase', ...range, 'args'], sleeps: true,
    args: { released: recorded(text('on E: how many went to the buddy allocator')) },
    doc: 'Withheld pages are handed to the buddy allocator one by one, managed pages rising.' },
  adjust_managed_page_count: { role: 'input', uses: ['nid', 'zone', 'nr_pages'],
    doc: 'A balloon changes the managed pages of a zone by `nr_pages` (negative: inflates).' },
  virtio_mem_config_changed: { role: 'input', uses: ['nid', ...range, 'args'],
    args: {
      device: text('as the kernel names it, `virtio0`'),
      block_size: bytes('bytes that can be plugged at once'),
      requested_size: bytes('bytes that are to be plugged from now on'),
      auto_online: text('what the kernel does with added memory: offline, online, ...'),
      ...firmwareNode,
    },
    doc: 'A virtio-mem device, whose region this is, wants another size; its driver is loaded '
      + 'when it is the first row of the device.' },
  dax_kmem_probe: { role: 'input', uses: ['nid', 'ret', 'args'],
    args: {
      device: text('as the kernel names it, `dax0.0`'),
      ranges: text('START-END in bytes, END one past the last, joined by `/`'),
      memmap_on_memory: flag('1: its memmap comes from its own memory, where it can'),
      auto_online: text('as of virtio_mem_config_changed'),
    },
    doc: 'The memory of a device of the dax bus is added to node `nid` (none: the firmware told '
      + 'none, NUMA_NO_NODE): dev_dax_kmem_probe().' },
  dax_kmem_state: { role: 'input', uses: ['ret', 'args'],
    args: { device: text('as above'),
      value: text('unplugged, online, online_kernel, online_movable') },
    doc: 'A word is written to the file `state` of a device that kmem has (from v7.3).' },
  dax_kmem_remove: { role: 'input', uses: ['ret', 'args'], args: { device: text('as above') },
    doc: 'kmem lets go of the device: what has no block online is removed.' },
  memremap_pages: { role: 'input', uses: ['nid', ...range],
    doc: 'A range is mapped as ZONE_DEVICE.' },
  memunmap_pages: { role: 'input', uses: ['nid', ...range],
    doc: 'A ZONE_DEVICE range is unmapped.' },
  cpu_online: { role: 'input', uses: ['nid', 'args'], args: { cpu: number('CPU number') },
    doc: 'A CPU appears on a node, or one that is there comes online, `nid` being known then.' },
  cpu_offline: { role: 'input', uses: ['args'], args: { cpu: number('CPU number') },
    doc: 'A CPU goes offline and stays present.' },
  cpu_remove: { role: 'input', uses: ['nid', 'args'], args: { cpu: number('CPU number') },
    doc: 'A CPU is removed through ACPI; its node may go offline.' },
  compact_zone: { role: 'input', uses: ['nid', 'zone', 'pfn', 'order'],
    doc: 'Compaction of a zone, whose fast free scanner looks at the free page `pfn` last.' },
  read_kpageflags: { role: 'input', uses: range,
    doc: '/proc/kpageflags is read over a range of pfns.' },
  add_memory_driver_managed: { role: 'input', uses: ['nid', ...range, 'ret', 'args'],
    args: { auto_online: text('as of virtio_mem_config_changed') },
    doc: 'A driver that manages memory adds a range to node `nid`.' },
  xen_balloon_target: { role: 'input', uses: ['nr_pages'],
    doc: 'A Xen guest is to have `nr_pages` in all: its balloon adds memory, or gives and takes '
      + 'pages; where it has to wait, it goes on as time passes (`wait`).' },
  unplug_memory: { role: 'input', uses: [...range, 'ret', 'args'],
    args: { ranges: text('several: as of dax_kmem_probe; from v7.3, or with a policy for it') },
    doc: 'A driver takes memory offline and removes it: offline_and_remove_memory(), or _ranges(); '
      + 'the task of the row is who does it, and who gets signals.' },
  policy_call: { role: 'input', uses: ['phase', 'nid', ...range, 'order', 'ret', 'args'],
    sleeps: true,
    args: { call: text('name of the event that a policy adds (`adds.events`)'),
      value: text('a word that it takes') },
    doc: 'What a policy says that it does; a kernel without that policy does nothing.' },
  wait: { role: 'input', uses: [], doc: 'Time has passed until this row: timers expire.' },
  read_valid_zones: { role: 'input', uses: range,
    doc: 'valid_zones of a memory block is read.' },

  // ---- pages --------------------------------------------------------------------------------
  ...pageEvents,

  // ---- outcomes: calls of kernel functions --------------------------------------------------
  add_memory_resource: { role: 'outcome', uses: [...call, 'nid', ...range], sleeps: true,
    doc: 'mm/memory_hotplug.c; nid is the argument: for a DIMM the number of a memory group.' },
  hotadd_init_pgdat: { role: 'outcome', uses: ['nid'],
    doc: 'mm/memory_hotplug.c: a node gets its first memory.' },
  build_all_zonelists: { role: 'outcome', uses: [],
    doc: 'mm/page_alloc.c: the zonelists are built again.' },
  __build_all_zonelists: { role: 'outcome', uses: [],
    doc: 'mm/page_alloc.c: the part of it that runs alone.' },
  arch_add_memory: { role: 'outcome', uses: [...call, 'nid', ...range], sleeps: true,
    doc: 'arch/x86/mm/init_64.c: page tables and memmap of an added range.' },
  create_memory_block_devices: { role: 'outcome', uses: [...call, ...range],
    doc: 'drivers/base/memory.c: the blocks of an added range.' },
  memory_subsys_online: { role: 'outcome', uses: call, sleeps: true,
    doc: 'drivers/base/memory.c: a write to `state` that onlines.' },
  memory_subsys_offline: { role: 'outcome', uses: call, sleeps: true,
    doc: 'drivers/base/memory.c: a write to `state` that offlines.' },
  online_pages: { role: 'outcome', uses: [...call, 'nid', 'zone', ...range], sleeps: true,
    doc: 'mm/memory_hotplug.c; nid and zone are those it goes to.' },
  offline_pages: { role: 'outcome', uses: [...call, 'nid', 'zone', ...range], sleeps: true,
    doc: 'mm/memory_hotplug.c; nid and zone are those it is taken from.' },
  move_pfn_range_to_zone: { role: 'outcome', uses: ['nid', 'zone', ...range, 'migratetype'],
    doc: 'mm/memory_hotplug.c: zone and node spans grow.' },
  remove_pfn_range_from_zone: { role: 'outcome', uses: ['nid', 'zone', ...range],
    doc: 'mm/memory_hotplug.c: zone and node spans shrink.' },
  adjust_present_page_count: { role: 'outcome', uses: ['nr_pages'],
    doc: 'mm/memory_hotplug.c: present pages of a zone change.' },
  memory_notify: { role: 'outcome', uses: ['args'], printed: true,
    args: { action: text('MEM_ONLINE, MEM_GOING_OFFLINE, ...') },
    doc: 'drivers/base/memory.c: the notifiers are called; the number that the kernel has for an '
      + 'action is read by the numbers a recording has.' },
  zone_pcp_disable: { role: 'outcome', uses: ['nid', 'zone'],
    doc: 'mm/page_alloc.c: no page goes to the per-cpu lists of a zone.' },
  zone_pcp_enable: { role: 'outcome', uses: ['nid', 'zone'],
    doc: 'mm/page_alloc.c: they are used again.' },
  zone_pcp_reset: { role: 'outcome', uses: ['nid', 'zone'],
    doc: 'mm/page_alloc.c: a zone without pages gets the lists of the boot.' },
  drain_all_pages: { role: 'outcome', uses: [],
    doc: 'mm/page_alloc.c: per-cpu lists are emptied.' },
  __drain_all_pages: { role: 'outcome', uses: ['args'], printed: true,
    args: { force_all_cpus: text('0 or 1') },
    doc: 'mm/page_alloc.c: likewise, perhaps on all CPUs.' },
  start_isolate_page_range: { role: 'outcome', uses: [...call, ...range, 'migratetype'],
    doc: 'mm/page_isolation.c: pageblocks become MIGRATE_ISOLATE.' },
  undo_isolate_page_range: { role: 'outcome', uses: [...range, 'migratetype'],
    doc: 'mm/page_isolation.c: they get this migratetype.' },
  test_pages_isolated: { role: 'outcome', uses: ['pfn', 'nr_pages', 'ret', 'args'], printed: true,
    args: { fin_pfn: number('first page that stopped the test') },
    doc: 'Tracepoint page_isolation:test_pages_isolated; ret 0 or -16.' },
  mm_migrate_pages: { role: 'outcome', uses: ['args'], printed: true,
    args: { nr_succeeded: number('pages'), nr_failed: number('pages'),
      nr_thp_succeeded: number('folios'),
      nr_thp_failed: number('folios'), nr_thp_split: number('folios'), nr_split: number('from 6.7'),
      mode: text('as printed'),
      reason: text('as printed') },
    doc: 'Tracepoint migrate:mm_migrate_pages.' },
  mm_migrate_pages_start: { role: 'outcome', uses: ['args'], printed: true,
    args: { mode: text('as printed'), reason: text('as printed') },
    doc: 'Tracepoint migrate:mm_migrate_pages_start.' },
  offline_and_remove_memory: { role: 'outcome', uses: [...call, ...range], sleeps: true,
    doc: 'mm/memory_hotplug.c: virtio-mem gives a range back.' },
  alloc_contig_range: { role: 'outcome', uses: [...call, ...range, 'migratetype'], sleeps: true,
    doc: 'mm/page_alloc.c: virtio-mem takes pages out of a block.' },
  do_migrate_range: { role: 'outcome', uses: range,
    doc: 'mm/memory_hotplug.c: pages of a range are migrated away.' },
  mhp_init_memmap_on_memory: { role: 'outcome', uses: [...call, 'nid', 'zone', ...range],
    doc: 'mm/memory_hotplug.c: the memmap in the block itself is set up.' },
  mhp_deinit_memmap_on_memory: { role: 'outcome', uses: range,
    doc: 'mm/memory_hotplug.c: it is given up.' },
  try_remove_memory: { role: 'outcome', uses: [...call, ...range], sleeps: true,
    doc: 'mm/memory_hotplug.c: a range is removed.' },
  arch_remove_memory: { role: 'outcome', uses: range,
    doc: 'arch/x86/mm/init_64.c: its page tables and memmap.' },
  try_offline_node: { role: 'outcome', uses: ['phase', 'nid'],
    doc: 'mm/memory_hotplug.c: a node without memory and CPUs goes offline.' },
  function_call: { role: 'outcome', uses: ['phase', 'ret', 'args'], printed: true,
    args: { fn: text('the function; its other arguments follow') },
    doc: 'Call of a function that has no row type of its own.' },

  // ---- outcomes: state after a step ---------------------------------------------------------
  virtio_mem_plugged_size: { role: 'outcome', uses: ['nr_pages', 'args'],
    args: { device: text('as the kernel names it, `virtio0`') },
    doc: 'How much of a virtio-mem device the hypervisor says is plugged after a step.' },
  zoneinfo: { role: 'outcome', uses: ['nid', 'zone', 'args'],
    args: { spanned: number('pages'), present: number('pages'), managed: number('pages'),
      start_pfn: number('first pfn, hex'),
      min: number('pages'), low: number('pages'), high: number('pages'),
      boost: number('pages, when not 0'),
      protection: text('pages for each zone index, joined by `/`'),
      pcp_high: text('pages, for each CPU, joined by `/`'), pcp_batch: text('pages, likewise'),
      high_min: text('likewise, from 6.7'), high_max: text('likewise, from 6.7') },
    doc: 'A zone in /proc/zoneinfo. start_pfn and pcp_* only when the kernel prints them.' },
  memory_block: { role: 'outcome', uses: [...range, 'args'],
    args: { state: text('online, offline, going-offline, going-online, absent: no longer there'),
      valid_zones: text('joined by `/`'),
      removable: text('0/1'),
      nodes: text('nids with a link, joined by `/`') },
    doc: 'A memory block in sysfs. Under `# memory_blocks changed-only` a snapshot has the blocks '
      + 'that differ from the snapshot before.' },
  node_states: { role: 'outcome', uses: ['args'], printed: true,
    args: { possible: text('list like 0-1,3'), online: text('likewise'), has_cpu: text('likewise'),
      has_memory: text('likewise'), has_normal_memory: text('likewise') },
    doc: 'The node state files of sysfs; an empty list is `-`.' },
  printk: { role: 'outcome', uses: ['pfn', 'args'], isText: true,
    doc: 'A line of the kernel log, in `args`, without its time and trailing spaces; pfn when the '
      + 'line is about a dumped page.' },
  zonelist: { role: 'outcome', uses: ['nid', 'args'],
    args: { kind: text('fallback or nofallback'),
      zones: text('NID:ZONE joined by `/`, `-` when empty') },
    doc: 'A zonelist as the kernel holds it.' },
  page: { role: 'outcome', uses: ['pfn', 'nid', 'zone', 'migratetype', 'args'], printed: true,
    args: { valid: number('0/1'), reserved: number('0/1'), buddy: number('0/1'),
      ref: number('count'), spans: number('0/1'),
      online: number('0/1') },
    doc: 'A struct page: links, flags, whether its zone spans it, pfn_to_online_page().' },
  pcp: { role: 'outcome', uses: ['cpu', 'nid', 'zone', 'args'], printed: true,
    args: { count: number('pages'), high: number('pages'), batch: number('pages') },
      doc: 'A per-cpu list.' },
  buddyinfo: { role: 'outcome', uses: ['nid', 'zone', 'args'],
    args: { free: text('blocks for each order, joined by `/`') },
    doc: 'Free blocks of a zone in /proc/buddyinfo.' },
  pageblocks: { role: 'outcome', uses: ['nid', 'zone', 'args'], printed: true,
    doc: 'Pageblocks of a zone for each migratetype (/proc/pagetypeinfo), as Type=count words.' },
  shell: { role: 'outcome', uses: ['ret', 'args'], isText: true,
    doc: 'A shell command of the recording; `args` is it. What it drove has its own input rows.' },
} as const satisfies Record<string, EventType>;

export type EventName = keyof typeof eventTypes;

export const eventNames = Object.keys(eventTypes) as readonly EventName[];

/** The event's row of the table; undefined for a name that is not in it. */
export function eventType(name: string): EventType | undefined {
  return Object.hasOwn(eventTypes, name) ? eventTypes[name as EventName] : undefined;
}
