import { hex } from '../../base/pfn.js';
import { onState } from '../invariant.js';
import { allRuns } from '../zones.js';

export default onState(
  'I5',
  'hole not reserved',
  'Pages without memory are reserved.',
  function* (k) {
    for (const { start, end, content } of allRuns(k)) {
      if (content.kind !== 'init' || !content.hole || content.reserved) continue;
      yield `pages ${hex(start)}-${hex(end - 1)} have no memory and are not reserved`;
    }
  },
);
