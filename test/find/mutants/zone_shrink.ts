import { definePatch } from 'mmreplay';

/** The span of a zone never shrinks. */
export default definePatch({
  id: 'mutant/zone_shrink',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'The span of a zone never shrinks.',
  replaces: { shrink_zone_span() {} },
});
