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
];

describeCases('a patch that nobody prepared for', cases);
