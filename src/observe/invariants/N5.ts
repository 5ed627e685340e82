import type { Invariant } from '../invariant.js';

const invariant: Invariant = {
  id: 'N5',
  broken: 'offline struct page read',
  harm: 'garbage',
  doc: 'No decision depends on a struct page of a section that is not online.',
  begin(k) {
    let before = 0;
    return {
      * violations() {
        const read = k.state.costs.garbage_pages_read - before;
        before += read;
        if (read > 0) yield `${read} uninitialised struct pages were read`;
      },
    };
  },
};
export default invariant;
