/**
 * Patches that were merged long ago, each on the kernel that it was made against: the model has
 * what was before, or says that it may not have it.
 */
import { describeCases, type Case } from './reports.js';

const cases: readonly Case[] = [
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
];

describeCases('a patch on its own base', cases);
