/** Patches that nobody had prepared for, as a user wrote them: what `mmreplay run` says of each. */
import { describeCases, type Case } from './reports.js';

const cases: readonly Case[] = [
  /**
   *     node 0: 2 GiB | node 1: a DIMM, the first memory that it has
   *
   * Expect: from v6.17 to v6.19 nobody told the node that it has normal memory; it is told again.
   */
  { folder: 'normal_memory', trace: 'scenario.yaml', policies: ['kept'], says: [
    /changed by kept: node states: has_normal_memory=0-1 \(base has_normal_memory=0\)/,
    /has_normal_memory=0-1.*has_normal_memory=0 /,
  ] },
  /**
   *     node 0: 6 huge pages, asked for | node 1: 2, surplus, whose block goes offline
   *
   * Expect: the base takes both off what was asked for.
   */
  { folder: 'pool_limit', trace: 'scenario.yaml', policies: ['kept'], says: [
    /changed by kept: .*\(base total=6 free=6 surplus=0 reserved=4 asked=4\)/,
  ] },
  /**
   *     node 0: 8 free huge pages | node 1: 2 in use, surplus | nr_hugepages=0
   *
   * Expect: 10 - 8 stay on the base, beside those in use; 8 - 8 with the patch.
   */
  { folder: 'pool_shrinks', trace: 'scenario.yaml', policies: ['persistent'], says: [
    /changed by persistent: .*total=2 free=0 surplus=2 \(base total=4 free=2 surplus=4\)/,
  ] },
  /**
   *     a DIMM of two blocks: one was online, the other never
   *
   * Expect: no page of either is free or in use, -EIO with and without the patch; the base reads
   * a struct page of the second that nobody initialised.
   */
  { folder: 'soft_offline', trace: 'scenario.yaml', policies: ['online_only'], says: [
    /base v5\.3 1 uninitialised struct pages were read/,
    /soft_offline_page 0x400400, step 5: soft_offline_page 0x408400: -5 EIO: .* is not online [^[]/,
  ] },
  /**
   *     zonelist of node 1: Movable, of which a balloon has all | Normal, below low
   *
   * Expect: the first stands for its node, and kswapd sleeps; with the patch it is woken.
   */
  { folder: 'kswapd_empty_zone', trace: 'scenario.yaml', policies: ['managed'], says: [
    /base v5\.18 kswapd 1 is not woken: 1:Normal has \d+ free pages, low is 93, and 1024 are kept/,
    /fixed by managed: no cost/,
  ] },
  /** Expect: an oops where the counters are used; refused with the patch. */
  { folder: 'node_stats', trace: 'scenario.yaml', policies: ['checked'], says: [
    /base v7\.1 oops in free_area_init_core_hotplug\(\)/, /fixed by checked: no cost/,
  ] },
  /**
   *     0:DMA 3840 | 0:DMA32 520192 | 0:Normal 524288 | 1:Movable 32768, then 65536 pages
   *
   * Expect: min of Normal is its part of 2047 pages by 1048320, not by 1081088; that of Movable a
   * 1024th of it.
   */
  { folder: 'movable_watermarks', trace: 'scenario.yaml', policies: ['capped'], says: [
    /-node 0 Normal: min 990/, /\+node 0 Normal: min 1021/, /\+node 1 Movable: min 32/,
  ] },
];

describeCases('a patch that nobody prepared for', cases);
