import { onState } from '../invariant.js';
import { foreignPageblockEnds } from '../pageblocks.js';

export default onState(
  'I7',
  'pageblock end of a wrong zone',
  'The first and last page of a pageblock with memory belong to the zone of that memory.',
  function* (k) {
    for (const [, text] of foreignPageblockEnds(k)) yield text;
  },
);
