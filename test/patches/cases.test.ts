/**
 * Patches of the lists that are not shipped, each as a policy in its own words with a trace on
 * which it parts from the kernel that it was made against: what `mmreplay run` says of it.
 */
import { describeCases, type Case } from './reports.js';

const cases: readonly Case[] = [
  /**
   *     0x140000 RAM 0x144000 hole 0x148000 RAM     one block of 256 MiB goes offline
   *
   * Expect: the base leaves 128 pageblocks counted as isolated. Both take them off: a section that
   * is not there, of which only one of them knows, keeps a block online.
   */
  { folder: 'isolate_count', trace: 'trace.csv', policies: ['by_range', 'by_count'], says: [
    /0:Normal: 128 counted, 0 are isolated/, /partly by by_(count|range), by_(range|count): leaves/,
  ] },
  /** The same block. Expect: refused with -EINVAL, and nothing was counted wrong without it. */
  { folder: 'holes', trace: 'trace.csv', policies: ['refuse'], says: [
    /partly by refuse: leaves I5/,
    /refused offline memory20: -22 EINVAL: offline_pages\(\) refuses/,
  ] },
  /**
   *     0-2G node 1 | 4G node 0 0x144000 | hole | 0x148000 node 1
   *
   * Expect: the block that ends in the hole has a link with node 1 too; by regions it has not.
   */
  { folder: 'block_links', trace: 'trace.csv', policies: ['regions'], says: [
    /base v6\.12 memory40 has a link with node 1, which has none of its memory/,
    /fixed by regions: no cost/,
  ] },
  /**
   *     node 1: 20 huge pages, reserved, given back by the administrator, dissolved by offline
   *
   * Expect: 20 of 0 pages are surplus; with the patch none is.
   */
  { folder: 'surplus', trace: 'trace.csv', policies: ['leave'], says: [
    /base v6\.11\.11 20 of 0 huge pages of node 1 are surplus/, /fixed by leave: no cost/,
  ] },
  /**
   *     0x140000 RAM 0x142000 pmem 0x160000     one section has both
   *
   * Expect: 2048 pages are read as online and a failed one of the device is taken for RAM; who
   * looks up the pgmap reads 512 and refuses.
   */
  { folder: 'online_page', trace: 'trace.csv', policies: ['section', 'taint'], says: [
    /taint: read_kpageflags 0x141e00-0x1425ff gives 512, on the base 2048, .*; leaves I1 .*, I2/,
    /not by section: is what the base does/,
    /memory_failure 0x143000: -6 ENXIO: .*\[taint\]/,
  ] },
  /**
   * Huge pages raised min_free_kbytes at boot; a DIMM goes online. That the kernel has huge pages
   * is told by its command line alone.
   *
   * Expect: 1330 pages is the min watermark of DMA32 then, 10520 with the patch.
   */
  { folder: 'khugepaged', trace: 'trace.yaml', policies: ['again'], says: [
    /TRANSPARENT_HUGEPAGE=y because of transparent_hugepage=/,
    /min_free_kbytes fell by 39359 kB/, /again: leaves I2/,
    /-node 0 DMA32: min 1330/, /\+node 0 DMA32: min 10520/,
  ] },
  /** mem=1G, a DIMM at 4 GiB. Expect: -E2BIG inside, -EINVAL outside; added with the patch. */
  { folder: 'mem_param', trace: 'trace.yaml', policies: ['boot_only'], says: [
    /add_memory 0x100000-0x107fff node 0 gives 0, on the base -22 EINVAL/,
    /register_memory_resource\(\) gave it -7 E2BIG/,
  ] },
  /**
   *     0x100000 RAM 0x140000 | 2 MiB hole | 0x140200 RAM 0x1c0000 | a DIMM
   *
   * Expect: who counts struct pages of the hole calls the zone contiguous; a scan does not.
   */
  { folder: 'contiguous', trace: 'trace.csv', policies: ['counter', 'fast_paths'], says: [
    /worse with counter: .*0:Normal is marked contiguous, but page 0x140000 is not online/,
    /not by fast_paths: is what the base does; for 5557 struct pages read \(base 6581\)/,
    /struct pages read 6581 437 5557/,
  ] },
  /**
   *     node 1 is a driver's | its memory goes online
   *
   * Expect: in no list but its own, and no invariant of nodes with memory is broken by that.
   */
  { folder: 'private_node', trace: 'trace.csv', policies: ['apart'], says: [
    /base v6\.19 nothing is found wrong/, /changed by apart: (?!adds|leaves)/,
    /zonelist 0 fallback: \[base v6\.19\] 0:DMA32 0:DMA 1:Movable \[apart\] 0:DMA32 0:DMA/,
  ] },
  /**
   *     a dax device of two ranges, of which the second cannot go offline
   *
   * Expect: both stay; taken one by one, the first is gone.
   */
  { folder: 'unplug_ranges', trace: 'trace.csv', policies: ['one_by_one'], says: [
    /base v7\.3 nothing is found wrong; refuses dax_kmem_state -16 EBUSY/,
    /changed by one_by_one: memory32: absent \(base state=online/,
  ] },
  /**
   *     a page of ZONE_MOVABLE is off its LRU list while its block goes offline
   *
   * Expect: refused; by trust in the zone it waits until the page is back and goes offline then,
   * a signal ends the wait, and a page that never comes back makes it endless.
   */
  { folder: 'movable_off_lru', trace: 'race.csv', policies: ['trust_zone'], says: [
    /offline memory40 gives 0, on the base -16 EBUSY/, /movable, but on no LRU list/,
  ] },
  { folder: 'movable_off_lru', trace: 'signal.csv', policies: ['trust_zone'], says: [
    /fixed by trust_zone: 1000 ms in going offline/, /-4 EINTR/,
  ] },
  { folder: 'movable_off_lru', trace: 'loop.csv', policies: ['trust_zone'], says: [
    /worse with trust_zone: adds offline_pages\(\) never returns: .*on no LRU list/,
  ] },
  /**
   *     +0 s a notifier keeps the emptied blocks | +1 s it does not any more | +50 s the timer
   *
   * Expect: two blocks stay for good; with the patch they go when the timer of 50 s expires.
   */
  { folder: 'virtio_retry', trace: 'trace.yaml', policies: ['merged'], says: [
    /First divergence .* event step 6: wait time 66\.000000 s/,
    /base v6\.1 state=online valid_zones=Movable removable=1 nodes=1 merged absent/,
  ] },
  /** A node that is possible and not online. Expect: an oops; either patch serves the request. */
  { folder: 'offline_node', trace: 'trace.csv', policies: ['local_node', 'every_node'], says: [
    /oops in __alloc_pages\(\): NULL pointer dereference: node 1 has no pgdat/,
    /fixed by local_node, every_node: no cost/,
  ] },
  /** 66432 MiB. Expect: 2048 MiB are chosen, and the report says what that leaves untold. */
  { folder: 'block_size', trace: 'trace.yaml', policies: ['bare_metal'], says: [
    /changed by bare_metal/, /2048 MiB chosen;.*cannot tell/,
  ] },
  /**
   *     a driver unplugs a block, of which somebody holds a page
   *     3 s begin | 4 s a signal | 6 s a fatal one | 33 s a timer of the patch
   *
   * Expect: the plain signal ends it, or the fatal one alone, or the timer alone.
   */
  { folder: 'unplug_timeout', trace: 'trace.csv', policies: ['fatal_only', 'timeout'], says: [
    /base v6\.1 nothing is found wrong; refuses unplug_memory -4 EINTR/,
    /signal: memory40: \[base v6\.1\] state=online .*\[fatal_only, timeout\] state=going-offline/,
    /signal: memory40: \[base v6\.1, fatal_only\] state=online .*\[timeout\] state=going-offline/,
    /timeout: unplug_memory 0x140000-0x147fff gives -110 ETIMEDOUT/,
  ] },
  /**
   * The worker of virtio-mem gets no signal.
   *
   * Expect: endless, but for the timer; without patch 2 of the series, which makes -EBUSY of its
   * errno, the driver gives its device up.
   */
  { folder: 'unplug_timeout', trace: 'unsafe.csv', policies: ['fatal_only', 'timeout'], says: [
    /base v6\.1 offline_pages\(\) never returns: page 0x140e10 cannot be moved/,
    /at a price timeout: adds virtio0 is marked broken/,
    /(?:as base|not by) fatal_only: is what the base does/,
  ] },
  /**
   *     node 0 | a DIMM of node 3, which the SRAT does not have
   *
   * Expect: an oops of its kswapd; with the patch the memory is of node 0, and there is a warning.
   */
  { folder: 'impossible_node', trace: 'trace.csv', policies: ['nearest'], says: [
    /base v5\.6 oops in prepare_kswapd_sleep\(\): node 3 is not possible/,
    /at a price nearest: adds warning in check_hotplug_node\(\): node 3 expected, using 0/,
  ] },
  /**
   *     a page of the block is pinned while it goes offline, and is let go a second later
   *
   * Expect: it waits that second; the patch gives up when the same page is found the third time.
   */
  { folder: 'dead_loop', trace: 'trace.csv', policies: ['three_times'], says: [
    /base v6\.3 nothing is found wrong; every call succeeds/,
    /changed by three_times: offline memory32 gives -16 EBUSY, on the base 0/,
  ] },
  /**
   *     node 0: 2 huge pages, free     node 1: 3 in use, 2 of them surplus      1 is asked for
   *
   * Expect: the free ones stay, as surplus; where surplus pages are left out of the sum they go.
   */
  { folder: 'node_count', trace: 'trace.csv', policies: ['persistent'], says: [
    /changed by persistent: huge pages: total=3 free=0 surplus=2 \(base total=5 free=2 surplus=4\)/,
  ] },
  /** hugepages=0:10,5:10. Expect: node 0 keeps its 10; with the patch nobody has any. */
  { folder: 'boot_pool', trace: 'trace.yaml', policies: ['all_or_none'], says: [
    /all_or_none: huge pages: absent \(base total=10 free=10/,
  ] },
  /**
   *     0 -12- 1     2 -12- 3     32 between the pairs
   *
   * Expect: both lists of the second pair go on to node 0; with the patch one of them to node 1.
   */
  { folder: 'fallback_load', trace: 'trace.yaml', policies: ['add_up'], says: [
    /base v5\.15 node 3 falls back to node 0 first/, /fixed by add_up: no cost/,
    /zonelist 3 fallback: .*\[add_up\] 3:Normal 2:Normal 1:Normal 0:DMA32/,
  ] },
  /** 1 GiB. Expect: zone DMA keeps pages back from Normal, which is empty; with the patch none. */
  { folder: 'empty_reserve', trace: 'trace.yaml', policies: ['clear'], says: [
    /node 0 DMA: protection=0\/1007\/0\/0\/0 \(base protection=0\/1007\/1007\/1007\/1007\)/,
  ] },
  /**
   *     0x101000 in use, can be moved | 0x101001 in use, its memory failed
   *
   * Expect: what cannot be isolated keeps the other there, for ever; passed over, both go.
   */
  { folder: 'hwpoison', trace: 'trace.csv', policies: ['pass_over'], says: [
    /base v4\.19 offline_pages\(\) never returns/, /at a price pass_over: /,
    /offline memory32: result: \[base v4\.19\] no result \[pass_over\] 0/,
  ] },
  /**
   *     memory32, 33: Movable | memory34, 35: Normal     128 MiB are to go
   *
   * Expect: the highest block goes; with the patch one of ZONE_MOVABLE.
   */
  { folder: 'movable_first', trace: 'trace.yaml', policies: ['by_zone'], says: [
    /by_zone: memory35: state=online .* \(base absent\)/,
  ] },
  /**
   *     a dax device of two ranges | a DIMM is where its second range is
   *
   * Expect: an oops as the device goes, which takes the DIMM away too; with the patch neither.
   */
  { folder: 'dax_partial', trace: 'trace.csv', policies: ['skip'], says: [
    /base v6\.19 oops in remove_resource\(\): NULL pointer dereference: dax0\.0 has no resource/,
    /fixed by skip: no cost/,
  ] },
  /**
   * A block that is to hold its own memmap, whose device cannot be made.
   *
   * Expect: the memmap goes to the page allocator; with the patch back to the block.
   */
  { folder: 'undone_altmap', trace: 'trace.csv', policies: ['own'], says: [
    /base v7\.0 the memmap of section 32 .* was freed to the page allocator/,
    /create_memory_block_devices\(\) gave it -12 ENOMEM, the trace makes it fail/,
    /fixed by own: no cost/,
  ] },
  /** The first 64 MiB are no block. Expect: the outcome of the base, and the line of the log. */
  { folder: 'dax_truncated', trace: 'trace.csv', policies: ['said'], says: [
    /as base said: the log says "kmem dax0\.0: truncated by 65536 KiB"; it changes lines of/,
  ] },
  /**
   *     memory32: first range | memory34: second range, which is made to stay online
   *
   * Expect: nothing goes, as v7.3 has it; range by range the first one goes. Why the second one
   * stays is that the trace says so, not what the model thinks of the block.
   */
  { folder: 'dax_whole', trace: 'trace.csv', policies: ['by_range'], says: [
    /changed by by_range: memory32: absent \(base state=online/,
    /-16 EBUSY: offline_pages\(\) refuses; the trace makes it fail \(fail_function\)/,
  ] },
  /** A DIMM at 64 TiB. Expect: refused late, with a warning; with the patch before that. */
  { folder: 'pluggable_range', trace: 'trace.csv', policies: ['first'], says: [
    /base v5\.11 warning in check_hotplug_memory_addressable\(\)/,
    /__add_pages\(\) gave it -7 E2BIG/, /at a price first: adds warning in add_memory_resource/,
  ] },
  /** Two blocks are unplugged at once. Expect: removed; without the patch of v5.11 refused. */
  { folder: 'one_block', trace: 'trace.csv', policies: ['one'], says: [
    /one: unplug_memory 0x100000-0x10ffff gives -22 EINVAL, on the base 0/,
  ] },
  /**
   *     0x140000 RAM 0x142000 device memory comes and goes 0x160000     one section has both
   *
   * Expect: the section loses a part of its memmap; with the patch it keeps all of it.
   */
  { folder: 'early_memmap', trace: 'trace.csv', policies: ['whole'], says: [
    /base v5\.8 pages 0x142000-0x147fff are uninitialised \(poison\)/, /I14/,
    /partly by whole: leaves I1 \(uninitialised struct page\), I2/, /whole \(1\)|whole B 0 I2 I1/,
  ] },
  /**
   *     16 sections | a hole of 126 GiB | 16 sections     blocks of 4 sections
   *
   * Expect: the first present section of each block is looked for over the whole hole, again and
   * again; one walk is as the base.
   */
  { folder: 'boot_blocks', trace: 'trace.yaml', policies: ['one_walk', 'first_present'], says: [
    /as base one_walk: it did nothing here that the base does not/,
    /first_present: at 126756 sections looked at again \(base 0\)/,
  ] },
  /** A balloon takes half of Normal. Expect: what DMA32 keeps back for it falls at once. */
  { folder: 'reserve_follows', trace: 'trace.yaml', policies: ['follows'], says: [
    /base v6\.12 nothing is found wrong; every call succeeds/,
    /node 0 DMA: protection=0\/2032\/3056\/0\/0 \(base protection=0\/2032\/4080\/0\/0\)/,
  ] },
  /**
   *     a huge page in use moves out of a range; its struct pages have to be had back first
   *
   * Expect: the range is refused, as the page is not free yet; who waits for the worker gets it.
   */
  { folder: 'late_huge_pages', trace: 'trace.csv', policies: ['waits'], says: [
    /changed by waits: alloc_contig_pages 0x100000-0x100fff gives 0, on the base -16 EBUSY/,
  ] },
  /**
   *     0x100000 |block 8  a huge page of 1 GiB, in use  block 9| 0x140000 a free one
   *
   * Expect: it reaches over the begin of block 9 and cannot be moved there: refused; by its free
   * block looked for without an end, endless; passed over, it moves, and the block is empty.
   */
  { folder: 'gigantic', trace: 'trace.csv', policies: ['loops', 'passed'], says: [
    /worse with loops: adds isolate_single_pageblock\(\) never returns/,
    /passed: offline memory9 gives 0, on the base -16 EBUSY/,
  ] },
  /** Two pages of node 1 move. Expect: to node 0; without the patch they stay on their node. */
  { folder: 'migration_target', trace: 'trace.csv', policies: ['any_node'], says: [
    /changed by any_node: pages moved to node 0: absent \(base 2\)/,
  ] },
  /** A node without any list. Expect: what it does away with is told as meant, not as harm. */
  { folder: 'private_node', trace: 'trace.csv', policies: ['hidden'], says: [
    /changed by hidden: .*breaks Z1, Z2, Z5 by intent/,
  ] },
  /**
   * A DIMM of the boot is removed, comes back, and is removed again.
   *
   * Expect: by its section its usage map is nobody's of the boot then, and freed: a BUG.
   */
  { folder: 'usage_map', trace: 'scenario.yaml', policies: ['reserved'], says: [
    /base v5\.4 BUG in section_deactivate\(\): kfree\(\) of the usage map of section 32/,
    /partly by reserved: leaves N5 \(offline struct page read\), I13, I2, I5;/,
  ] },
  /** 20 surplus pages are dissolved. Expect: 30 were asked for, and the base says 10. */
  { folder: 'asked_pages', trace: 'scenario.yaml', policies: ['asked'], says: [
    /changed by asked: huge pages: total=30 .* \(base total=30 .* asked=10\)/,
  ] },
  /** Memory at 16 TiB, which is page 0 with 32 bits. Expect: it goes to DMA. */
  { folder: 'high_pfn', trace: 'scenario.yaml', policies: ['cut'], says: [
    /worse with cut: adds 0:DMA ends at 0x100008000, above 0x1000/,
  ] },
  /** The device of a new node fails. Expect: with the error kept back its object stays. */
  { folder: 'unregistered', trace: 'scenario.yaml', policies: ['kept'], says: [
    /base v7\.3 warning in add_memory_resource\(\): node 1 has no device/,
    /worse with kept: .* adds node 1 is offline, left: its device object/,
    /device_register\(\) gave it -12 ENOMEM, the trace makes it fail/,
  ] },
  /** 1 GiB beside 2 GiB, auto-movable at 301 %. Expect: Movable; taken for 4 TiB, Normal. */
  { folder: 'group_pages', trace: 'scenario.yaml', policies: ['total'], says: [
    /changed by total: memory32: valid_zones=Normal \(base valid_zones=Movable\)/,
  ] },
  /** A notifier refuses a big block with -EINVAL. Expect: passed on, it ends the device. */
  { folder: 'virtio_errors', trace: 'scenario.yaml', policies: ['raw'], says: [
    /worse with raw: adds virtio0 is marked broken/,
  ] },
  /** A block that virtio-mem gave a part of goes offline. Expect: -EBUSY by the withheld rest. */
  { folder: 'withheld', trace: 'scenario.yaml', policies: ['pageoffline'], says: [
    /changed by pageoffline: .*offline memory32 gives -16 EBUSY, on the base 0/,
  ] },
  /** A reference is given back. Expect: without it both blocks stay for good. */
  { folder: 'block_reference', trace: 'trace.csv', policies: ['put'], says: [
    /changed by put: removed and never freed: absent \(base blocks=memory32\/memory33\)/,
  ] },
  /**
   *     memory32, which is to hold its own memmap: device registered | not stored
   *
   * Expect: a warning, as it goes with an altmap of its own; with the patch it has none yet.
   */
  { folder: 'block_altmap', trace: 'scenario.yaml', policies: ['registered'], says: [
    /base v7\.0 .*warning in memory_block_release\(\): mem->altmap/,
    /partly by registered: leaves M15/, /xa_store\(\) gave it -12 ENOMEM/,
  ] },
  /**
   *     4 GiB: a hot-add region of the balloon, half of it backed | 8 GiB: a driver's own memory
   *
   * Expect: the driver's memory goes to nobody; with the patch its zone manages 256 MiB more.
   */
  { folder: 'hv_foreign', trace: 'scenario.yaml', policies: ['generic'], says: [
    /changed by generic: node 0 Normal: managed=81920 .*\(base managed=16384/,
  ] },
  /**
   *     section 32 added | 40 added | 41: no memory for its memmap
   *
   * Expect: what was never counted is taken off; with the patch the count is what there is.
   */
  { folder: 'vmemmap_counted', trace: 'scenario.yaml', policies: ['populated'], says: [
    /base v7\.0 nr_memmap_pages is 512, and memmaps of added memory take 1024 pages/,
    /fixed by populated: no cost/,
  ] },
  /**
   *     66 GiB, blocks of 2 GiB | a Xen guest wants 1 GiB more, which is 8 sections
   *
   * Expect: no block is so small, and it gets nothing; by whole blocks it gets them.
   */
  { folder: 'xen_blocks', trace: 'scenario.yaml', policies: ['whole'], says: [
    /changed by whole: step 1: xen_balloon_target gives 0, on the base -125 ECANCELED/,
  ] },
  /**
   *     0 boot memory 2G | 4G DIMM
   *
   * Expect: a block of each goes offline; with the veto only the one that was hot-added.
   */
  { folder: 'boot_offline', trace: 'scenario.yaml', policies: ['veto'], says: [
    /changed by veto: step 4: offline memory8 gives -1 EPERM, on the base 0/,
    /refused step 4: offline memory8: -1 EPERM: memory_notify\(\) refuses/,
  ] },
];

describeCases('a patch of the lists', cases);
