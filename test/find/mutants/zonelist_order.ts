import { definePatch } from 'mmreplay';

/** Zones of a node are listed from the lowest up. */
export default definePatch({
  id: 'mutant/zonelist_order',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'Zones of a node are listed from the lowest up.',
  wraps: { build_zonerefs_node: (next) => (k, pgdat) => [...next(k, pgdat)].reverse() },
});
