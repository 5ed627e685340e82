import { onState } from '../invariant.js';

/** mm/sparse-vmemmap.c, v7.3: what a memmap takes is counted, what it gives back taken off. */
export default onState(
  'I16',
  'memmap pages miscounted',
  'nr_memmap_pages of /proc/vmstat is the pages that memmaps of added memory take.',
  function* (k) {
    const { pages, there } = k.state.memmap_counted;
    // A kernel that has no such counter.
    if (k.config.memmap_counted === 'not' && pages === 0) return;
    const all = [...there.values()].reduce((sum, one) => sum + one, 0);
    if (pages !== all) {
      yield { text: `nr_memmap_pages is ${pages}, and memmaps of added memory take ${all} pages`,
        amount: Math.abs(pages - all) };
    }
  },
);
