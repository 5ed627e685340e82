import { pcpBlocks } from '../free_blocks.js';
import { onState } from '../invariant.js';
import { zoneLabel } from '../zones.js';

export default onState(
  'P2',
  'per-cpu count wrong',
  'The count of a per-cpu list is what is on it, except while a task is about to change it.',
  function* (k) {
    const orders = k.state.pages?.arena.order ?? [];
    for (const { zone, pcp: lists } of k.state.pages?.zones ?? []) {
      for (const pcp of lists) {
        let pages = pcp.unnamed - pcp.uncounted;
        for (const slot of pcpBlocks(k, pcp)) pages += 2 ** (orders[slot] ?? 0);
        if (pages === pcp.count) continue;
        yield `${zoneLabel(zone)}, CPU ${pcp.cpu}: count ${pcp.count}, on the lists ${pages}`;
      }
    }
  },
);
