import { onState } from '../invariant.js';
import { foreignPageblockEnds } from '../pageblocks.js';
import { zoneLabel } from '../zones.js';

export default onState(
  'I8',
  'contiguous over a foreign block',
  'A zone that is marked contiguous has no pageblock that begins or ends in another zone.',
  function* (k) {
    for (const [zone, text] of foreignPageblockEnds(k)) {
      if (zone.contiguous) yield `${zoneLabel(zone)} is marked contiguous, but ${text}`;
    }
  },
);
