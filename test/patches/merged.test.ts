/**
 * Patches that were merged long ago, each on the kernel that it was made against: the model has
 * what was before, or says that it may not have it.
 */
import { describeCases, type Case } from './reports.js';

const cases: readonly Case[] = [
  /**
   *     node 1: one block, which goes offline | nodes 0 and 2 have memory
   *
   * Expect: no list has a zone of node 1 either way; who clears the state first does not name it
   * in the line about the order of nodes (node 2 first, which has no CPU), and that stands in the
   * answer.
   */
  { folder: 'memoryless_first', trace: 'scenario.yaml', policies: ['first'], says: [
    /as base first: the log says "Fallback order for Node 0: 0 2", on the base "[^"]*: 0 2 1"/,
    /it changes .*node_order\[\]/,
  ] },
  /**
   *     0 node 0 | 1 GiB node 1 | 2 GiB node 0
   *
   * Expect: blocks of node 1 have a link with node 0 too, in whose span they lie.
   */
  { folder: 'spanned_links', trace: 'scenario.yaml', policies: ['own_pages'], says: [
    /base v5\.8 memory8 has a link with node 0, which has none of its memory/,
    /fixed by own_pages: no cost/,
  ] },
  /** A task near node 1 reserves 10. Expect: node 1 gets them; asked node by node, node 0. */
  { folder: 'surplus_nodes', trace: 'scenario.yaml', policies: ['each_node'], says: [
    /each_node: huge pages of node 0: total=10 free=10 surplus=10 \(base total=0/,
  ] },
  /**
   *     node 0: DMA DMA32 Normal Movable | node 1: Normal, which asks for more than all
   *
   * Expect: by the highest zone Normal of node 0 keeps back 1024 pages, 128 MiB of Movable / 32.
   */
  { folder: 'classzone', trace: 'scenario.yaml', policies: ['highest'], says: [
    /base v5\.7 out of memory for GFP_HIGHUSER_MOVABLE on node 1/,
    /0\/Normal=522447,.* on the base .*0\/Normal=523471,/,
  ] },
  /** A page in ZONE_MOVABLE cannot be moved. Expect: -EBUSY either way, and no warning. */
  { folder: 'isolation_warns', trace: 'scenario.yaml', policies: ['quiet'], says: [
    /base v5\.8 warning in set_migratetype_isolate\(\)/, /fixed by quiet: no cost/,
    /offline memory\d+: -16 EBUSY/,
  ] },
  /**
   * A block goes online. The model has of every version what came with this very patch.
   *
   * Expect: not "as base", but that it cannot be told, and from which release the text is.
   */
  { folder: 'online_order', trace: 'scenario.yaml', policies: ['whole_blocks'], says: [
    /cannot tell whole_blocks: the kernel's online_pages_range\(\) is another one from v5\.1/,
  ] },
  /** A device of kmem is unbound. Expect: its memory stays; with the patch it goes. */
  { folder: 'kmem_stays', trace: 'scenario.yaml', policies: ['removed'], says: [
    /changed by removed: memory32: absent \(base state=offline/,
  ] },
  /** `online_movable` for all. Expect: -EINVAL, and the block stays offline. */
  { folder: 'default_online', trace: 'scenario.yaml', policies: ['all_words'], says: [
    /changed by all_words: step 1: write_parameter gives 0, on the base -22 EINVAL/,
  ] },
  /**
   *     0 ...|Movable 1G ...   block 4, with a page of the kernel's own, is asked for twice
   *
   * Expect: refused both times, and 0 in its file `removable`; with the patch that is 1.
   */
  { folder: 'removable', trace: 'scenario.yaml', policies: ['always'], says: [
    /refused step 2: offline memory4, step 3: offline memory4: -16 EBUSY: .*the scenario has it/,
    /changed by always: memory0: removable=1 \(base removable=0\)/,
  ] },
  /**
   *     block 32: two pages in use, of which the second leaves its LRU list as the move begins
   *
   * Expect: the first goes at once with the patch; before, both when the second is back.
   */
  { folder: 'bails', trace: 'scenario.yaml', policies: ['goes_on'], says: [
    /changed by goes_on: pages moved to node 0: 1 \(base absent\)/,
    /^(?!.*never returns)/,
  ] },
  /**
   *     node 1: a pool of 10 huge pages, one in use | its 2 MiB are to be allocated
   *
   * Expect: it moves onto one of the pool, and is free in the pool itself, in the way.
   */
  { folder: 'contig_replaced', trace: 'scenario.yaml', policies: ['after'], says: [
    /changed by after: step 7: alloc_contig_pages 0x100000-0x1001ff gives 0, on the base -16 EBUSY/,
  ] },
  /** A device whose node nobody knows. Expect: refused; with the patch its address says one. */
  { folder: 'device_node', trace: 'scenario.yaml', policies: ['by_address'], says: [
    /refused step 1: dax_kmem_probe: -22 EINVAL: dev_dax_kmem_probe\(\) refuses/,
    /changed by by_address: step 1: dax_kmem_probe gives 0/,
  ] },
  /** Somebody holds a page for good. Expect: two minutes end it; with the patch nothing does. */
  { folder: 'gives_up', trace: 'scenario.yaml', policies: ['never'], says: [
    /step 5: offline memory32: -11 EAGAIN/, /worse with never: .*offline_pages\(\) never returns/,
  ] },
  /**
   *     0 node 0 3G   4G node 0 6G node 1 10G   kernelcore=mirror, and nothing is mirrored
   *
   * Expect: all above 4 GiB can be moved, ZONE_NORMAL spans node 1 too up to v5.1, not from v5.2
   * on; with the second patch there is no ZONE_MOVABLE.
   */
  { folder: 'mirror', trace: 'scenario.yaml', policies: ['cut_to_node'], says: [
    /-node 1: spanned 2097152 \+node 1: spanned 1048576 node 1: present 1048576 node 1 Movable/,
  ] },
  { folder: 'mirror', trace: 'scenario.yaml', policies: ['needs_mirror', 'node_1'], says: [
    /changed by needs_mirror, node_1: memory32: valid_zones=Normal \(base valid_zones=Movable\)/,
    /needs_mirror \/ node_1 part: memory48: valid_zones=Normal \/ valid_zones=Movable/,
  ] },
  /** Nodes 0 and 2. Expect: 2 is no number below 2, and its 8 pages are missing. */
  { folder: 'hugepages_nodes', trace: 'scenario.yaml', policies: ['online'], says: [
    /changed by online: huge pages: total=24 free=24 \(base total=16 free=16\)/,
  ] },
  /**
   *     CPU 1  |--- fills its list, count is still 0 ---|
   *     CPU 0        offline: drain: count reads 0
   *
   * Expect: the block never goes offline, for its page stays on the list; with the lock it does.
   */
  { folder: 'drain_counts', trace: 'scenario.yaml', policies: ['locked'], says: [
    /base v6\.10 offline_pages\(\) never returns: .*on the per-cpu list of CPU 1/,
    /fixed by locked/,
  ] },
  /** A range of a block that goes offline. Expect: it is given away, or refused. */
  { folder: 'isolated_again', trace: 'scenario.yaml', policies: ['refused'], says: [
    /base v4\.15 offline_pages\(\) never returns/, /partly by refused/,
    /alloc_contig_pages 0x102000-0x1021ff: -16 EBUSY/,
  ] },
  /** A block with a page that failed is removed. Expect: it stays for good, or is freed. */
  { folder: 'poison_reference', trace: 'scenario.yaml', policies: ['put'], says: [
    /changed by put: removed and never freed: absent \(base blocks=memory32\)/,
  ] },
  /** A ratio of 0 is written. Expect: everything is kept back; with the patch nothing. */
  { folder: 'lowmem_ratio', trace: 'scenario.yaml', policies: ['nothing'], says: [
    /nothing: node 0 DMA: protection=0\/0\/0\/0\/0 \(base protection=0\/782336\/1830912\//,
  ] },
  /** A block cannot go offline. Expect: the LRU caches stay off for good; with the patch not. */
  { folder: 'lru_stays_off', trace: 'scenario.yaml', policies: ['enabled'], says: [
    /base v5\.13 the caches before the LRU lists stay off, for good: lru_disable_count is 1/,
    /fixed by enabled: no cost/, /offline memory32: -16 EBUSY/,
  ] },
  /**
   *     node 0: 10 huge pages     node 1 is asked for 2^64 - 1
   *
   * Expect: the sum is 9, and node 1 gets none; with the patch as many as it has memory for.
   */
  { folder: 'count_wraps', trace: 'scenario.yaml', policies: ['most'], says: [
    /changed by most: huge pages: total=\d{4} free=\d{4} \(base total=10 free=10\)/,
  ] },
  /** A free page fails. Expect: it still counts as free; with the patch it does not. */
  { folder: 'taken_off', trace: 'scenario.yaml', policies: ['counted'], says: [
    /base v5\.12 1:Normal: 1 pages too many/, /fixed by counted: no cost/,
  ] },
];

describeCases('a patch on its own base', cases);
