import { definePatch } from 'mmreplay';

/** A zone is populated when it spans pages. */
export default definePatch({
  id: 'mutant/populated_zone',
  subject: 'a mistake put in by hand',
  author: 'mmreplay, 2026-11-29',
  link: '',
  base: 'v6.1',
  doc: 'A zone is populated when it spans pages.',
  replaces: { populated_zone: (_k, zone) => zone.spanned_pages > 0 },
});
