import { hex } from '../../base/pfn.js';
import { MAX_NR_ZONES } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { allRuns } from '../zones.js';

export default onState(
  'I3',
  'page of no zone or node',
  'The zone id of a page exists, and its node is possible.',
  function* (k) {
    for (const { start, end, content } of allRuns(k)) {
      if (content.kind !== 'init') continue;
      if (content.zone < MAX_NR_ZONES && k.state.node_states.possible.has(content.nid)) continue;
      yield `pages ${hex(start)}-${hex(end - 1)} have node ${content.nid}, zone id ${content.zone}`;
    }
  },
);
