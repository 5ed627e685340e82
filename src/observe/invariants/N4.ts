import { hex } from '../../base/pfn.js';
import type { Kernel } from '../../linux/base/kernel.js';
import type { Pgdat } from '../../linux/include/mmzone.js';
import { onState } from '../invariant.js';
import { hullOf, nodes, spansRange, zoneLabel } from '../zones.js';

function* wrongSpan(pgdat: Pgdat): Generator<string> {
  const hull = hullOf(pgdat);
  const start = pgdat.node_start_pfn;
  const end = start + pgdat.node_spanned_pages;
  if (hull === undefined && pgdat.node_spanned_pages > 0) {
    yield `node ${pgdat.nid} spans ${hex(start)}-${hex(end)}, its zones nothing`;
  }
  if (hull !== undefined && (hull.start !== start || hull.end !== end)) {
    yield `node ${pgdat.nid} spans ${hex(start)}-${hex(end)}, ` +
      `its zones ${hex(hull.start)}-${hex(hull.end)}`;
  }
}

/** Nodes kept their spans by themselves before that. */
function keepsHull(k: Kernel): boolean {
  return k.config.span_of_zone === 'online_sections';
}

export default onState(
  'N4',
  'wrong span of node or zone',
  'A node spans what its zones span (from v5.4), and a zone all online blocks that are its own.',
  function* (k) {
    if (keepsHull(k)) for (const pgdat of nodes(k)) yield* wrongSpan(pgdat);
    for (const { id, state, zone, start_pfn, nr_pages, early } of k.state.memory_blocks.values()) {
      if (state !== 'online' || zone === undefined || early) continue;
      if (!spansRange(zone, start_pfn, start_pfn + nr_pages)) {
        yield `memory${id} is online in ${zoneLabel(zone)}, which does not span it`;
      }
    }
  },
);
