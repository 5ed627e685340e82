import type { Kernel } from '../../linux/base/kernel.js';
import { onState } from '../invariant.js';

/** What is counted, of all nodes or of one. */
function* counts(k: Kernel): Generator<[of: string, surplus: number, total: number]> {
  const h = k.state.hugetlb;
  yield ['', h.surplus_huge_pages, h.nr_huge_pages];
  for (const [nid, surplus] of h.surplus_huge_pages_node.entries()) {
    yield [` of node ${nid}`, surplus ?? 0, h.nr_huge_pages_node[nid] ?? 0];
  }
}

/** Surplus pages are pages (mm/hugetlb.c: persistent_huge_pages() is the difference of the two). */
export default onState(
  'H1',
  'surplus above the pool',
  'Of the huge pages in the pool and on each node no more are surplus than there are.',
  function* (k) {
    for (const [of, surplus, total] of counts(k)) {
      if (surplus >= 0 && surplus <= total) continue;
      yield `${surplus} of ${total} huge pages${of} are surplus`;
    }
  },
);
