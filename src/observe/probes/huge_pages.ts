import { hex } from '../../base/pfn.js';
import { wordsText } from '../../base/words.js';
import { isUnused } from '../../linux/include/hugetlb.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Probe } from '../probe.js';

/** Pools that were seen in use: from then on they are told also when nothing is left. */
const used = new WeakSet<Kernel>();
const usedGigantic = new WeakSet<Kernel>();

const probe: Probe = {
  id: 'huge_pages',
  doc: 'Huge pages of the pool: all, free, surplus and reserved ones, by node.',
  kind: 'state',
  sample(k: Kernel, see) {
    const h = k.state.hugetlb;
    const { gigantic } = k.state;
    if (gigantic.length > 0 || usedGigantic.has(k)) {
      usedGigantic.add(k);
      see('huge pages of 1 GiB', gigantic.map(({ pfn, used: inUse }) =>
        `${hex(pfn)} ${inUse ? 'used' : 'free'}`).join(', ') || 'none');
    }
    if (isUnused(h) && !used.has(k)) return;
    used.add(k);
    const persistent = h.nr_huge_pages - h.surplus_huge_pages;
    see('huge pages', wordsText([
      ['total', h.nr_huge_pages], ['free', h.free_huge_pages], ['surplus', h.surplus_huge_pages],
      ['reserved', h.resv_huge_pages],
      // What /proc/sys/vm/nr_hugepages says; it seldom differs.
      ...(h.max_huge_pages === persistent ? [] : [['asked', h.max_huge_pages] as const]),
    ]));
    for (const [nid, total] of h.nr_huge_pages_node.entries()) {
      see(`huge pages of node ${nid}`, wordsText([
        ['total', total ?? 0], ['free', h.free_huge_pages_node[nid] ?? 0],
        ['surplus', h.surplus_huge_pages_node[nid] ?? 0],
      ]));
    }
  },
};
export default probe;
