import { definePatch } from 'mmreplay';

/** The span of a node is not computed anew when it shrinks. */
export default definePatch({
  id: 'mutant/node_span',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'The span of a node is not computed anew when it shrinks.',
  replaces: { update_pgdat_span() {} },
});
